package main

import (
	"fmt"
	"testing"
	"time"
)

func shown(ws []timedWord) (s string) {
	for _, w := range ws {
		s += fmt.Sprintf("%s %v, ", w.text, w.at)
	}
	return s
}

func TestWordsBeginWhereTheirFirstPhoneDoes(t *testing.T) {
	var l lexicon
	for word, phones := range map[string][]string{"We": {"w", "iy"}, "met": {"m", "eh", "t"}, "her": {"hh", "er"}} {
		l.words.Store(word, phones)
	}
	// "her" loses its "h" in the sentence: where it begins is not known.
	got, err := l.starts(t.Context(), "We met her.", "pau:0.2 w:0.3 iy:0.4 pau:0.5 m:0.6 eh:0.7 t:0.8 er:1.0 pau:1.2")
	if err != nil {
		t.Fatal(err)
	}
	if s := shown(got); s != "we 200ms, met 500ms, " {
		t.Errorf("got %s", s)
	}
	if _, err := l.starts(t.Context(), "We", "w:soon"); err == nil {
		t.Error("a phone without a time was taken")
	}
}

func TestWordTimesAreReadFromEveryEngine(t *testing.T) {
	want := "we 1.2s, met 1.5s, can 2s, not 2s, "
	for name, read := range map[string]func() ([]timedWord, error){
		"ours": func() ([]timedWord, error) {
			return transcriptTimes(`{"segments": [{"words": [{"text": "We", "start": 1.2}, {"text": "met,", "start": 1.5}]}, {"words": [{"text": "can't", "start": 2}]}]}`)
		},
		"whisper-cli": func() ([]timedWord, error) {
			return whisperTimes("\n[00:00:01.200 --> 00:00:01.500]   We\n[00:00:01.500 --> 00:00:01.800]   met,\n[00:00:02.000 --> 00:00:02.100]   can't\n")
		},
		"faster-whisper": func() ([]timedWord, error) { return fasterTimes("1.200 We\n1.500 met,\n2.000 can't\n") },
	} {
		got, err := read()
		if s := shown(got); err != nil || s != want {
			t.Errorf("%s: %s, %v; want %s", name, s, err, want)
		}
	}
	off := startsOff([]timedWord{{"we", 0}, {"met", time.Second}, {"her", 2 * time.Second}}, []timedWord{{"we", 300 * time.Millisecond}, {"her", 1900 * time.Millisecond}})
	if s := fmt.Sprint(off); s != "[100ms 300ms]" {
		t.Errorf("off by %s", s)
	}
}

func TestTextOfATranscript(t *testing.T) {
	t.Parallel()
	got, err := transcriptText(`{"segments": [{"seq": 0, "speaker": "S1", "text": "Hello."}, {"seq": 1, "text": "BAH!", "suspect": ["low-probability", "no-speech"]}, {"seq": 2, "speaker": "S2", "text": "Yes."}]}`)
	if err != nil || got != "Hello.\nYes." {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := transcriptText("no"); err == nil {
		t.Error("no transcript is read as one")
	}
}
