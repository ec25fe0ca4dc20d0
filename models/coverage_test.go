package models

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func sec(from, to float64) Span {
	return Span{time.Duration(from * float64(time.Second)), time.Duration(to * float64(time.Second))}
}

func TestAccount(t *testing.T) {
	tests := []struct {
		name     string
		duration float64
		chunks   []Chunk
		words    []Segment
		want     []Stretch
	}{
		{"nothing captured", 10, nil, nil, []Stretch{{sec(0, 10), FateGap, "nothing captured"}}},
		{"no time at all", 0, []Chunk{{Span: sec(0, 5), State: Silent}}, nil, nil},
		{"silence", 10, []Chunk{{Span: sec(0, 10), State: Silent}}, nil, []Stretch{{sec(0, 10), FateSilence, ""}}},
		{
			"words, a pause, speech without words", 10,
			[]Chunk{{Span: sec(0, 10), State: Done, Wordless: []Span{sec(4, 9)}}},
			[]Segment{{Span: sec(1, 4)}},
			[]Stretch{{sec(0, 1), FateSilence, ""}, {sec(1, 4), FateTranscribed, ""}, {sec(4, 9), FateFailed, "speech without words"}, {sec(9, 10), FateSilence, ""}},
		},
		{
			"a cough is not speech", 10,
			[]Chunk{{Span: sec(0, 10), State: Done, Voiced: []Span{sec(5, 6.1)}}},
			nil,
			[]Stretch{{sec(0, 10), FateSilence, ""}},
		},
		{
			"one failed, one pending, a hole between", 30,
			[]Chunk{{Seq: 0, Span: sec(0, 10), State: Failed, Reason: "crash"}, {Seq: 1, Span: sec(20, 30), State: Pending}},
			nil,
			[]Stretch{{sec(0, 10), FateFailed, "crash"}, {sec(10, 20), FateGap, "nothing captured"}, {sec(20, 30), FatePending, ""}},
		},
		{
			"one of two channels has words", 10,
			[]Chunk{{Seq: 0, Span: sec(0, 10), State: Silent}, {Seq: 1, Channel: 1, Span: sec(0, 10), State: Done}},
			[]Segment{{Chunk: 1, Span: sec(2, 3)}},
			[]Stretch{{sec(0, 2), FateSilence, ""}, {sec(2, 3), FateTranscribed, ""}, {sec(3, 10), FateSilence, ""}},
		},
		{
			"words of an earlier result count while the chunk is run again", 10,
			[]Chunk{{Span: sec(0, 10), State: Pending}},
			[]Segment{{Span: sec(2, 3)}},
			[]Stretch{{sec(0, 2), FatePending, ""}, {sec(2, 3), FateTranscribed, ""}, {sec(3, 10), FatePending, ""}},
		},
		{
			"a chunk beyond the end adds nothing", 10,
			[]Chunk{{Span: sec(0, 10), State: Silent}, {Seq: 1, Span: sec(12, 20), State: Pending}},
			nil,
			[]Stretch{{sec(0, 10), FateSilence, ""}},
		},
		{
			"words that stick out of their chunk", 20,
			[]Chunk{{Span: sec(5, 10), State: Done}, {Seq: 1, Span: sec(10, 20), State: Silent}},
			[]Segment{{Span: sec(0, 15)}},
			[]Stretch{{sec(0, 5), FateGap, "nothing captured"}, {sec(5, 10), FateTranscribed, ""}, {sec(10, 20), FateSilence, ""}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Account(sec(0, tt.duration).End, tt.chunks, tt.words)
			if d := cmp.Diff(tt.want, c.Stretches); d != "" {
				t.Error(d)
			}
		})
	}
}

func anySpan() *rapid.Generator[Span] {
	return rapid.Custom(func(t *rapid.T) Span {
		from := rapid.Int64Range(-5, 100).Draw(t, "from")
		to := rapid.Int64Range(-5, 100).Draw(t, "to")
		return Span{time.Duration(from) * 700 * time.Millisecond, time.Duration(to) * 700 * time.Millisecond}
	})
}

// Whatever the chunks and segments are, every millisecond has one fate.
func TestAccountAddsUp(t *testing.T) {
	fates := []Fate{FateTranscribed, FateSilence, FateSuppressed, FateFailed, FatePending, FateGap, FateStruck}
	rapid.Check(t, func(t *rapid.T) {
		duration := time.Duration(rapid.Int64Range(0, 60_000).Draw(t, "duration")) * time.Millisecond
		var chunks []Chunk
		for i := range rapid.IntRange(0, 8).Draw(t, "chunks") {
			chunks = append(chunks, Chunk{
				Seq: i, Span: anySpan().Draw(t, "span"), State: rapid.SampledFrom([]ChunkState{Pending, Done, Silent, Failed}).Draw(t, "state"),
				Reason: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "reason"), Wordless: rapid.SliceOfN(anySpan(), 0, 4).Draw(t, "wordless"),
			})
		}
		var segments []Segment
		for range rapid.IntRange(0, 8).Draw(t, "segments") {
			segments = append(segments, Segment{
				Chunk: rapid.IntRange(0, 9).Draw(t, "of"), Span: anySpan().Draw(t, "segment"),
				Suspect: rapid.SampledFrom([][]Doubt{nil, {DoubtNoSpeech}, {DoubtLowProb}, {DoubtNoSpeech, DoubtRestored}}).Draw(t, "suspect"),
			})
		}
		c := Account(duration, chunks, segments)
		at := time.Duration(0)
		for i, s := range c.Stretches {
			if s.Start != at || s.End <= s.Start {
				t.Fatalf("stretch %d is %v after %v", i, s.Span, at)
			}
			if i > 0 && s.Fate == c.Stretches[i-1].Fate && s.Reason == c.Stretches[i-1].Reason {
				t.Fatalf("stretches %d and %d could be one", i-1, i)
			}
			at = s.End
		}
		var sum time.Duration
		for _, f := range fates {
			sum += c.Total(f)
		}
		if at != duration || sum != duration || c.Duration != duration {
			t.Fatalf("ends at %v, adds up to %v, want %v", at, sum, duration)
		}
	})
}

// What is held back and what the client restores keep the ledger whole: restoring
// moves time from suppressed to transcribed and from nowhere else.
func TestRestoringMovesOnlySuppressedTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const duration = 70 * time.Second
		chunks := []Chunk{{Span: Span{0, duration}, State: Done, Wordless: rapid.SliceOfN(anySpan(), 0, 2).Draw(t, "wordless")}}
		var held, restored []Segment
		for range rapid.IntRange(0, 8).Draw(t, "segments") {
			g := Segment{Span: anySpan().Draw(t, "segment")}
			if rapid.Bool().Draw(t, "held back") {
				g.Suspect = []Doubt{DoubtLowProb, DoubtNoSpeech}
			}
			held = append(held, g)
			if g.HeldBack() {
				g.Suspect = append(g.Suspect, DoubtRestored)
			}
			restored = append(restored, g)
		}
		before, after := Account(duration, chunks, held), Account(duration, chunks, restored)
		if after.Total(FateSuppressed) != 0 {
			t.Fatalf("%v is still held back", after.Total(FateSuppressed))
		}
		for _, f := range []Fate{FatePending, FateGap, FateStruck} {
			if before.Total(f) != after.Total(f) {
				t.Fatalf("%s went from %v to %v", f, before.Total(f), after.Total(f))
			}
		}
		var sum time.Duration
		for _, f := range []Fate{FateTranscribed, FateSilence, FateSuppressed, FateFailed} {
			sum += after.Total(f)
		}
		if sum != duration || after.Total(FateTranscribed) < before.Total(FateTranscribed) {
			t.Fatalf("it adds up to %v", sum)
		}
	})
}
