package review

import (
	"context"
	"io"
	"time"

	"github.com/afterword/afterword/models"
)

// What the page needs of the rest of the program. Errors carry the codes of
// models; Locked from any of them brings up the unlock page.

// sessions are what was said.
type sessions interface {
	Sessions(ctx context.Context) ([]models.Session, error) // newest first
	FindSession(ctx context.Context, id models.SessionID) (models.Session, error)
	Transcript(ctx context.Context, id models.SessionID) (models.Transcript, error)
}

// ledger says what became of the sound.
type ledger interface {
	Coverage(ctx context.Context, id models.SessionID) (models.Coverage, error)
	Progress(ctx context.Context, id models.SessionID) (done, total time.Duration, pending int, err error)
}

// items are what was found.
type items interface {
	ItemsOf(ctx context.Context, id models.SessionID) ([]models.Item, error) // rejected ones too
	FindItem(ctx context.Context, id models.ItemID) (models.Item, error)
}

// findings are what was found beside the items.
type findings interface {
	Phrases(t models.Transcript) []models.Phrase
	Reading(ctx context.Context, id models.SessionID) (models.Reading, error) // of a language model
}

// decisions are what the client makes of items.
type decisions interface {
	DecideAs(ctx context.Context, as models.Item, d models.Decision, edit func(*models.Item)) (models.Item, error) // Conflict, Stale
	Undo(ctx context.Context, id models.ItemID) (models.Item, error)
	Finish(ctx context.Context, id models.ItemID, done bool) error
	Merge(ctx context.Context, keep, other models.Item) (models.Item, error) // Conflict, Stale
}

// words are the transcript as the client corrects it.
type words interface {
	EditSegment(ctx context.Context, as models.Segment, text string) (models.Segment, error) // Conflict
	Original(ctx context.Context, of models.Segment) (string, error)                         // the engine's own text
	// NameVoices says who the voices of a session are, all at once, and NamePassage
	// who spoke some of its segments. Both find its items anew: what rests on who
	// said it may be another thing now.
	NameVoices(ctx context.Context, id models.SessionID, names map[models.Speaker]models.Speaker) error
	NamePassage(ctx context.Context, id models.SessionID, passage []models.Segment, who models.Speaker) error
}

// pacing is how the client wants to go through a session.
type pacing interface {
	Pace(ctx context.Context, id models.SessionID) (models.Pace, error)
	SetPace(ctx context.Context, id models.SessionID, change func(*models.Pace)) (models.Pace, error)
}

// sound is the spool. Channels are interleaved; where nothing was captured
// there are zeros.
type sound interface {
	Form(ctx context.Context, id models.SessionID) (rate, channels int, err error)
	PCM(ctx context.Context, id models.SessionID, span models.Span) ([]int16, error)
}

// shapes keeps the drawn form of a session's sound.
type shapes interface {
	Peaks(ctx context.Context, id models.SessionID) ([]byte, error) // nil if not worked out
	SavePeaks(ctx context.Context, id models.SessionID, peaks []byte) error
}

// intake takes files. Receive copies one and says which session it becomes, or
// a Conflict with the session that it was already; Read goes on until its sound
// is in, telling how much of it has been read. An export is there at once, and
// becomes no session to read but a sentence about what is here again.
type intake interface {
	Receive(ctx context.Context, u Upload) (s models.Session, said string, err error)
	Read(ctx context.Context, id models.SessionID, tell func(done, total time.Duration)) error
}

// lock is the vault's.
type lock interface {
	Locked() bool
	Unlock(ctx context.Context, passphrase string) error
}

// engine writes down what was recorded.
type engine interface {
	Mute() error // why nothing is written down for now; nil: it is
}

// Upload is a file on its way in.
type Upload struct {
	Name string      // as the browser calls it
	Date models.Date // of the file; empty for today
	Body io.Reader
}

// options are settings that the page can change, and the client's voice.
type options interface {
	Choose(key, value string) error // Invalid
	Enrolled(ctx context.Context) (bool, error)
	ForgetVoice(ctx context.Context) error
}

// Setting is a row of the settings page. Fixed is one that a variable sets,
// which comes before the file.
type Setting struct {
	Key, Value, Origin, Help string
	Fixed                    bool
}

// Place says where things lie and how they are protected.
type Place struct {
	ConfigFile, Data string
	Protection       string // passphrase, keyring or keyfile
	Settings         []Setting
	Models           []string // speech models that are here
}
