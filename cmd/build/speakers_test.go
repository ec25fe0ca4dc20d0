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
	if got, _ := bestNames(turns, heard); got != (voiceCount{8, 7, 0, 1}) {
		t.Errorf("right: %+v", got)
	}
	heard[1].Speaker = "S2" // one voice for all
	if got, _ := bestNames(turns, heard); got != (voiceCount{8, 4, 3, 1}) {
		t.Errorf("one voice: %+v", got)
	}
	held := seg("S1", 0, 2)
	held.Suspect = []models.Doubt{models.DoubtNoSpeech}
	if got := speakerWords(turns, []models.Segment{held}); got.words != 0 {
		t.Errorf("held back: %+v", got)
	}
}

func TestMistaken(t *testing.T) {
	at := func(from, to time.Duration) models.Span {
		return models.Span{Start: from * time.Second, End: to * time.Second}
	}
	turns := []voiceTurn{{at(0, 4), "a"}, {at(3, 8), "b"}}
	heard := []models.Segment{{Span: at(0, 4), Speaker: "a"}, {Span: at(4, 6), Speaker: "a"}, {Span: at(6, 9), Speaker: "b"}}
	// One second of b under a, two of a for b, one of b after all is said.
	if wrong, speaking := mistaken(turns, heard); wrong != 4*time.Second || speaking != 9*time.Second {
		t.Errorf("%v of %v", wrong, speaking)
	}
}

func TestDialogue(t *testing.T) {
	voice := func(v int16, seconds int) []int16 {
		out := make([]int16, seconds*renderRate)
		for i := range out {
			out[i] = v
		}
		return out
	}
	pcm, turns := dialogue(voice(900, 20), voice(-900, 8), 1)
	var said [2]time.Duration
	for i, v := range turns {
		if i > 0 && v.Start < turns[i-1].End {
			t.Errorf("%v begins before %v ends", v.Span, turns[i-1].Span)
		}
		who := 0
		if pcm[models.Samples((v.Start+v.End)/2)] < 0 {
			who = 1
		}
		if v.who != []string{"A", "B"}[who] {
			t.Errorf("at %v speaks %s", v.Span, v.who)
		}
		said[who] += v.Len()
	}
	if said != [2]time.Duration{20 * time.Second, 8 * time.Second} || len(turns) < 8 {
		t.Errorf("%d turns, %v", len(turns), said)
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
		{"one, long", `{"file":"a.flac","kind":"wer","speakers":1,"seconds":12,"language":"en"}`, true},
		{"one, short", `{"file":"a.flac","kind":"wer","speakers":1,"seconds":5,"language":"en"}`, false},
		{"outside", `{"file":"../a.flac","kind":"diarization","speakers":2}`, false},
	}
	for _, tt := range tests {
		c, ok, err := readTalk([]byte(tt.line), "clips")
		if err != nil || ok != tt.ok {
			t.Errorf("%s: %v, %v", tt.name, ok, err)
		}
		if ok && c.name != oneVoice && (c.name != "a" || len(c.turns) != 1 || c.turns[0].End != 2500*time.Millisecond) {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
	if _, _, err := readTalk([]byte("{"), ""); err == nil {
		t.Error("a broken line was read")
	}
}
