package extract

import (
	_ "embed"
	"strings"

	"github.com/afterword/afterword/models"
)

// notes are the smaller findings: goals, triggers, ways of coping, loose ends,
// questions to bring up and what the client takes away.
//
//go:embed lexicon/notes.tsv
var noteText string

type cueNote struct {
	kind   models.Kind
	helped string // of coping: yes, no or empty
}

var noteRules = readNotes()

func readNotes() *rules[cueNote] {
	r := &rules[cueNote]{}
	kinds := map[string]cueNote{
		"goal": {kind: models.KindGoal}, "trigger": {kind: models.KindTrigger}, "coping": {kind: models.KindCoping},
		"loop": {kind: models.KindOpenLoop}, "question": {kind: models.KindQuestion}, "takeaway": {kind: models.KindTakeaway},
		"helped": {models.KindCoping, "yes"}, "unhelped": {models.KindCoping, "no"},
	}
	for _, l := range tableLines(noteText) {
		k, p, ok := strings.Cut(l, "\t")
		v, known := kinds[k]
		if !ok || !known {
			panic("extract: lexicon/notes.tsv: " + l)
		}
		r.add(p, v)
	}
	return r
}

// note is one finding; its words are tokens [from, to).
type note struct {
	kind      models.Kind
	utterance int
	sent      sentence
	from, to  int
	helped    *bool
	more      []proof
}

// maxNotes bounds each kind, so that a page stays readable.
const maxNotes = 6

func readNotesOf(talk []utterance, fs []feeling, stop func() bool) []note {
	var out []note
	for i := range talk {
		if i%64 == 0 && stop() {
			return nil
		}
		u := &talk[i]
		for _, s := range u.sentences {
			for k := s.from; k < s.to; k++ {
				f, ok := noteRules.at(u, s, k)
				if !ok || u.toks[k].voice == othersWords {
					continue
				}
				if n, ok := u.noteOf(talk, i, s, f); ok {
					out = append(out, n)
					break
				}
			}
		}
		out = append(out, asked(talk, i)...)
	}
	out = append(out, felt(talk, fs)...)
	out = append(out, practised(talk)...)
	return firstOf(out)
}

// noteOf checks a row's match.
func (u *utterance) noteOf(talk []utterance, i int, s sentence, f found[cueNote]) (note, bool) {
	n := note{kind: f.value.kind, utterance: i, sent: s, from: f.to, to: u.planEnd(min(f.to, s.to-1), s)}
	switch f.value.kind {
	case models.KindGoal:
		if !u.client || s.question || n.to-n.from < 2 || u.conditional(f.from, s) || !isBase(u.word(f.to)) && u.word(f.to) != "not" && !adverbs[u.word(f.to)] {
			return n, false
		}
		if u.pointsOnly(n.from, n.to) { // "I do not want to do that" answers somebody
			return n, false
		}
		if inClass("speak", u.word(f.to)) && n.to-n.from < 3 || u.word(f.to) == "go" || u.word(f.to) == "say" || u.word(f.to) == "ask" {
			return n, false
		}
	case models.KindTrigger:
		if !u.client || n.to-n.from < 2 {
			return n, false
		}
	case models.KindCoping:
		if !u.client {
			return n, false
		}
		yes := f.value.helped == "yes"
		n.helped = &yes
		n.from, n.to = s.from, s.to
	case models.KindQuestion:
		if !u.client {
			return n, false
		}
		n.from, n.to = s.from, s.to
	case models.KindOpenLoop:
		if u.client && s.question {
			return n, false
		}
		n.from, n.to = s.from, s.to
	case models.KindTakeaway:
		if !u.client || n.to-n.from < 3 {
			return n, false
		}
	}
	return n, true
}

// pointsOnly: the words [from, to) name nothing of their own, they only point
// at what was said before.
func (u *utterance) pointsOnly(from, to int) bool {
	for k := from; k < to; k++ {
		if !pointers[u.word(k)] && u.toks[k].kind != mark {
			return false
		}
	}
	return true
}

var pointers = set("do try have be get take that it this these those them one ones some any so not again anymore more right now here there yet either too")

// asked finds what the therapist's question "what do you want?" and "what are
// you taking with you?" was answered with.
func asked(talk []utterance, i int) []note {
	u := &talk[i]
	if i == 0 || !u.client || talk[i-1].client || len(u.sentences) == 0 {
		return nil
	}
	b := &talk[i-1]
	var kind models.Kind
	for _, s := range b.sentences {
		switch {
		case wantAsks.has(b, s) && s.question:
			kind = models.KindGoal
		case takeAsks.has(b, s):
			kind = models.KindTakeaway
		}
	}
	s, ok := u.weightiest()
	if kind == "" || !ok || s.question || u.dontKnow() {
		return nil
	}
	return []note{{kind: kind, utterance: i, sent: s, from: s.from, to: s.to}}
}

// weightiest is the longest of the first three sentences.
func (u *utterance) weightiest() (sentence, bool) {
	best := sentence{}
	for n, s := range u.sentences {
		if n < 3 && s.to-s.from > best.to-best.from {
			best = s
		}
	}
	return best, best.to-best.from > 4
}

var wantAsks = list(`
what do you want in|by|out|from|for
what would you like things|life|it to
what would you want these|your|life|this
what would be a good outcome|result
what would life be|look
what would make these|this|it worth
what matters to you
what is|are your goal|goals|hope|hopes
where would you like
what would you like to get
what do you hope
what would be different
`)

var takeAsks = list(`
what are you taking|walking away|with|from
what will you take
what stood|stands out
what are you leaving with
what was most|helpful
what do you want to remember
`)

// felt makes triggers of what the client says right where a strong feeling is
// said to begin: "when …", "every time …".
func felt(talk []utterance, fs []feeling) []note {
	var out []note
	for _, f := range fs {
		if f.intensity < 0.5 || family[f.emotion] == "joy" || family[f.emotion] == "calm" {
			continue
		}
		u := &talk[f.utterance]
		s := u.sentenceAt(f.from)
		for k := s.from; k < s.to; k++ {
			w := u.word(k)
			start := 0
			switch {
			case w == "when" || w == "whenever":
				start = k + 1
			case (w == "every" || w == "each") && u.word(k+1) == "time":
				start = k + 2
			}
			if start == 0 || start >= s.to || u.toks[start].clause == u.toks[f.from].clause && start > f.from || u.word(start) == "you" || u.word(start) == "was" {
				continue
			}
			end := start
			for end < s.to && u.toks[end].kind != mark && !(end > start && joins[u.word(end)]) {
				end++
			}
			if end-start >= 3 && u.word(start) != "i" || end-start >= 4 && !longAgo.has(u, sentence{k, end, false}) {
				out = append(out, note{kind: models.KindTrigger, utterance: f.utterance, sent: s, from: start, to: end})
				break
			}
		}
	}
	return out
}

// practised finds skills that the client speaks of having used, and whether
// they helped: in the same breath, or in answer to the next question.
func practised(talk []utterance) []note {
	var out []note
	for i := range talk {
		u := &talk[i]
		if !u.client {
			continue
		}
		for _, s := range u.sentences {
			f, ok := firstSkill(u, s)
			if !ok || !u.used(s) {
				continue
			}
			n := note{kind: models.KindCoping, utterance: i, sent: s, from: f.from, to: f.to}
			for k := i; k < min(i+4, len(talk)); k++ {
				if !talk[k].client {
					continue
				}
				for _, t := range talk[k].sentences {
					if h, ok := helpedIn(&talk[k], t); ok && n.helped == nil {
						n.helped = &h
						if k != i {
							n.more = append(n.more, proof{k, t.from, t.to})
						}
					}
				}
			}
			out = append(out, n)
			break
		}
	}
	return out
}

func firstSkill(u *utterance, s sentence) (found[string], bool) {
	for k := s.from; k < s.to; k++ {
		if f, ok := skills.at(u, s, k); ok {
			return f, true
		}
	}
	return found[string]{}, false
}

func (u *utterance) used(s sentence) bool {
	for _, f := range u.frames(s) {
		if f.subj == "i" && !f.neg && (f.mood == pastTense || f.mood == plain) {
			return true
		}
	}
	return false
}

var (
	helps    = list("it|that|this @adv* helped|helps|worked|works\nwhich|and @adv* helped|worked\nhelped|helps me\nbrought it|me|my ... down\ncalmed|calms me\ni felt|feel better|calmer")
	helpsNot = list("did not|does not|do not help|work|do anything|do much\nno use\nuseless\nwaste of time\nmade it|me worse\nit is worse\nmakes me worse\ndid squat|nothing|bugger")
)

func helpedIn(u *utterance, s sentence) (bool, bool) {
	if helpsNot.has(u, s) {
		return false, true
	}
	if helps.has(u, s) && !u.mentions(s, "not") {
		return true, true
	}
	return false, false
}

// firstOf keeps the first notes of each kind, without repeating a sentence.
func firstOf(in []note) []note {
	var out []note
	count := map[models.Kind]int{}
	seen := map[proof]bool{}
	for _, n := range in {
		key := proof{n.utterance, n.sent.from, 0}
		if count[n.kind] >= maxNotes || seen[key] {
			continue
		}
		seen[key] = true
		count[n.kind]++
		out = append(out, n)
	}
	return out
}

// notes writes the smaller items.
func (w *writer) notes(ns []note) []models.Item {
	var out []models.Item
	for _, n := range ns {
		u := &w.talk[n.utterance]
		e, ok := w.evidence(n.utterance, n.sent.from, n.sent.to)
		text := u.reword(n.from, n.to, -1, u.client)
		if n.kind == models.KindCoping {
			if f, ok := firstSkill(u, n.sent); ok {
				text = strings.ToUpper(f.value[:1]) + f.value[1:]
			}
		}
		if !ok || text == "" {
			continue
		}
		it := models.Item{Kind: n.kind, Text: text, Helped: n.helped, Evidence: []models.Evidence{e}}
		it.Evidence = append(it.Evidence, w.proofs(n.more)...)
		out = append(out, it)
	}
	return out
}

// loose makes open loops of what was offered and left open.
func (w *writer) loose(actions []models.Item) []models.Item {
	var out []models.Item
	for _, a := range actions {
		if a.Status != models.Suggested || a.Owner != "client" || len(out) == maxNotes {
			continue
		}
		out = append(out, models.Item{Kind: models.KindOpenLoop, Text: a.Text, Evidence: a.Evidence[:1]})
	}
	return out
}
