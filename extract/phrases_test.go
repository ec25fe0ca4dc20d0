package extract

import (
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// talkOf is a session of the client's sentences, each after a question.
func talkOf(language string, sentences ...string) models.Transcript {
	t := models.Transcript{Language: language}
	for i, s := range sentences {
		t.Segments = append(t.Segments,
			models.Segment{Seq: 2 * i, Speaker: models.Therapist, Text: "And the lighthouse, what about the lighthouse?"},
			models.Segment{Seq: 2*i + 1, Speaker: models.Client, Text: s})
	}
	return t
}

func TestPhrases(t *testing.T) {
	tests := []struct {
		name string
		in   models.Transcript
		want string // in alphabetical order, separated by |
	}{
		{"with its neighbour, as often as not", talkOf("en", "My allotment shed is falling down.", "I sat in the allotment shed for an hour.", "It was the shed that I went to, and the choir, too.", "I'd like to sing in a choir."), "allotment shed|choir"},
		{"forms of one word", talkOf("en", "I packed the box.", "There are boxes in the hall."), "box"},
		{"somebody's", talkOf("en", "Rosa’s flat was cold.", "It is what Rosa would say."), "Rosa"},
		{"said twice in one breath is not coming back", talkOf("en", "The choir, the choir."), ""},
		{"nothing but common words", talkOf("en", "I don't know, it was just like that, you know.", "I don't know what I'd do then."), ""},
		{"German", talkOf("de", "Ich habe die ganze Woche an meine Schwester und den Garten gedacht.", "Der Garten ist das, was mir noch bleibt, und ich bin nicht allein.", "Meine Schwester hat es auch so gesagt, und das war gut."), "Garten|Meine Schwester"},
		{"Russian", talkOf("ru", "Я всё время думаю про бабушку и её дом.", "Бабушку я не забуду, и этот дом тоже."), "бабушку|дом"},
		{"Japanese, which does not part words", talkOf("ja", "最近ずっと眠れなくて、仕事のことが頭から離れません。", "仕事のことが頭から離れません。"), ""},
		{"empty", models.Transcript{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range Phrases(tt.in) {
				got = append(got, p.Text)
				for _, e := range p.Evidence {
					if !e.In(tt.in) {
						t.Errorf("%q does not stand in segment %d", e.Quote, e.Segment)
					}
				}
			}
			slices.Sort(got)
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

// Where nobody knows who is who, everybody's words count.
func TestPhrasesWithoutSpeakers(t *testing.T) {
	in := talkOf("en", "The choir is all I have.", "I'd like to sing in a choir.")
	for i := range in.Segments {
		in.Segments[i].Speaker = models.Unknown
	}
	if got := Phrases(in); len(got) != 2 {
		t.Errorf("%+v", got)
	}
	for _, p := range extractAll(t, talkOf("de", "Ich denke nur noch an den Garten und das ist nicht gut.", "Der Garten ist das, was mir noch bleibt.")).Phrases {
		if p.Text == "Garten" {
			return
		}
	}
	t.Error("a session in German has no phrases")
}
