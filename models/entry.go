package models

import (
	"strings"
	"time"
)

// EntryKind is what an entry is.
type EntryKind string

const (
	EntryNote        EntryKind = "note"        // of the day: mood and what went with it
	EntryJournal     EntryKind = "journal"     // free text
	EntryReflection  EntryKind = "reflection"  // answers to the questions of a form
	EntryPlan        EntryKind = "plan"        // how an action is to be carried out
	EntryOutcome     EntryKind = "outcome"     // what came of it, one time
	EntryGoal        EntryKind = "goal"        // with steps and progress
	EntryTopic       EntryKind = "topic"       // to bring to the next session
	EntryAppointment EntryKind = "appointment" // the next session
	EntryCard        EntryKind = "card"        // how well an item is remembered
	EntryShared      EntryKind = "shared"      // what was handed on, and the names put in place of others
	EntryVocabulary  EntryKind = "vocabulary"  // names and words that may come up
	EntryReminders   EntryKind = "reminders"   // how the client wants to be reminded
	EntryReading     EntryKind = "reading"     // what the client's language model made of a session
	EntryRetention   EntryKind = "retention"   // how long sound is kept
	EntryContact     EntryKind = "contact"     // somebody to turn to in a hard moment
	EntrySpoken      EntryKind = "spoken"      // an answer that is said; about its recording
)

// Housekeeping tells whether an entry is the program's own, and no part of a
// copy that the client takes elsewhere.
func (k EntryKind) Housekeeping() bool {
	return k == EntryShared || k == EntryReminders || k == EntrySpoken || k == EntryReading || k == EntryRetention
}

// EntryID names one entry among those of its kind: eight lower-case
// hexadecimal digits. An entry that goes with an item may bear the item's ID.
type EntryID string

// ParseEntryID accepts a whole ID or the beginning of one, in any case.
func ParseEntryID(s string) (EntryID, error) {
	id := strings.ToLower(strings.TrimSpace(s))
	if id == "" || len(id) > 8 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", Errorf(Invalid, "read ID %q: want up to 8 digits and letters a to f", s)
	}
	return EntryID(id), nil
}

// Entry is one thing that the client wrote, planned or tried between sessions.
// Body is all that it tells; the rest only says what it is, when it was and
// what it belongs to.
type Entry struct {
	ID      EntryID   `json:"id,omitempty"` // empty until stored
	Kind    EntryKind `json:"kind,omitempty"`
	Session SessionID `json:"session,omitempty"` // it is forgotten with it; empty: belongs to none
	About   string    `json:"about,omitempty"`   // ID of the item, plan or appointment that it is about
	Day     Date      `json:"day,omitempty"`
	Made    time.Time `json:"made,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
	Version int       `json:"version,omitempty"` // counts how often it was saved
	Body    []byte    `json:"-"`                 // sealed wherever it is stored
}

// Meta is the entry itself, for whoever holds a noun with an entry inside.
func (e *Entry) Meta() *Entry { return e }

// EntryFilter chooses entries; empty fields choose all.
type EntryFilter struct {
	Kind    EntryKind
	ID      EntryID // or the beginning of one
	Session SessionID
	About   string
	Since   Date // the first day
	Until   Date // the last day
}
