package models

import "time"

// Device is a microphone, or another source of sound that can be recorded.
type Device struct {
	ID       string // stays the same while it is plugged in, and usually after
	Name     string // for people
	Default  bool   // the one that the system would take
	Rate     int    // Hz; 0 until it is open
	Channels int    // 0 until it is open
}

// Why there is a gap in a recording: sentences for people, without a capital.
const (
	GapPaused    = "paused by you"
	GapUnplugged = "the microphone was unplugged"
	GapServer    = "the sound system was away"
	GapSilent    = "the microphone gave no sound"
	GapSwitched  = "another microphone was taken"
	GapSlept     = "the computer slept"
	GapKilled    = "the recorder was killed"
	GapDiskFull  = "the disk was full"
	GapBusy      = "the computer was too busy"
	GapLost      = "the sound system left something out"
	GapDamaged   = "the sound is damaged"
)

// Gap is a stretch of a recording in which nothing was captured.
type Gap struct {
	Span
	Reason string
}

// Mark is a moment that the client wanted to find again. Its note is theirs:
// it is sealed wherever it is stored.
type Mark struct {
	At   time.Duration
	Note string
}

// Consent says that everyone agreed to be recorded: when, by which words, and
// with whom.
type Consent struct {
	At      time.Time
	Wording string
	With    string // the therapist; sealed where it is stored
}

// Recording is what the ledger knows of a session that is, or was, recorded
// here.
type Recording struct {
	Session SessionID
	Later   bool // transcribe only once it has ended
	Ended   bool // no more sound will come; set once the spool is closed
	Cut     bool // all of its sound is in chunks
}
