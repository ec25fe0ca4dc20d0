package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// What was held back carries the engine's scores, where they are known.
func TestHeldTextsHaveScores(t *testing.T) {
	got := heldTexts([]models.Segment{
		{Seq: 3, Text: "Thanks", Suspect: []models.Doubt{models.DoubtNoSpeech}, NoSpeech: 0.912, LogP: -1.234},
		{Seq: 4, Text: "Anna, Osei", Suspect: []models.Doubt{models.DoubtEcho}},
		{Seq: 5, Text: "Yes.", Suspect: []models.Doubt{models.DoubtLowProb}},
	})
	b, err := json.Marshal(got)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d, %v", len(got), err)
	}
	for _, want := range []string{`"reasons":["no-speech"],"p":0,"no_speech":0.91,"avg_logprob":-1.23,`, `"reasons":["prompt-echo"],"p":0,"restored":false`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
}
