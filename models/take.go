package models

import "time"

// Take is a text of a chunk that is not shown, for the chunk was run again.
type Take struct {
	Session  SessionID
	Chunk    int
	Number   int // from 1 within the chunk
	Span     Span
	Made     time.Time // when it was put aside
	Model    string    // that heard it
	Shown    string    // the model that heard what is shown
	Segments []Segment
}
