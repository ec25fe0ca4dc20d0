package extract

import (
	"testing"

	"github.com/afterword/afterword/models"
)

func TestLastDays(t *testing.T) {
	never := func() bool { return false }
	for _, tt := range []struct {
		name, said string
		plans      int
		due        models.Date
	}{
		{"beside it", "They roll up on Friday at two. Len said to bring flat shoes.", 1, "2026-03-06"},
		{"the last", "They roll up on Friday. We're there on Saturday.", 1, "2026-03-07"},
		{"what was", "They came on Friday at two.", 1, ""},
		{"what is not", "They do not come on Friday.", 1, ""},
		{"told of", "It's about what happened on Friday.", 1, ""},
		{"asked", "Do they roll up on Friday?", 1, ""},
		{"another plan's", "Flat shoes, then. They roll up on Friday.", 2, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := dialogueOf("T And Len?\nC " + tt.said)
			l := New(Config{}).ledger(tr, readTranscript(tr, never).talk)
			first := l.talk[1].sentences[0]
			for range tt.plans {
				e := l.add(&entry{status: models.Committed, settled: true})
				e.prove(1, first.from, first.to)
			}
			l.lastDays()
			for _, e := range l.entries {
				if e.when.due != tt.due {
					t.Errorf("due %q", e.when.due)
				}
			}
		})
	}
}
