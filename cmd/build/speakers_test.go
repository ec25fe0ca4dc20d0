package main

import (
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func TestSpeakerWords(t *testing.T) {
	at := func(from, to int) models.Span {
		return models.Span{Start: time.Duration(from) * time.Second, End: time.Duration(to) * time.Second}
	}
	seg := func(who models.Speaker, from, to int) models.Segment {
		g := models.Segment{Speaker: who, Span: at(from, to)}
		for i := from; i < to; i++ {
			g.Words = append(g.Words, models.Word{Text: "word", Span: at(i, i+1)})
		}
		return g
	}
	turns := []voiceTurn{{at(0, 4), "a"}, {at(3, 8), "b"}}
	heard := []models.Segment{seg("S2", 0, 4), seg("S1", 4, 7), seg(models.Unknown, 7, 8), seg("S1", 8, 9)}
	if got, want := bestNames(turns, heard), (voiceCount{8, 7, 0, 1}); got != want {
		t.Errorf("right: %+v, want %+v", got, want)
	}
	heard[1].Speaker = "S2" // one voice for all
	if got, want := bestNames(turns, heard), (voiceCount{8, 4, 3, 1}); got != want {
		t.Errorf("one voice: %+v, want %+v", got, want)
	}
	held := seg("S1", 0, 2)
	held.Suspect = []models.Doubt{models.DoubtNoSpeech}
	if got := speakerWords(turns, []models.Segment{held}); got.words != 0 {
		t.Errorf("held back: %+v", got)
	}
}

func TestReadTalk(t *testing.T) {
	tests := []struct {
		name, line string
		ok         bool
	}{
		{"two on one channel", `{"file":"a.flac","kind":"diarization","speakers":2,"seconds":30,"turns":[{"start":1,"end":2.5,"speaker":"x"}]}`, true},
		{"four", `{"file":"a.flac","kind":"diarization","speakers":4}`, false},
		{"two channels", `{"file":"a.flac","kind":"diarization","speakers":2,"channels":2}`, false},
		{"words only", `{"file":"a.flac","kind":"wer","speakers":2}`, false},
		{"outside", `{"file":"../a.flac","kind":"diarization","speakers":2}`, false},
	}
	for _, tt := range tests {
		c, ok, err := readTalk([]byte(tt.line), "clips")
		if err != nil || ok != tt.ok {
			t.Errorf("%s: %v, %v", tt.name, ok, err)
		}
		if ok && (c.name != "a" || len(c.turns) != 1 || c.turns[0].End != 2500*time.Millisecond) {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
	if _, _, err := readTalk([]byte("{"), ""); err == nil {
		t.Error("a broken line was read")
	}
}
