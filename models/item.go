package models

import (
	"strings"
	"time"
)

// Kind is what an item is.
type Kind string

const (
	KindTheme    Kind = "theme"
	KindEmotion  Kind = "emotion"
	KindAction   Kind = "action"
	KindGoal     Kind = "goal"
	KindTrigger  Kind = "trigger"
	KindCoping   Kind = "coping"
	KindOpenLoop Kind = "open-loop"
	KindQuestion Kind = "question"
	KindTakeaway Kind = "takeaway"
)

// Kinds lists every kind in the order in which people read them.
var Kinds = []Kind{KindAction, KindTheme, KindEmotion, KindGoal, KindTrigger, KindCoping, KindOpenLoop, KindQuestion, KindTakeaway}

// ActionStatus is how firmly an action stands. Only Assigned and Committed
// are the client's to do; the others exist so that they are not mistaken for
// these.
type ActionStatus string

const (
	Assigned     ActionStatus = "assigned"     // the therapist set it, the client did not refuse
	Committed    ActionStatus = "committed"    // the client said that they will
	Suggested    ActionStatus = "suggested"    // offered, left open
	Hypothetical ActionStatus = "hypothetical" // "if it gets bad I could…"
	Declined     ActionStatus = "declined"     // refused
	DoneAlready  ActionStatus = "done"         // carried out before the session
	ByTherapist  ActionStatus = "therapist"    // somebody else will do it; Owner says who
)

// Evidence is the proof of an item: Quote stands verbatim in the text of the
// segment with number Segment.
type Evidence struct {
	Segment int  // Seq in the transcript
	Span    Span // zero where the transcript has no times
	Quote   string
}

// In reports whether the quote stands in the transcript, word for word.
func (e Evidence) In(t Transcript) bool {
	if strings.TrimSpace(e.Quote) == "" {
		return false
	}
	s, ok := t.Segment(e.Segment)
	return ok && strings.Contains(s.Text, e.Quote)
}

// Decision is what the client made of an item.
type Decision string

const (
	Proposed Decision = "proposed"
	Accepted Decision = "accepted"
	Edited   Decision = "edited"
	Rejected Decision = "rejected"
)

var decisionNext = map[Decision][]Decision{
	Proposed: {Accepted, Edited, Rejected},
	Accepted: {Edited, Rejected, Proposed},
	Edited:   {Edited, Accepted, Rejected, Proposed},
	Rejected: {Accepted, Edited, Proposed},
}

// To returns nil when a decision may change from d to next, else Invalid.
func (d Decision) To(next Decision) error { return legal(decisionNext, "decision", d, next) }

// What may have found an item.
const (
	EngineRules = ""    // the rules of this program
	EngineLLM   = "llm" // a language model that the client set up
)

// ItemID names one item: eight lower-case hexadecimal digits.
type ItemID string

// Item is one thing worth keeping. Which fields count depends on Kind: Label,
// Score for a theme; Label, Holder, Basis, Intensity for an emotion; Text and
// the rest for an action; Text (and Helped) for all others.
type Item struct {
	ID      ItemID // empty until stored
	Session SessionID
	Kind    Kind
	Text    string // short and plain: "Write a thought record each evening"
	Label   string // theme or emotion, from the fixed lists

	Score     float64 // of a theme, 0 to 1
	Holder    Speaker // who feels the emotion
	Basis     string  // "said" or "inferred"
	Intensity float64 // 0 to 1

	Status     ActionStatus
	Owner      string // client, therapist or other
	Due        Date   // empty if none was named
	Recurrence string // daily, weekly, weekdays, N/day, N/week, as-needed, or empty
	When       string // "in the evening"
	Where      string
	Skill      string // the coping skill or technique it practises

	Helped *bool // of a coping skill; nil if nobody said

	Engine string // what found it: EngineRules or EngineLLM

	Evidence []Evidence

	Decision Decision
	Finished bool // an action that the client ticked off
	Stale    bool // its words were edited or struck since
	Decided  time.Time
}

// Themes, the labels that a theme may have.
var Themes = strings.Fields(`work-stress school career-change money partner-relationship breakup family-conflict
	parenting caregiving friendship loneliness social-anxiety worry panic low-mood grief trauma anger self-criticism
	perfectionism procrastination boundaries communication people-pleasing body-image eating sleep health-illness
	substance-use identity life-transition purpose guilt-shame coping-skills medication safety`)

// Emotions, the labels that an emotion may have.
var Emotions = strings.Fields(`anger frustration anxiety fear sadness grief shame guilt loneliness hopelessness
	overwhelm disappointment confusion numbness relief hope gratitude joy pride love calm`)
