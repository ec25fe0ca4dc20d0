package extract

import (
	"testing"

	"github.com/afterword/afterword/models"
)

func TestDaysCountedFromOthers(t *testing.T) {
	for _, tt := range []struct {
		said, last string
		due        models.Date // the session is on Wednesday, 4 March 2026
	}{
		{"He lands on the fifteenth.", "Not that night. The day after.", "2026-03-16"},
		{"He goes in on the twentieth.", "I'll ring him the night before he goes in.", "2026-03-19"},
		{"She's in London till Thursday night.", "So the next morning.", "2026-03-06"},
		{"He flies on the thirtieth.", "I'll send it two days before he flies.", "2026-03-28"},
		{"The sale ends on the fifth.", "Three days after that, then.", "2026-03-08"},
		{"I'm at the midwife this Friday.", "The one after that.", "2026-03-13"},
		{"She only comes in on Wednesdays.", "The one after that.", "2026-03-18"},
		{"He's back on the ninth.", "I'll give it to him that first Wednesday.", "2026-03-11"},
		{"The show's on the fourteenth.", "The Thursday before would do.", "2026-03-12"},
		{"This Sunday is Mother's Day.", "So the Sunday behind that.", "2026-03-15"},
		{"They pick it up on the twelfth.", "That same day.", "2026-03-12"},
		{"It rained all week.", "The day after.", ""},
		{"He lands on the fifteenth.", "We'll see.", ""},
	} {
		tr := dialogueOf("T When?\nC " + tt.said + "\nT And?\nC " + tt.last)
		l := New(Config{}).ledger(tr, readTranscript(tr, func() bool { return false }).talk)
		var got models.Date
		for _, s := range l.talk[3].sentences {
			if w := l.counted(&l.talk[3], s); w.due != "" {
				got = w.due
			}
		}
		if got != tt.due {
			t.Errorf("%q, %q: got %q, want %q", tt.said, tt.last, got, tt.due)
		}
	}
}
