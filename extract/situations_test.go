package extract

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

func TestTableOfSituations(t *testing.T) {
	names, firsts := map[string]bool{}, map[int]bool{}
	for _, s := range situations() {
		if names[s.name] {
			t.Errorf("%s stands twice", s.name)
		}
		names[s.name] = true
		for k, n := range s.themes {
			if slices.Contains(s.themes[:k], n) {
				t.Errorf("%s names %s twice", s.name, models.Themes[n])
			}
		}
		firsts[s.themes[0]] = true
	}
	for n, theme := range models.Themes {
		if !firsts[n] {
			t.Errorf("no situation is about %s first", theme)
		}
	}
	for _, l := range tableLines(situationText) {
		seen := map[string]bool{}
		f := strings.Split(l, "\t")
		for _, w := range strings.Split(f[2]+" / "+f[3], " / ") {
			if seen[w] || w == "" {
				t.Errorf("%s has the word %q twice, or an empty one", f[0], w)
			}
			seen[w] = true
		}
	}
}

// session makes a talk of a client's sentences, each after a therapist's nod.
func session(said ...string) models.Transcript {
	var tr models.Transcript
	for _, s := range said {
		for _, seg := range []models.Segment{{Speaker: models.Therapist, Text: "Mm. Go on."}, {Speaker: models.Client, Text: s}} {
			seg.Seq = len(tr.Segments)
			tr.Segments = append(tr.Segments, seg)
		}
	}
	return tr
}

// TestSituationsBringTheirThemes: each talk is about themes that none of its
// words name.
func TestSituationsBringTheirThemes(t *testing.T) {
	for _, x := range []struct {
		name, themes string
		said         []string
	}{
		{"retired", "life-transition purpose", []string{
			"They gave me a gold watch and a card, that was the Friday.", "On the Monday I was up at six with my boots on.", "The wife says that I'm under her feet.",
			"I go down the allotment, and by ten I've run out of things to dig.", "Forty years I clocked in, and now there's nobody to tell what to do.", "My pension came through, and I looked at it.",
		}},
		{"a wife who forgets", "caregiving", []string{
			"She put the kettle in the fridge again.", "She asked me when her husband was coming home.", "The day centre rang, as she'd hit the driver.",
			"I sleep on the landing, in case she's at the front door.", "The memory clinic want to see her in March.", "She looked at me last night, and she didn't know me.",
		}},
		{"a horse at nine to two", "substance-use money", []string{
			"I had it on my phone, in the toilet at the depot.", "Two hundred on the two-thirty, and it came in, and by four I'd given it back.", "I've signed up to be blocked from the lot of them.",
			"She's found the statements.", "I pawned my dad's watch to chase it.", "I used to do the accumulator for a laugh, with the lads.",
		}},
		{"no letter yet", "loneliness identity", []string{
			"Fourteen months I wait for the letter.", "The solicitor says perhaps in spring.", "In this hotel there are two hundred of us, and one kettle.",
			"My wife is still there, on the other side of the border.", "In my country I was an engineer, I built bridges.", "The interpreter is good, but she's not at my table.",
		}},
	} {
		var got []string
		for _, it := range ofKind(extractAll(t, session(x.said...)), models.KindTheme) {
			got = append(got, it.Label)
		}
		got = got[:min(5, len(got))]
		for _, want := range strings.Fields(x.themes) {
			if !slices.Contains(got, want) {
				t.Errorf("%s: %s is not among %v", x.name, want, got)
			}
		}
	}
}

// TestSignsAreNoEvidenceOfWhatComesWithThem: who names the deadlines has not
// said how the nights are.
func TestSignsAreNoEvidenceOfWhatComesWithThem(t *testing.T) {
	tr := session("The deadline moved again.", "My inbox is a bin fire.", "I was in at six for the rota.", "My boss wants the targets by noon.", "I did overtime on Sunday.", "They let two of us go.")
	for _, it := range ofKind(extractAll(t, tr), models.KindTheme) {
		if it.Label == "sleep" {
			t.Errorf("sleep rests on %+v", it.Evidence)
		}
		if len(it.Evidence) == 0 {
			t.Errorf("%s rests on nothing", it.Label)
		}
	}
}

// TestBackground: the one situation that is told of more than usual weighs 1
// for its first theme, and less for each next one.
func TestBackground(t *testing.T) {
	ts, usual := make([]telling, len(situations())), make([]likeness, len(situations()))
	for k := range usual {
		usual[k] = likeness{mean: 1, spread: 1}
	}
	ts[2].weight = 5
	got, want := background(ts, usual), 1.
	for _, n := range situations()[2].themes {
		if math.Abs(got[n]-want) > 1e-9 {
			t.Errorf("%s weighs %.3f, want %.3f", models.Themes[n], got[n], want)
		}
		want *= lessLikely
	}
}
