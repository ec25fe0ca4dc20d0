package models

import (
	"slices"
	"time"
)

// Spot names a segment by what stays when later results renumber the
// transcript.
type Spot struct {
	Chunk int `json:"chunk"`
	Index int `json:"index"`
}

// Spot is where the segment stands.
func (s Segment) Spot() Spot { return Spot{s.Chunk, s.Index} }

// Pace is how the client wants to go through a session: when, from where, and
// what to keep folded. Nothing in it is ever counted or judged.
type Pace struct {
	Held  time.Time // not before; zero when it may be read now
	Place *Spot     // where they stopped reading; nil at the beginning
	Hard  []Spot    // passages that stay folded until they are opened
}

// Fold adds spots to the folded ones, or takes them away.
func (p *Pace) Fold(spots []Spot, folded bool) {
	p.Hard = slices.DeleteFunc(p.Hard, func(s Spot) bool { return slices.Contains(spots, s) })
	if folded {
		p.Hard = append(p.Hard, spots...)
	}
}
