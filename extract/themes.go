package extract

import (
	"cmp"
	_ "embed"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/themes.tsv
var themeText string

type topic struct {
	theme  int // index into models.Themes
	weight int
}

var topics = sync.OnceValue(readTopics)

func readTopics() map[int][]*rules[topic] {
	// One table a theme, so that a word may speak of several.
	out := map[int][]*rules[topic]{}
	for _, l := range tableLines(themeText) {
		f := strings.Split(l, "\t")
		n := slices.Index(models.Themes, f[0])
		if len(f) != 3 || n < 0 || len(f[1]) != 1 {
			panic("extract: lexicon/themes.tsv: " + l)
		}
		r := &rules[topic]{}
		for _, p := range strings.Split(f[2], " / ") {
			r.add(plainPhrase(p), topic{n, int(f[1][0] - '0')})
		}
		out[n] = append(out[n], r)
	}
	return out
}

// plainPhrase writes a phrase as the tokens see it.
func plainPhrase(s string) string { return plainPhrases.Replace(s) }

var plainPhrases = strings.NewReplacer("can't", "can not", "don't", "do not", "won't", "will not", "haven't", "have not", "it's", "it 's|is", "i'm", "i am", "carer's", "carer 's",
	"mum's", "mum 's", "mom's", "mom 's", "dad's", "dad 's", "solicitor's", "solicitor 's", "practice", "practise", "non-", "non ")

// theme is one theme with its weight and where it was spoken of.
type theme struct {
	label string
	score float64
	spots []spot
}

type spot struct {
	utterance, from, to int
	weight              float64
	asked               bool // by the therapist: it counts, but proves little
}

// strengths is what a row of weight 1 to 5 adds.
var strengths = [...]float64{0, 0.1, 0.2, 0.35, 0.75, 1, 1, 1, 1, 1}

// feltThemes is what an emotion says of the themes.
var feltThemes = map[string]struct {
	theme  string
	weight float64
}{
	"sadness": {"low-mood", 0.35}, "hopelessness": {"low-mood", 0.9}, "numbness": {"low-mood", 0.7}, "grief": {"grief", 1}, "anger": {"anger", 0.4},
	"anxiety": {"worry", 0.3}, "loneliness": {"loneliness", 1}, "shame": {"guilt-shame", 0.3}, "guilt": {"guilt-shame", 0.45},
}

// akin are themes that are often spoken of together.
var akin = map[string]string{
	"eating": "body-image perfectionism", "body-image": "eating self-criticism", "breakup": "loneliness self-criticism parenting", "trauma": "sleep safety anger",
	"perfectionism": "self-criticism work-stress", "self-criticism": "perfectionism guilt-shame", "partner-relationship": "communication", "communication": "partner-relationship family-conflict",
	"boundaries": "people-pleasing family-conflict", "people-pleasing": "boundaries", "caregiving": "health-illness guilt-shame boundaries", "procrastination": "school perfectionism",
	"social-anxiety": "friendship loneliness", "grief": "loneliness family-conflict", "anger": "partner-relationship family-conflict", "substance-use": "partner-relationship guilt-shame",
	"parenting": "sleep guilt-shame partner-relationship", "panic": "work-stress coping-skills", "work-stress": "sleep boundaries", "health-illness": "low-mood medication",
	"low-mood": "sleep purpose", "life-transition": "purpose identity loneliness", "money": "worry", "career-change": "work-stress purpose", "identity": "family-conflict", "safety": "coping-skills",
}

// readThemes finds the themes of a session, the likeliest first. The lexicon
// says which are spoken of and where; which of them a reader would name is
// judged by what was learnt (themes_order.go). A short talk has too little for
// that: there the lexicon's weights stand.
func readThemes(talk []utterance, fs []feeling, stop func() bool) []theme {
	w := weighThemes(talk, fs, stop)
	if stop() {
		return nil
	}
	var out []theme
	if len(talk) <= shortTalk {
		for n, v := range w.totals {
			if v > 0 {
				out = append(out, theme{models.Themes[n], v, w.spots[n]})
			}
		}
		return best(out)
	}
	ts := w.traits(talk, learntLeanings().of, usualSituations())
	learntUsual().measure(ts)
	order := learntOrders()
	learntCompany().measure(ts, order.first)
	for n := range models.Themes {
		if spots := w.evidence(n, talk); len(spots) > 0 {
			out = append(out, theme{models.Themes[n], order.then.likely(ts[n]), spots})
		}
	}
	out = best(out)
	return slices.DeleteFunc(out, func(t theme) bool { return t.score < faint })
}

// best are the first themes, their scores beside that of the first.
func best(ts []theme) []theme {
	slices.SortStableFunc(ts, func(a, b theme) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.label, b.label))
	})
	ts = ts[:min(len(ts), mostThemes)]
	for n := range slices.Backward(ts) {
		ts[n].score /= ts[0].score
	}
	return ts
}

// evidence is where a theme is spoken of: by the lexicon, by the signs of a
// situation, or else, where it is only to be known from how they speak, in the
// client's sentence that leans to it most.
func (w weighed) evidence(n int, talk []utterance) []spot {
	spots := append(slices.Clone(w.spots[n]), signSpots(n, w.told)...)
	if slices.ContainsFunc(spots, func(s spot) bool { return !s.asked }) {
		return spots
	}
	most := leansEnough
	var at []spot
	for i := range talk {
		for _, s := range talk[i].sentences {
			if !talk[i].client {
				break
			}
			if v := learntLeanings().in(&talk[i], s)[n]; v > most {
				most, at = v, []spot{{utterance: i, from: s.from, to: s.to, weight: v}}
			}
		}
	}
	return at
}

// leansEnough is how far a sentence must lean to a theme to be evidence of it.
const leansEnough = 0.15

const (
	shortTalk  = 8 // utterances
	mostThemes = 6
	faint      = 0.08 // of the first theme's score
)

// weighThemes weighs every theme over the session. A theme counts by how many
// utterances speak of it, the therapist's as much as the client's, each with
// less the more of it is said there, and by how many different words are used.
func weighThemes(talk []utterance, fs []feeling, stop func() bool) weighed {
	w := gather(talk, fs, stop)
	w.told = readSituations(talk, stop)
	kin := slices.Clone(w.totals)
	for _, a := range slices.Sorted(maps.Keys(akin)) { // themes that go together lend each other a little
		n := slices.Index(models.Themes, a)
		for _, b := range strings.Fields(akin[a]) {
			if m := slices.Index(models.Themes, b); w.totals[m] > 0 {
				kin[m] += 0.1 * w.totals[n]
			}
		}
	}
	for n, v := range kin {
		w.totals[n] = v * (1 + 0.6*math.Log(float64(1+len(w.kinds[n])))) * rarities().prior(models.Themes[n])
	}
	return w
}

// mostOfOne is the most that one utterance adds to a theme, however much of it
// is said there.
const mostOfOne = 0.7

// fading lets many faint mentions count for more than a few loud ones: what a
// session is about comes back.
const fading = 0.7

// gather adds up what each utterance and each feeling say for each theme.
func gather(talk []utterance, fs []feeling, stop func() bool) weighed {
	w := weighed{totals: make([]float64, len(models.Themes)), spots: make([][]spot, len(models.Themes)), kinds: make([]map[string]bool, len(models.Themes))}
	for n := range w.kinds {
		w.kinds[n] = map[string]bool{}
	}
	for i := range talk {
		if i%32 == 0 && stop() {
			return w
		}
		for n, rs := range topics() {
			if s, ok := talk[i].speaksOf(rs, w.kinds[n]); ok {
				s.utterance = i
				w.totals[n] += math.Pow(s.weight, fading)
				w.spots[n] = append(w.spots[n], s)
			}
		}
	}
	for theme, ss := range peopleSpots(talk) { // who is spoken of
		n := themeIndex(theme)
		w.spots[n] = append(w.spots[n], ss...)
		w.totals[n] += 0.5 * float64(len(ss))
	}
	for _, f := range fs { // what is felt speaks for a theme too
		if t, ok := feltThemes[f.emotion]; ok {
			n := slices.Index(models.Themes, t.theme)
			w.totals[n] += t.weight
			w.spots[n] = append(w.spots[n], spot{utterance: f.utterance, from: f.from, to: f.to, weight: t.weight})
		}
	}
	return w
}

// speaksOf weighs an utterance for one theme: each phrase once, the rarer the
// more. The spot is that of its weightiest phrase. The first word of each
// phrase goes to kinds.
func (u *utterance) speaksOf(rs []*rules[topic], kinds map[string]bool) (best spot, ok bool) {
	sum, most := 0.0, -1.0
	seen := map[string]bool{}
	for _, r := range rs {
		for _, s := range u.sentences {
			for _, f := range r.in(u, s) {
				p := u.phrase(f.from, f.to)
				if seen[p] {
					continue
				}
				seen[p] = true
				w := strengths[f.value.weight] * rarities().weight(models.Themes[f.value.theme], p)
				sum += w
				if !u.client && s.question {
					w /= 4 // asked about is not yet spoken of: a poor witness
				}
				if w > most {
					most, best.from, best.to = w, f.from, f.to
				}
				kinds[stem(u.word(f.from))] = true
			}
		}
	}
	best.weight = min(sum, mostOfOne)
	best.asked = !u.client && most >= 0 && u.sentenceAt(best.from).question
	return best, most >= 0
}
