package models

import (
	"cmp"
	"slices"
	"time"
)

// Fate is what became of a stretch of a session's time.
type Fate string

const (
	FateTranscribed Fate = "transcribed" // has words
	FateSilence     Fate = "silence"     // no speech activity
	FateSuppressed  Fate = "suppressed"  // words were held back; see the reason
	FateFailed      Fate = "failed"      // set aside, or speech in which the engine found no words
	FatePending     Fate = "pending"     // not yet transcribed
	FateGap         Fate = "gap"         // nothing was captured
	FateStruck      Fate = "struck"      // the client had it destroyed
)

// Stretch is a span with its fate.
type Stretch struct {
	Span
	Fate   Fate
	Reason string // for gaps and failures
}

// Coverage accounts for every millisecond of a session: its stretches touch
// and run from 0 to Duration.
type Coverage struct {
	Duration  time.Duration
	Stretches []Stretch
}

// Total is the time with fate f. The totals of all fates add up to Duration.
func (c Coverage) Total(f Fate) time.Duration {
	var d time.Duration
	for _, s := range c.Stretches {
		if s.Fate == f {
			d += s.Len()
		}
	}
	return d
}

// Account builds the coverage of a session of the given length from its
// chunks and segments. Where channels disagree, the better fate wins: a second
// is transcribed if any channel has words in it. What is known besides, gaps of
// a recording and what was struck, wins over all of them.
func Account(duration time.Duration, chunks []Chunk, segments []Segment, besides ...Stretch) Coverage {
	words := map[int][]Segment{} // by chunk
	for _, s := range segments {
		words[s.Chunk] = append(words[s.Chunk], s)
	}
	all := slices.Clone(besides)
	for _, c := range chunks {
		all = append(all, chunkStretches(c, words[c.Seq])...)
	}
	return flatten(duration, all)
}

// rank orders fates where channels overlap; the highest wins.
var rank = map[Fate]int{FateSilence: 1, FateSuppressed: 2, FatePending: 3, FateFailed: 4, FateTranscribed: 5, FateGap: 6, FateStruck: 7}

// chunkStretches may overlap. A chunk that is run again still has the words of
// its earlier result.
func chunkStretches(c Chunk, segments []Segment) []Stretch {
	out := []Stretch{{c.Span, FateSilence, ""}}
	for _, s := range segments {
		if s.HeldBack() {
			out = append(out, Stretch{s.Span.Clip(c.Span), FateSuppressed, string(s.Held())})
			continue
		}
		out = append(out, Stretch{s.Span.Clip(c.Span), FateTranscribed, ""})
	}
	switch c.State {
	case Silent:
		return out
	case Failed:
		return append(out, Stretch{c.Span, FateFailed, c.Reason})
	case Pending:
		return append(out, Stretch{c.Span, FatePending, ""})
	}
	for _, w := range c.Wordless {
		out = append(out, Stretch{w.Clip(c.Span), FateFailed, "speech without words"})
	}
	return out
}

// flatten turns overlapping stretches into touching ones over [0, duration).
// Time that no chunk accounts for is a gap.
func flatten(duration time.Duration, all []Stretch) Coverage {
	whole := Span{0, max(0, duration)}
	cuts := []time.Duration{0, whole.End}
	for i := range all {
		all[i].Span = all[i].Clip(whole)
	}
	all = slices.DeleteFunc(all, func(s Stretch) bool { return s.Len() == 0 })
	for _, s := range all {
		cuts = append(cuts, s.Start, s.End)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	slices.SortStableFunc(all, func(a, b Stretch) int { return cmp.Compare(a.Start, b.Start) })

	c := Coverage{Duration: whole.End}
	var open []Stretch
	next := 0
	for i := 0; i+1 < len(cuts); i++ {
		at := Span{cuts[i], cuts[i+1]}
		for next < len(all) && all[next].Start <= at.Start {
			open = append(open, all[next])
			next++
		}
		open = slices.DeleteFunc(open, func(s Stretch) bool { return s.End <= at.Start })
		best, top := Stretch{at, FateGap, "nothing captured"}, 0
		for _, s := range open {
			if rank[s.Fate] > top {
				best.Fate, best.Reason, top = s.Fate, s.Reason, rank[s.Fate]
			}
		}
		if n := len(c.Stretches); n > 0 && c.Stretches[n-1].Fate == best.Fate && c.Stretches[n-1].Reason == best.Reason {
			c.Stretches[n-1].End = at.End
			continue
		}
		c.Stretches = append(c.Stretches, best)
	}
	return c
}
