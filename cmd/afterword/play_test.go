package main

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// tones seeds a session of ten-second segments, each with a tone of its own in
// the spool: segment n sounds at 300·(n+1) Hz. It returns the first item that
// stands in segment seq.
func tones(t *testing.T, seq int) (models.Item, models.SessionID) {
	t.Helper()
	ctx := t.Context()
	talk := models.Transcript{Date: "2026-03-05", Segments: []models.Segment{
		{Seq: 0, Speaker: models.Therapist, Text: "How was the week?"},
		{Seq: 1, Speaker: models.Client, Text: "I felt so lonely on Sunday, to be honest."},
		{Seq: 2, Speaker: models.Therapist, Text: "What would you like to do about it?"},
		{Seq: 3, Speaker: models.Client, Text: "I'll ring my sister tomorrow evening."},
	}}
	a := newApp(strings.NewReader(""), io.Discard, os.Stderr)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(ctx)); err != nil {
		t.Fatal(err)
	}
	s, err := a.store.SaveSession(ctx, models.Session{Title: "Tones", Date: talk.Date, Source: models.SourceImport, Channels: 1})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := a.sessionRing(ctx, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.spool.Writer(s.ID, ring, models.Rate, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, models.Rate*10*len(talk.Segments))
	for i := range pcm {
		hz := 300 * float64(i/(models.Rate*10)+1)
		pcm[i] = int16(9000 * math.Sin(2*math.Pi*hz*float64(i)/models.Rate))
	}
	if err := errors.Join(w.Write(pcm), w.Close(), a.storeHeard(ctx, s.ID, talk)); err != nil {
		t.Fatal(err)
	}
	items, err := a.itemsOf(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items.List {
		if len(it.Evidence) == 1 && it.Evidence[0].Segment == seq {
			return it, s.ID
		}
	}
	t.Fatalf("no item stands in segment %d: %+v", seq, items.List)
	return models.Item{}, ""
}

// pitch is the frequency of a tone, by its crossings of zero, and how long it
// sounds.
func pitch(pcm []byte, rate, channels int) (hz, seconds float64) {
	crossings, first, last := 0, -1, 0
	before := int16(0)
	for i := 0; i+1 < len(pcm); i += 2 * channels {
		v := int16(binary.LittleEndian.Uint16(pcm[i:]))
		if v > -1000 && v < 1000 {
			continue
		}
		if before < 0 != (v < 0) && before != 0 {
			crossings++
		}
		before = v
		if first < 0 {
			first = i
		}
		last = i
	}
	if first < 0 {
		return 0, 0
	}
	seconds = float64(last-first) / float64(2*channels*rate)
	return float64(crossings) / 2 / seconds, seconds
}

func TestPlayWritesTheSoundBehindAnItem(t *testing.T) {
	newTestHome(t, t.TempDir())
	it, _ := tones(t, 3)
	file := filepath.Join(t.TempDir(), "promise.wav")
	must(t, "play", string(it.ID), "--around", "0s", "-o", file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if hz, s := pitch(b[44:], models.Rate, 1); math.Abs(hz-1200) > 5 || math.Abs(s-10) > 0.1 {
		t.Errorf("heard %.0f Hz for %.2f s, want the tone of the fourth segment for 10 s", hz, s)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
	if code, _, errs := afterword(t, "play", string(it.ID), "-o", file); code == 0 || !strings.Contains(errs, "there already") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, _, errs := afterword(t, "play", "ffffffff"); code == 0 || !strings.Contains(errs, "'afterword items'") {
		t.Errorf("an unknown item: exit %d: %s", code, errs)
	}
}

func TestPlayWithoutSoundSaysSo(t *testing.T) {
	newTestHome(t, t.TempDir())
	it, id := tones(t, 3)
	file := filepath.Join(t.TempDir(), "gone.wav")
	a := newApp(strings.NewReader(""), io.Discard, os.Stderr)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Run("no player", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if code, _, errs := afterword(t, "play", string(it.ID)); code != 12 || !strings.Contains(errs, "no program that plays sound") || !strings.Contains(errs, "--output") {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
	t.Run("struck", func(t *testing.T) {
		ring, err := a.sessionRing(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.spool.Strike(id, ring, models.Span{Start: 25 * time.Second, End: 40 * time.Second}); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := afterword(t, "play", string(it.ID), "--around", "0s", "-o", file); code == 0 || !strings.Contains(errs, "is gone") {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
	t.Run("no sound at all", func(t *testing.T) {
		if err := a.spool.Forget(id); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := afterword(t, "play", string(it.ID), "-o", file); code == 0 || !strings.Contains(errs, "there is no sound") {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was left behind: %v", err)
	}
}

func TestBehindJoinsWhatLiesClose(t *testing.T) {
	s := func(a, b int) models.Span {
		return models.Span{Start: time.Duration(a) * time.Second, End: time.Duration(b) * time.Second}
	}
	ev := func(spans ...models.Span) (it models.Item) {
		for _, x := range spans {
			it.Evidence = append(it.Evidence, models.Evidence{Span: x})
		}
		return it
	}
	tests := []struct {
		name string
		it   models.Item
		want []models.Span
	}{
		{"one, widened", ev(s(10, 12)), []models.Span{s(9, 13)}},
		{"two close are one", ev(s(10, 12), s(14, 16)), []models.Span{s(9, 17)}},
		{"out of order, far apart", ev(s(50, 55), s(10, 12)), []models.Span{s(9, 13), s(49, 56)}},
		{"not before the beginning nor beyond the end", ev(s(0, 60)), []models.Span{s(0, 60)}},
		{"words that are gone have none", models.Item{Evidence: []models.Evidence{{Segment: -1, Span: s(1, 2)}}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := behind(tt.it, time.Second, time.Minute)
			if len(got) != len(tt.want) {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}
