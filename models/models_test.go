package models

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestTransitions(t *testing.T) {
	sessions := []SessionState{Ingesting, Transcribing, Extracting, Ready}
	legal := map[[2]SessionState]bool{
		{Ingesting, Transcribing}: true, {Transcribing, Extracting}: true, {Extracting, Ready}: true,
		{Extracting, Transcribing}: true, {Ready, Transcribing}: true, {Ready, Extracting}: true,
	}
	for _, from := range sessions {
		for _, to := range sessions {
			if err := from.To(to); (err == nil) != legal[[2]SessionState{from, to}] {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{Pending.To(Done), true},
		{Pending.To(Failed), true},
		{Failed.To(Pending), true},
		{Done.To(Pending), true},
		{Failed.To(Done), false},
		{Silent.To(Pending), false},
		{Done.To(Failed), false},
		{Pending.To(Pending), false},
		{Proposed.To(Accepted), true},
		{Edited.To(Edited), true},
		{Accepted.To(Accepted), false},
		{Rejected.To(Proposed), true},
		{Decision("").To(Accepted), false},
	} {
		if (tt.err == nil) != tt.want || tt.err != nil && CodeOf(tt.err) != Invalid {
			t.Errorf("%v, want legal: %v", tt.err, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	inner := WithHint(Errorf(Locked, "open: %w", errors.New("no key")), "unlock it")
	outer := fmt.Errorf("read: %w", inner)
	if CodeOf(outer) != Locked || HintOf(outer) != "unlock it" || outer.Error() != "read: open: no key" {
		t.Errorf("%s %q %q", CodeOf(outer), HintOf(outer), outer)
	}
	if again := Errorf(Busy, "x: %w", outer); CodeOf(again) != Busy || HintOf(again) != "unlock it" {
		t.Errorf("%s %q", CodeOf(again), HintOf(again))
	}
	if CodeOf(nil) != "" || HintOf(nil) != "" || WithHint(nil, "x") != nil || CodeOf(errors.New("x")) != Internal {
		t.Error("errors without a code")
	}
}

func TestParseSessionID(t *testing.T) {
	for in, want := range map[string]SessionID{"7F2a": "7f2a", " 7f2a00c1d2e3 ": "7f2a00c1d2e3"} {
		if got, err := ParseSessionID(in); got != want || err != nil {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"", " ", "last", "7f2a00c1d2e34", "7g", "7f%", "..", "é"} {
		if _, err := ParseSessionID(in); CodeOf(err) != Invalid {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestTimes(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0:00", 187 * time.Second: "3:07", time.Hour + 187*time.Second: "1:03:07", 59999 * time.Millisecond: "0:59"} {
		if got := Clock(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
	for n := int64(0); n < 100_000; n += 7 {
		if at := At(n); Samples(at) > n || n-Samples(at) >= 16 {
			t.Fatalf("sample %d is at %v, which is sample %d", n, at, Samples(at))
		}
	}
	if _, err := ParseDate("2026-02-30"); CodeOf(err) != Invalid {
		t.Errorf("30 February: %v", err)
	}
	if d := DateOf(time.Date(2026, 3, 5, 23, 59, 0, 0, time.FixedZone("", -8*3600))); d != "2026-03-05" {
		t.Errorf("date %s", d)
	}
	if got := sec(1, 2).Clip(sec(5, 6)).Len(); got != 0 {
		t.Errorf("spans that do not meet share %v", got)
	}
}
