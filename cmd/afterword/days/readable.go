package days

import (
	"encoding/json"

	"github.com/afterword/afterword/models"
)

// Readable tells whether an entry that comes from elsewhere is one that this
// program can read: one that it cannot would stand in the way of all others.
func Readable(e models.Entry) error {
	var to any
	switch e.Kind {
	case models.EntryNote:
		to = &Note{}
	case models.EntryJournal:
		to = &Page{}
	case models.EntryReflection:
		to = &Reflection{}
	case models.EntryPlan:
		to = &Plan{}
	case models.EntryOutcome:
		to = &Outcome{}
	case models.EntryGoal:
		to = &Goal{}
	case models.EntryTopic:
		to = &Topic{}
	case models.EntryAppointment:
		to = &Appointment{}
	case models.EntryCard:
		to = &Card{}
	case models.EntryContact:
		to = &Contact{}
	case models.EntrySpoken:
		to = &Spoken{}
	default:
		return models.Errorf(models.Invalid, "there is nothing of the kind %q between sessions", e.Kind)
	}
	if id, err := models.ParseEntryID(string(e.ID)); err != nil || id != e.ID || len(id) != 8 {
		return models.Errorf(models.Invalid, "%q is no ID of a %s", e.ID, e.Kind)
	}
	if err := json.Unmarshal(e.Body, to); err != nil {
		return models.Errorf(models.Invalid, "%s %s cannot be read", e.Kind, e.ID)
	}
	return nil
}
