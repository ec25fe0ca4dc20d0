package api

import (
	"encoding/json"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// Session is one therapy hour.
type Session struct {
	ID       models.SessionID    `json:"id" example:"7f2c01d4a9b3"`
	Title    string              `json:"title"`
	With     string              `json:"with,omitempty" doc:"The therapist's name"`
	Date     models.Date         `json:"date" format:"date"`
	Duration float64             `json:"duration" doc:"Seconds"`
	Language string              `json:"language,omitempty" doc:"ISO 639-1"`
	Source   models.Source       `json:"source" enum:"import,recording"`
	State    models.SessionState `json:"state" enum:"ingesting,transcribing,extracting,ready"`
	Summary  string              `json:"summary,omitempty"`
}

func sessionOf(s models.Session) Session {
	return Session{s.ID, s.Title, s.With, s.Date, float64(s.Duration.Milliseconds()) / 1000, s.Language, s.Source, s.State, s.Summary}
}

// Transcript is the fixed transcript file.
type Transcript struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Date     string    `json:"date,omitempty" format:"date"`
	Language string    `json:"language,omitempty"`
	Duration float64   `json:"duration,omitempty" doc:"Seconds"`
	Segments []Segment `json:"segments"`
}

// Segment is timed text from one speaker. Times are seconds.
type Segment struct {
	Seq     int      `json:"seq"`
	Start   float64  `json:"start,omitempty"`
	End     float64  `json:"end,omitempty"`
	Speaker string   `json:"speaker" doc:"client, therapist, unknown, or S1, S2, …"`
	Text    string   `json:"text"`
	Words   []Word   `json:"words,omitempty"`
	Suspect []string `json:"suspect,omitempty" doc:"Why it is not sure that this was said"`
	Edited  bool     `json:"edited,omitempty" doc:"Corrected by the client"`
}

// Word is one word, with the probability that the engine gives it.
type Word struct {
	Text  string  `json:"text"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	P     float64 `json:"p" minimum:"0" maximum:"1"`

	Alternatives []string `json:"alternatives,omitempty" doc:"What else the engine heard, the likeliest first"`
}

// transcriptOf goes through the file's own form, so that there is one form.
func transcriptOf(t models.Transcript) (Transcript, error) {
	var out Transcript
	b, err := json.Marshal(t)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	return out, err
}

// Item is one thing worth keeping, with the words that it rests on.
type Item struct {
	ID         models.ItemID       `json:"id" example:"3f9c12ab"`
	Session    models.SessionID    `json:"session"`
	Kind       models.Kind         `json:"kind" enum:"theme,emotion,action,goal,trigger,coping,open-loop,question,takeaway"`
	Text       string              `json:"text,omitempty"`
	Label      string              `json:"label,omitempty" doc:"Theme or emotion, of the fixed lists"`
	Holder     models.Speaker      `json:"holder,omitempty" doc:"Who feels the emotion"`
	Basis      string              `json:"basis,omitempty" doc:"said or inferred"`
	Intensity  float64             `json:"intensity,omitempty"`
	Status     models.ActionStatus `json:"status,omitempty" doc:"How firmly an action stands"`
	Owner      string              `json:"owner,omitempty"`
	Due        models.Date         `json:"due,omitempty"`
	Recurrence string              `json:"recurrence,omitempty"`
	When       string              `json:"when,omitempty"`
	Where      string              `json:"where,omitempty"`
	Skill      string              `json:"skill,omitempty"`
	Helped     *bool               `json:"helped,omitempty"`
	Decision   models.Decision     `json:"decision" enum:"proposed,accepted,edited,rejected"`
	Decided    time.Time           `json:"decided,omitzero"`
	Finished   bool                `json:"finished"`
	Stale      bool                `json:"stale" doc:"Its words were changed or destroyed since"`
	Evidence   []Evidence          `json:"evidence"`
}

// Evidence is a quote, word for word, and where it stands. Times are seconds.
type Evidence struct {
	Segment int     `json:"segment" doc:"Its number in the transcript; -1 where it is gone"`
	Start   float64 `json:"start"`
	End     float64 `json:"end"`
	Quote   string  `json:"quote"`
}

func itemOf(it models.Item) Item {
	out := Item{
		ID: it.ID, Session: it.Session, Kind: it.Kind, Text: it.Text, Label: it.Label, Holder: it.Holder, Basis: it.Basis, Intensity: it.Intensity,
		Status: it.Status, Owner: it.Owner, Due: it.Due, Recurrence: it.Recurrence, When: it.When, Where: it.Where, Skill: it.Skill, Helped: it.Helped,
		Decision: it.Decision, Decided: it.Decided, Finished: it.Finished, Stale: it.Stale, Evidence: []Evidence{},
	}
	for _, e := range it.Evidence {
		out.Evidence = append(out.Evidence, Evidence{e.Segment, e.Span.Start.Seconds(), e.Span.End.Seconds(), e.Quote})
	}
	return out
}

// Note is a minute's look at a day. At least one field beside the day is given.
type Note struct {
	ID       models.EntryID `json:"id,omitempty" readOnly:"true"`
	Day      models.Date    `json:"day,omitempty" format:"date" doc:"Today if it is left out"`
	Mood     int            `json:"mood,omitempty" minimum:"1" maximum:"10"`
	Text     string         `json:"text,omitempty" maxLength:"100000"`
	Emotions []string       `json:"emotions,omitempty" maxItems:"30"`
	Trigger  string         `json:"trigger,omitempty" maxLength:"10000"`
	Mind     string         `json:"mind,omitempty" maxLength:"10000" doc:"What the mind did"`
	Felt     string         `json:"felt,omitempty" maxLength:"10000" doc:"What the body did"`
	Coping   string         `json:"coping,omitempty" maxLength:"10000"`
	Helped   string         `json:"helped,omitempty" enum:"yes,partly,no"`
	Sleep    *float64       `json:"sleep,omitempty" minimum:"0" maximum:"24" doc:"Hours"`
	Movement string         `json:"movement,omitempty" maxLength:"10000"`
	Food     string         `json:"food,omitempty" maxLength:"10000"`
	Mindful  string         `json:"mindful,omitempty" maxLength:"10000"`
	Win      string         `json:"win,omitempty" maxLength:"10000"`
}

func noteOf(n days.Note) Note {
	return Note{n.ID, n.Day, n.Mood, n.Text, n.Emotions, n.Trigger, n.Mind, n.Felt, n.Coping, n.Helped, n.Sleep, n.Movement, n.Food, n.Mindful, n.Win}
}

func (n Note) asDays() days.Note {
	return days.Note{
		Entry: models.Entry{Day: n.Day}, Mood: n.Mood, Text: n.Text, Emotions: n.Emotions, Trigger: n.Trigger, Mind: n.Mind, Felt: n.Felt,
		Coping: n.Coping, Helped: n.Helped, Sleep: n.Sleep, Movement: n.Movement, Food: n.Food, Mindful: n.Mindful, Win: n.Win,
	}
}
