package extract

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// A cue is a row of the lexicon of emotions.
type cue struct {
	emotion string
	kind    cueKind
	weight  int // 1 to 9
}

type cueKind uint8

const (
	state   cueKind = iota // adjective: its subject feels it
	cause                  // "it's frustrating"
	feels                  // verb: its subject feels it
	named                  // noun
	whole                  // a phrase that carries its person, inferred
	plainly                // the same, said outright
)

//go:embed lexicon/emotions.tsv
var emotionText string

//go:embed lexicon/emotions_shown.tsv
var shownText string

//go:embed lexicon/emotion_idioms.txt
var emotionIdiomText string

var (
	cues          = sync.OnceValue(func() *rules[cue] { return readCues(false) })
	answerCues    = sync.OnceValue(func() *rules[cue] { return readCues(true) })
	emotionIdioms = list(emotionIdiomText)
	stateWords    = sync.OnceValue(readStateWords)
	adjectival    = stateWords
)

// readCues reads the rows of the two tables; those that are feelings only in an
// answer make a table of their own.
func readCues(answers bool) *rules[cue] {
	r := &rules[cue]{loose: true}
	kinds := map[string]cueKind{"state": state, "cause": cause, "verb": feels, "noun": named, "self": whole, "said": plainly, "answer": named}
	for _, l := range tableLines(emotionText + shownText) {
		f := strings.Split(l, "\t")
		if len(f) != 4 || len(f[2]) != 1 {
			panic("extract: a row of emotions: " + l)
		}
		k, ok := kinds[f[1]]
		if !ok {
			panic("extract: kind of a row of emotions: " + l)
		}
		if (f[1] == "answer") != answers {
			continue
		}
		for _, p := range strings.Split(f[3], " / ") {
			r.add(p, cue{f[0], k, int(f[2][0] - '0')})
		}
	}
	return r
}

// readStateWords lists the single adjectives of the lexicon.
func readStateWords() map[string]bool {
	m := map[string]bool{}
	for _, l := range tableLines(emotionText + shownText) {
		f := strings.Split(l, "\t")
		if f[1] == "state" || f[1] == "cause" {
			for _, w := range strings.Split(strings.Split(f[3], " / ")[0], "|") {
				if !strings.Contains(w, " ") {
					m[w] = true
				}
			}
		}
	}
	return m
}

func feelingWord(w string) bool { return stateWords()[w] }

// feeling is one emotion found in an utterance.
type feeling struct {
	emotion   string
	utterance int
	from, to  int
	said      bool
	intensity float64
}

// readFeelings reads the emotions that the client has now, and those whose words
// are there and are not felt by them now: denied, another's, over, or of another sense.
func readFeelings(talk []utterance, stop func() bool) (has, refused []feeling) {
	r := reading{talk: talk, mourning: mourns(talk)}
	for i := range talk {
		if i%64 == 0 && stop() {
			return has, refused
		}
		if talk[i].client {
			r.i = i
			h, no := r.feelings()
			has, refused = append(has, h...), append(refused, no...)
		}
	}
	return has, refused
}

// feelings of one utterance, each emotion once.
func (r *reading) feelings() (has, refused []feeling) {
	once := func(fs []feeling, f feeling) []feeling {
		if slices.ContainsFunc(fs, func(o feeling) bool { return o.emotion == f.emotion }) {
			return fs
		}
		return append(fs, f)
	}
	add := func(f feeling) { has = once(has, f) }
	u, i := &r.talk[r.i], r.i
	matches := make([][]found[cue], len(u.sentences))
	r.told = map[string]bool{}
	r.story = storyBefore(r.talk, i)
	for n, s := range u.sentences {
		matches[n] = u.cuesIn(s)
		for _, f := range matches[n] {
			j := judge{u: u, s: s, f: f, self: "i", before: questionBefore(r.talk, i, n), story: r.story}
			if f.value.kind != whole && j.felt() {
				r.told[family[f.value.emotion]] = true
			}
		}
	}
	for n, s := range u.sentences {
		for _, f := range matches[n] {
			j := judge{u: u, s: s, f: f, self: "i", before: questionBefore(r.talk, i, n), story: r.story}
			emotion, own := r.beside(s, f, j.before)
			if !own {
				continue
			}
			j.f.value.emotion = emotion
			if it := (feeling{emotion, i, f.from, f.to, f.value.kind != whole, j.intensity()}); j.felt() {
				add(it)
			} else {
				refused = once(refused, it)
			}
		}
	}
	for _, f := range u.meToo() {
		f.utterance = i
		add(f)
	}
	for _, f := range slices.Concat(echoed(r.talk, i), bareAnswers(r.talk, i), toldWhat(r.talk, i)) {
		add(f)
	}
	return has, refused
}

// family groups emotions that a reader may take for one another.
var family = map[string]string{
	"anger": "anger", "frustration": "anger", "anxiety": "fear", "fear": "fear", "overwhelm": "fear", "confusion": "fear",
	"sadness": "sadness", "grief": "sadness", "hopelessness": "sadness", "loneliness": "sadness", "disappointment": "sadness", "numbness": "sadness",
	"shame": "shame", "guilt": "shame", "joy": "joy", "pride": "joy", "gratitude": "joy", "love": "joy", "hope": "joy", "calm": "calm", "relief": "calm",
}

// said: the emotion itself is named in the sentence.
func said(u *utterance, s sentence, emotion string) bool {
	for _, f := range u.cuesIn(s) {
		if f.value.emotion == emotion && f.value.kind != whole {
			return true
		}
	}
	return false
}

// cuesIn finds every row that matches, whatever its scope, without the idioms.
func (u *utterance) cuesIn(s sentence) []found[cue] {
	idioms := emotionIdioms.in(u, s)
	var out []found[cue]
next:
	for i := s.from; i < s.to; i++ {
		f, ok := cues().at(u, s, i)
		if !ok || u.neverIn(f) {
			continue
		}
		for _, x := range idioms {
			if x.from < f.to && f.from < x.to && (f.from >= x.from-1 || f.value.kind == whole) && !(f.from < x.from && f.to >= x.to) {
				continue next
			}
		}
		out = append(out, f)
	}
	return slices.DeleteFunc(out, func(a found[cue]) bool { // "let down" is not "down"
		return slices.ContainsFunc(out, func(b found[cue]) bool {
			return b.from <= a.from && b.to >= a.to && b.to-b.from > a.to-a.from
		})
	})
}

// neverIn: "I never cry" is no "I @adv* cry".
func (u *utterance) neverIn(f found[cue]) bool {
	for k := f.from; k < f.to; k++ {
		if w := u.word(k); seldom[w] && !strings.Contains(f.source, w) {
			return true
		}
	}
	return false
}

var seldom = set("never hardly barely rarely seldom")

// questionBefore is the therapist's last utterance, where this is among the
// first sentences of the answer.
func questionBefore(talk []utterance, i, n int) *utterance {
	if i == 0 || talk[i-1].client || n > 2 {
		return nil
	}
	return &talk[i-1]
}

// meToo: "She's livid, and so am I."
func (u *utterance) meToo() []feeling {
	var out []feeling
	for _, s := range u.sentences {
		for k := s.from; k < s.to; k++ {
			if _, ok := soAmI.at(u, s, k); !ok {
				continue
			}
			for _, f := range u.cuesIn(s) {
				if f.to <= k && f.value.kind == state && u.toks[f.from].voice == own {
					out = append(out, feeling{emotion: f.value.emotion, from: f.from, to: f.to, said: true, intensity: float64(f.value.weight) / 10})
				}
			}
		}
	}
	return out
}

var soAmI = list("so am|was|do|did i\nas am|was i\nand me too\nand i am too")
