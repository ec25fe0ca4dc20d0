package review

import (
	"context"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// recorder is the microphone at work. There is at most one recording at a
// time, and it goes on whatever becomes of the page.
type recorder interface {
	Recording(ctx context.Context) (Recording, error)                          // NotServed while nothing is recorded
	Tell(ctx context.Context, verb, note string) (at time.Duration, err error) // pause, resume, stop or mark
	Strike(ctx context.Context, id models.SessionID, what models.Span) error   // of a session, also while it is recorded
}

// beginning is what comes before a recording.
type beginning interface {
	Agreed(ctx context.Context, with string) (wording string, agreed bool, err error)
	Microphones(ctx context.Context) ([]models.Device, error)
	Record(ctx context.Context, o RecordOrder) (models.SessionID, error)
}

// voice takes an answer that is said. It is recorded like a session; Busy while
// anything else is.
type voice interface {
	Say(ctx context.Context, s days.Spoken) error
}

// captioner writes captions of the recording that is going on, until ctx ends;
// then it closes the channel. It has none where there is no speech model.
type captioner interface {
	Captions(ctx context.Context, id models.SessionID) (<-chan Caption, error)
}

// RecordOrder is what a person asked for.
type RecordOrder struct {
	Title, With   string
	Device        string // identity of a microphone; empty for the usual one
	Stereo, Later bool   // one voice on each channel; written down after the end
	Agreed        bool   // everyone in the room, just now
}

// Recording is how a recording stands at one moment.
type Recording struct {
	Session           models.SessionID
	Title             string // empty while it cannot be read
	State             string // recording, paused, waiting (for a microphone), ended
	Elapsed, Captured time.Duration
	Device            string
	Peak              []float64 // dBFS a channel, of the last half second
	Warnings          []string  // the recorder's sentences for the person
	Waiting, Done     int       // chunks
	Minutes           int       // for which the disk has room; -1 if unknown
	Later             bool
	Answer            *days.Spoken // it is one that is said; nil for a session
}

// Caption is what live captions add: words that will not change, and those
// that follow them for now.
type Caption struct{ Stable, Draft string }
