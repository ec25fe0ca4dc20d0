package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestWordErrors(t *testing.T) {
	tests := []struct {
		name, ref, hyp string
		want           errorCount
	}{
		{"same words, other case and punctuation", "I was scared.", "i was, scared", errorCount{words: 3}},
		{"one word of three wrong", "i was scared", "i was scarred", errorCount{words: 3, other: 1}},
		{"contractions", "I'm sure you don't, and I can't.", "i am sure you do not and i cannot", errorCount{words: 10}},
		{"curly apostrophes", "It’s fine", "it is fine", errorCount{words: 3}},
		{"numbers", "At ten, for twenty-five minutes.", "At 10 for 25 minutes", errorCount{words: 5}},
		{"hesitations do not count", "Um, yes.", "Yes", errorCount{words: 1}},
		{"what is in brackets was not said", "yes", "[door] yes (laughs)", errorCount{words: 1}},
		{"a run of missing words", "one a b c d two", "one two", errorCount{words: 6, missing: 4, gap: 4}},
		{"two short runs", "x a b y c d z", "x y z", errorCount{words: 7, missing: 4, gap: 2}},
		{"more words", "yes", "yes thank you", errorCount{words: 1, more: 2}},
		{"nothing heard", "so it goes", "", errorCount{words: 3, missing: 3, gap: 3}},
		{"nothing said", "", "thank you", errorCount{more: 2}},
	}
	for _, tt := range tests {
		if got := wordErrors(tt.ref, tt.hyp); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if r := (errorCount{words: 8, other: 1, missing: 1}).rate(); r != 0.25 {
		t.Errorf("rate %v", r)
	}
}

func TestBootstrap(t *testing.T) {
	var a, b []errorCount
	for i := range 40 {
		a = append(a, errorCount{words: 10, other: i % 2})
		b = append(b, errorCount{words: 10, other: i % 2, missing: i % 4 / 3})
	}
	if d := bootstrap(a, a); d != (difference{}) {
		t.Errorf("an engine differs from itself by %+v", d)
	}
	d := bootstrap(a, b)
	if math.Abs(d.middle+0.025) > 1e-9 || d.low > -0.035 || d.low < -0.045 || d.high < -0.015 || d.high > -0.005 {
		t.Errorf("got %+v, want -0.025 and about 0.013 on both sides", d)
	}
}

func TestTheConversationIsAlwaysTheSame(t *testing.T) {
	a, b := conversation(rand.New(rand.NewPCG(1, 2)), 100), conversation(rand.New(rand.NewPCG(1, 2)), 100)
	for i := range a {
		if a[i] != b[i] || strings.ContainsAny(a[i].Text, "{}") {
			t.Fatalf("turn %d: %v and %v", i, a[i], b[i])
		}
	}
}

func TestPausesFillTheSession(t *testing.T) {
	voices := [][]int16{make([]int16, 1000), make([]int16, 2000)}
	pcm, _ := laidOut(voices, 6000, rand.New(rand.NewPCG(1, 1)))
	if len(pcm) > 6000 || len(pcm) < 5990 {
		t.Errorf("%d samples, want 6000", len(pcm))
	}
	if w := wav(pcm); len(w) != 44+2*len(pcm) {
		t.Errorf("%d bytes", len(w))
	}
}
