package extract

import (
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// TestWordsLean: what people say in words that the lexicon of themes does not
// have still leans to what they speak of: it is among the first three of 36.
func TestWordsLean(t *testing.T) {
	for text, theme := range map[string]string{
		"The undertaker rang about the hymns for the cremation.":      "grief",
		"The lender sent another invoice and my wallet is empty.":     "money",
		"My algebra lecturer wants the thesis chapter.":               "school",
		"The nurse saw the tumour on the scan at the clinic.":         "health-illness",
		"Gin, whisky, cider, whatever was in the liquor cupboard.":    "substance-use",
		"My toddler and my kids won't eat breakfast before nursery.":  "parenting",
		"I toss in bed at midnight, wide awake, insomnia every night": "sleep",
	} {
		u := readSegment(models.Segment{Text: text}, true)
		lean := learntLeanings().of(&u)
		more := 0
		for _, v := range lean {
			if v > lean[themeIndex(theme)] {
				more++
			}
		}
		if more > 2 {
			t.Errorf("%q leans to %d themes more than to %s", text, more, theme)
		}
	}
}

func TestLeaningsOfNothing(t *testing.T) {
	for _, text := range []string{"", "Xyzzyq.", "42", "<b>", "!!"} {
		u := readSegment(models.Segment{Text: text}, true)
		for n, v := range learntLeanings().of(&u) {
			if v != 0 {
				t.Errorf("%q leans to %s by %v", text, models.Themes[n], v)
			}
		}
	}
}

// TestWhatWordsMeanSpeaksForFeelings: each utterance leans most to one of the feelings that it shows,
// in words that need not have been read.
func TestWhatWordsMeanSpeaksForFeelings(t *testing.T) {
	for text, want := range map[string]string{
		"I sobbed in the bath until the water went cold.":        "sadness grief loneliness",
		"I shook all the way down the corridor to the surgeon.":  "fear anxiety overwhelm",
		"I slammed the drawer and swore at the printer.":         "anger frustration",
		"My grin wouldn't leave my face, we danced in the lane.": "joy love pride",
		"I owe that nurse so much, she stayed by me.":            "gratitude love",
	} {
		u := readSegment(models.Segment{Text: text}, true)
		leans := feltLeanings().of(&u)
		most := models.Emotions[slices.Index(leans, slices.Max(leans))]
		if !strings.Contains(want, most) {
			t.Errorf("%q leans to %s, want one of %s", text, most, want)
		}
	}
}

// TestDamagedLeanings: a table that was cut, or is of other themes, is refused.
func TestDamagedLeanings(t *testing.T) {
	if _, err := readLeanings(leaningBytes, len(models.Themes)); err != nil {
		t.Fatal(err)
	}
	if _, err := readLeanings(feltBytes, len(models.Themes)); err == nil {
		t.Error("a table of feelings is taken for one of themes")
	}
	other := slices.Clone(leaningBytes)
	other[12]++
	huge := slices.Clone(leaningBytes)
	copy(huge[8:], "\xff\xff\xff\xff")
	twice := slices.Clone(leaningBytes)
	copy(twice[24:], "a\na\n")
	for name, b := range map[string][]byte{
		"empty": nil, "magic alone": leaningBytes[:8], "head alone": leaningBytes[:24], "cut": leaningBytes[:len(leaningBytes)-1],
		"longer": append(slices.Clone(leaningBytes), 0), "of other themes": other, "of too many words": huge, "a word twice": twice,
	} {
		if _, err := readLeanings(b, len(models.Themes)); err == nil {
			t.Errorf("a table that is %s is taken", name)
		}
	}
}

// TestTablesAreOfThisCorpus: what was learnt is learnt anew when the corpus
// changes.
func TestTablesAreOfThisCorpus(t *testing.T) {
	for name, text := range map[string]string{"theme_order.tsv": orderText, "commitment.tsv": commitmentText, "emotions_weighed.tsv": weighedText} {
		said := ""
		for l := range strings.Lines(text) {
			if d, ok := strings.CutPrefix(strings.TrimSpace(l), digestLine); ok {
				said = d
			}
		}
		if said != trainingDigest(t) {
			t.Errorf("lexicon/%s was learnt from another corpus than this one: run 'go run ./cmd/build train'", name)
		}
	}
}

func TestShortTalkKeepsTheLexiconsOrder(t *testing.T) {
	var tr models.Transcript
	for n, text := range []string{"My boss piles the work on me.", "And then?", "I can't sleep for it, my boss rings at night."} {
		tr.Segments = append(tr.Segments, models.Segment{Seq: n, Speaker: []models.Speaker{models.Client, models.Therapist}[n%2], Text: text})
	}
	for _, it := range extractAll(t, tr).List {
		if it.Kind == models.KindTheme {
			if it.Label != "work-stress" || it.Score != 1 {
				t.Errorf("the first theme is %s with %.2f", it.Label, it.Score)
			}
			return
		}
	}
	t.Error("no theme was found")
}

func TestCompanyLendsWeight(t *testing.T) {
	co := make(company, len(models.Themes))
	for m := range co {
		co[m] = make([]float64, len(models.Themes))
	}
	pleasing, bounds := themeIndex("people-pleasing"), themeIndex("boundaries")
	co[bounds][pleasing] = 1
	o := themeOrder{bias: -2}
	o.weights[0] = 4 // "rules"
	ts := make([]traits, len(models.Themes))
	co.measure(ts, o)
	lone := ts[pleasing]
	ts[bounds][0] = 1
	co.measure(ts, o)
	if beside := ts[pleasing]; beside[companyTrait] <= lone[companyTrait] || ts[bounds][companyTrait] > 0 {
		t.Errorf("company of people-pleasing: %.2f alone, %.2f beside boundaries", lone[companyTrait], beside[companyTrait])
	}
}

func TestCompanyIsLearntFromWhatStandsTogether(t *testing.T) {
	about := func(themes ...string) *lot {
		l := &lot{about: make([]float64, len(models.Themes))}
		for _, th := range themes {
			l.about[themeIndex(th)] = 1
		}
		return l
	}
	var ls []*lot
	for range 30 {
		ls = append(ls, about("breakup", "eating"), about("money", "anger"))
	}
	co := companyOf(ls, -1)
	if with, other := co[themeIndex("breakup")][themeIndex("eating")], co[themeIndex("breakup")][themeIndex("money")]; with <= 0 || other >= 0 {
		t.Errorf("breakup beside eating %.2f, beside money %.2f", with, other)
	}
}
