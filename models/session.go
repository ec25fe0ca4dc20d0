package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Rate is the sample rate, in Hz, of all sound that the speech engine hears
// and of imported sound in the spool. 16 samples are exactly one millisecond.
const Rate = 16000

// SessionID names one session: twelve lower-case hexadecimal digits, random,
// so that an ID tells nothing about when or with whom.
type SessionID string

// Source says how the sound of a session came in.
type Source string

const (
	SourceImport    Source = "import"
	SourceRecording Source = "recording"
)

// SessionState is how far a session has come. Each state is written in the
// same transaction as the result that leads to it.
type SessionState string

const (
	// Ingesting: sound is still coming in. An interrupted import stays here
	// until its file is read again.
	Ingesting SessionState = "ingesting"
	// Transcribing: all sound is in the spool, some chunks are unaccounted for.
	Transcribing SessionState = "transcribing"
	// Extracting: every chunk is done, silent or failed; items are due.
	Extracting SessionState = "extracting"
	// Ready: items are stored and can be reviewed.
	Ready SessionState = "ready"
)

var sessionNext = map[SessionState][]SessionState{
	Ingesting:    {Transcribing},
	Transcribing: {Extracting},
	// A failed stretch that is run again sends its session back.
	Extracting: {Ready, Transcribing},
	Ready:      {Transcribing, Extracting},
}

// To returns nil when a session may go from s to next, else an Invalid error.
func (s SessionState) To(next SessionState) error {
	return legal(sessionNext, "session", s, next)
}

// Session is one therapy hour. Title, With and SourceName are the client's
// secrets: they are sealed wherever they are stored and never logged.
type Session struct {
	ID       SessionID
	Title    string
	With     string        // the therapist's name, empty if not told
	Date     Date          // civil day of the session; relative dates resolve against it
	Created  time.Time     // when the program first saw it
	Source   Source        //
	Path     string        // of the imported file, so that an interrupted import can go on
	Hash     string        // keyed hash of the imported file's bytes, hex: the same file is recognised
	Language string        // ISO 639-1, empty until known
	Model    string        // speech model, such as "base-q8_0"
	Channels int           // channels kept in the spool: 1, or 2 when each holds a voice
	Duration time.Duration // whole milliseconds; 0 until all sound is in
	State    SessionState
	Summary  string // gentle summary, once extracted
}

// Date is a civil day such as 2026-03-05, the form that it has in JSON too.
type Date string

// ParseDate reads YYYY-MM-DD. Anything else is an Invalid error.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", Errorf(Invalid, "read date %q: want a day such as 2026-03-05", s)
	}
	return Date(s), nil
}

// DateOf is the civil day of t in t's own zone.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Time is midnight UTC of the day, for arithmetic; the zero time if d is empty
// or no date.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// Span is a stretch of a session's time: Start included, End not. Both count
// from the session's beginning.
type Span struct {
	Start, End time.Duration
}

// Len is the span's length, never negative.
func (s Span) Len() time.Duration { return max(0, s.End-s.Start) }

// Clip is the part of s inside outer; its length is 0 where they do not meet.
func (s Span) Clip(outer Span) Span {
	c := Span{max(s.Start, outer.Start), min(s.End, outer.End)}
	if c.End < c.Start {
		c.End = c.Start
	}
	return c
}

// Without is what of s is in none of gone, in order.
func Without(s Span, gone []Span) (out []Span) {
	gone = slices.Clone(gone)
	slices.SortFunc(gone, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	at := s.Start
	for _, g := range gone {
		if g.Start > at && at < s.End {
			out = append(out, Span{at, min(g.Start, s.End)})
		}
		at = max(at, g.End)
	}
	if at < s.End {
		out = append(out, Span{at, s.End})
	}
	return out
}

func (s Span) String() string { return Clock(s.Start) + "–" + Clock(s.End) }

// Clock writes a position for people: 3:07, 1:03:07.
func Clock(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Samples converts a position to samples at Rate, rounding down.
func Samples(d time.Duration) int64 {
	return int64(d/time.Millisecond)*16 + int64(d%time.Millisecond)*Rate/int64(time.Second)
}

// At converts a sample position at Rate to whole milliseconds, rounding down.
func At(samples int64) time.Duration { return time.Duration(samples/16) * time.Millisecond }

func legal[S ~string](next map[S][]S, noun string, from, to S) error {
	for _, s := range next[from] {
		if s == to {
			return nil
		}
	}
	return Errorf(Invalid, "%s cannot go from %q to %q", noun, from, to)
}

// ParseSessionID accepts a whole ID or the beginning of one, in any case.
// An Invalid error for anything that cannot be the beginning of an ID.
func ParseSessionID(s string) (SessionID, error) {
	id := strings.ToLower(strings.TrimSpace(s))
	if id == "" || len(id) > 12 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", Errorf(Invalid, "read session ID %q: want up to 12 digits and letters a to f, as 'afterword sessions' prints them", s)
	}
	return SessionID(id), nil
}
