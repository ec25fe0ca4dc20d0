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

// feelings reads the emotions that the client has now.
func readFeelings(talk []utterance, stop func() bool) []feeling {
	var out []feeling
	mourning := mourns(talk)
	for i := range talk {
		if i%64 == 0 && stop() {
			return out
		}
		u := &talk[i]
		if !u.client {
			continue
		}
		seen := map[string]bool{}
		add := func(f feeling) {
			if !seen[f.emotion] {
				seen[f.emotion] = true
				out = append(out, f)
			}
		}
		told := map[string]bool{} // families of feeling that were named outright
		for n, s := range u.sentences {
			for _, f := range u.cuesIn(s) {
				j := judge{u: u, s: s, f: f, self: "i", before: questionBefore(talk, i, n)}
				if f.value.kind != whole && j.felt() {
					told[family[f.value.emotion]] = true
				}
			}
		}
		for n, s := range u.sentences {
			for _, f := range u.cuesIn(s) {
				j := judge{u: u, s: s, f: f, self: "i", before: questionBefore(talk, i, n)}
				if f.value.kind == whole && u.bodySign(f) && u.namedIn(s, f, questionBefore(talk, i, n)) {
					continue // "so happy I cried": the word says which feeling it was
				}
				if f.value.kind == whole && told[family[f.value.emotion]] && !said(u, s, f.value.emotion) {
					continue // the body says what was already named
				}
				if f.value.kind == whole && f.value.emotion == "anger" && remorse.has(u, sentence{0, len(u.toks), false}) {
					continue // "I shouted at her about a tray. I feel so bad about that."
				}
				if f.value.emotion == "gratitude" && f.to-f.from == 2 && i < len(talk)*2/3 {
					continue // a bare "thank you" is a courtesy before the end
				}
				if f.value.emotion == "sadness" && f.value.kind == whole && goodWay.has(u, s) {
					f.value.emotion = "joy" // "I well up every time, in a good way"
				}
				if f.value.emotion == "sadness" && (mourning && u.misses(f) || u.weeps(f) && mournsNear(talk, i)) {
					f.value.emotion = "grief"
				}
				if f.value.emotion == "sadness" && u.feelsBad(f) && ownDeed.has(u, sentence{0, len(u.toks), false}) {
					f.value.emotion = "guilt"
				}
				if j.felt() {
					add(feeling{f.value.emotion, i, f.from, f.to, f.value.kind != whole, j.intensity()})
				}
			}
		}
		for _, f := range u.meToo() {
			f.utterance = i
			add(f)
		}
		for _, f := range slices.Concat(echoed(talk, i), bareAnswers(talk, i)) {
			add(f)
		}
	}
	return out
}

// remorse: an outburst that is told is told with regret.
var remorse = list(`
i feel|felt @adv* bad|awful|terrible|horrible|guilty|sick|dreadful
forgive myself
cut my tongue
i have been horrible
i am|was @adv* ashamed|sorry|guilty
`)

// mourned: somebody of whom the session speaks has died.
var mourned = list(`
funeral|widow|widower|widowed|ashes|grave|coffin|bereaved|grief|grieving|miscarriage|stillborn|dementia
passed away
he|she|dad|mum|mam|mom|husband|wife|brother|sister|son|daughter|baby|nan|gran @any? died|passed
when|since|before|after he|she|dad|mum|mam|mom|they|nan|gran died|passed|went
i lost him|her
is|'s|been gone
`)

func mourns(talk []utterance) bool {
	n := 0
	for i := range talk {
		for _, s := range talk[i].sentences {
			if mourned.has(&talk[i], s) {
				n++
			}
		}
	}
	return n > 1
}

// mournsNear: a death, or what somebody left behind, is spoken of right here.
func mournsNear(talk []utterance, i int) bool {
	for k := max(0, i-1); k <= i; k++ {
		for _, s := range talk[k].sentences {
			if mourned.has(&talk[k], s) || slices.ContainsFunc(talk[k].cuesIn(s), func(f found[cue]) bool { return f.value.emotion == "grief" }) {
				return true
			}
		}
	}
	return false
}

func (u *utterance) misses(f found[cue]) bool {
	for k := f.from; k < f.to; k++ {
		if w := u.word(k); w == "miss" || w == "missed" {
			return true
		}
	}
	return false
}

// feelsBad: "I feel awful" says only that it is bad.
func (u *utterance) feelsBad(f found[cue]) bool {
	w := u.word(f.to - 1)
	return w == "awful" || w == "terrible" || w == "rotten" || w == "horrible" || w == "dreadful" || w == "shit"
}

// ownDeed: what the speaker did or left undone; who feels awful beside it feels
// guilty.
var ownDeed = list(`
i shouted|snapped|lied|forgot|screamed|swore|hit|ate|drank|broke|ignored|yelled|slapped|pushed|hid|stole
i @adv* left him|her|them
i never|should
i have @adv* not|never @any
i did not|was_not
bit his|her|their head off
lying to
i have been @adv* hiding|lying|keeping|missing
i am|was @adv* missing|hiding|lying|cheating|letting|putting
`)

// goodWay: tears and a beating heart are of joy here.
var goodWay = list(`
in a good|nice|lovely way
happy tears|crying|cry
tears of joy|happiness|laughter
good crying|tears
`)

// weeps: in a session that mourns, tears are mostly for the dead.
func (u *utterance) weeps(f found[cue]) bool {
	for k := f.from; k < f.to; k++ {
		if namedClasses()["weep"][u.word(k)] {
			return true
		}
	}
	return false
}

// bodySigns go with many feelings.
var bodySigns = set(`cry cried crying weep wept weeping tears shaking shake trembling stomach heart hands palms sick throat still red scream screamed
	speak breathe move goosebumps howled sobbed sob choked welled burst pounding racing`)

func (u *utterance) bodySign(f found[cue]) bool {
	for k := f.from; k < f.to; k++ {
		if bodySigns[u.word(k)] {
			return true
		}
	}
	return false
}

// namedIn: another feeling, of another family, is named outright in the sentence.
func (u *utterance) namedIn(s sentence, body found[cue], before *utterance) bool {
	for _, f := range u.cuesIn(s) {
		if f.value.kind == whole || family[f.value.emotion] == family[body.value.emotion] {
			continue
		}
		if j := (judge{u: u, s: s, f: f, self: "i", before: before}); j.felt() {
			return true
		}
	}
	return false
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
		if w := u.word(k); seldom[w] && !strings.Contains(cues().lines[f.order], w) {
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

// echoed: "So you're angry with your mother?" – "Yes. Very."
func echoed(talk []utterance, i int) []feeling {
	u := &talk[i]
	if i == 0 || talk[i-1].client || len(u.toks) > 16 || len(u.sentences) == 0 {
		return nil
	}
	s := u.sentences[0]
	for len(u.sentences) > 1 && (s.question && s.to-s.from < 4 || u.toks[s.from].kind == mark && s.to-s.from < 3) { // "Do I? I suppose I am."
		u = &utterance{toks: u.toks, sentences: u.sentences[1:], text: u.text, client: true}
		s = u.sentences[0]
	}
	yes := false
	for k := s.from; k < min(s.from+3, s.to); k++ {
		if _, ok := assents.at(u, s, k); ok {
			yes = true
		}
	}
	if !yes || dissents.has(u, s) {
		return nil
	}
	b := &talk[i-1]
	var out []feeling
	if len(b.sentences) == 0 {
		return nil
	}
	last := b.sentences[len(b.sentences)-1]
	for _, f := range b.cuesIn(last) {
		j := judge{u: b, s: last, f: f, self: "you", asked: true}
		if j.felt() {
			out = append(out, feeling{f.value.emotion, i, s.from, s.to, true, float64(f.value.weight) / 10})
		}
	}
	return out
}

var assents = list(`
^ yes
^ i am|do|was|did
^ both
^ a little|bit|lot
^ very
^ mhm
^ exactly
^ definitely|totally|absolutely|completely
^ that is it|right
^ i guess|suppose so
^ i think so
^ it is $
^ i suppose|guess|think i am|do|was
^ it does|did
^ with everything
^ out of my
^ that is exactly|it
^ exactly|precisely
`)

var dissents = list(`
^ yes ,? no
^ no
^ not
i am not
i do not
^ yes ,? but
^ i was|did|am|do|would|have not
not really|at_all|particularly|especially
`)
