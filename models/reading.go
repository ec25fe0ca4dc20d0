package models

// Reading is how far a language model that the client set up is with a
// session. What the rules find never waits for it.
type Reading struct {
	State    ReadingState `json:"state"`
	Name     string       `json:"name"`               // of the model and where it answers
	Parts    int          `json:"parts,omitempty"`    // into which the session was cut
	Read     int          `json:"read,omitempty"`     // of them
	Added    int          `json:"added,omitempty"`    // items that the rules had not found
	Unproved int          `json:"unproved,omitempty"` // left out: no such words in the passage that they named
	Outside  int          `json:"outside,omitempty"`  // left out: of no known kind, label or status
	Why      string       `json:"why,omitempty"`      // why it was not read to its end; never what was said
	Tries    int          `json:"tries,omitempty"`    // that came to nothing
}

// ReadingState is where a reading stands; empty for a session that no language
// model was asked about.
type ReadingState string

const (
	ReadingDue     ReadingState = "due"     // not begun, or being read
	ReadingDone    ReadingState = "done"    // to its end
	ReadingPart    ReadingState = "part"    // some of it; what was found there is kept
	ReadingAway    ReadingState = "away"    // the model was not reached
	ReadingRefused ReadingState = "refused" // it is on another computer, and the client has not allowed that
)

// mostTries bounds how often a model that was not reached is asked again by
// itself.
const mostTries = 3

// Wanted reports whether the session is to be read at the next occasion.
func (r Reading) Wanted() bool {
	return r.State == ReadingDue || r.State == ReadingAway && r.Tries < mostTries
}
