package extract

// mood of a verb: what its auxiliaries say about when and whether.
type mood uint8

const (
	plain       mood = iota // present: "I walk"
	pastTense               // "I walked", "I've walked", "I did walk"
	progressive             // "I'm walking"
	will                    // "I'll", "I shall"
	goingTo                 // "I'm going to"
	can                     // "I can"
	could                   // "I could", "I might", "I may"
	would                   // "I'd"
	should                  // "I should", "I'd better", "I ought to"
	haveTo                  // "I have to", "I need to", "I must"
	wantTo                  // "I want to", "I'd like to"
	plans                   // "I plan to", "I promise to", "I've agreed to"
	tries                   // "I try to", "I'm trying to"
	usedTo                  // "I used to", "I was going to", "I wanted to"
	lets                    // "let me", "let us"
	order                   // imperative
)

// frame is one verb with who does it: the unit that the ledger thinks in.
type frame struct {
	sent     sentence
	subj     string // i, we, you, he, they, …; "3" for a noun; "" for an order
	at       int    // first token of the subject or, in a question, of the auxiliary
	mood     mood
	neg      bool
	soft     bool // probably, maybe, might
	asked    bool // inverted: "could you", or the sentence ends with a question mark
	verb     int  // token of the main verb
	lemma    string
	try      bool // "I'll try to", "I'm going to try and"
	end      int  // end of the verb phrase
	cond     bool // hangs on an if
	voice    voice
	wh       string // "when" of "when will you"
	futurish bool   // a progressive: decided by a date nearby
}

// over tells what was, or was only meant.
func (f frame) over() bool { return f.mood == pastTense || f.mood == usedTo }

var wants = set("want like love")

// frames finds the verbs of a sentence with their subjects, from left to right.
func (u *utterance) frames(s sentence) []frame {
	var out []frame
	for i := s.from; i < s.to; i++ {
		f, ok := u.frameAt(s, i)
		if !ok {
			continue
		}
		f.sent = s
		f.voice = u.toks[i].voice
		f.end = u.phraseEnd(f.verb, s)
		f.cond = u.conditional(f.at, s)
		f.asked = f.asked || s.question && f.subj != "" && u.lastClause(f.verb, s)
		out = append(out, f)
	}
	return out
}

// lastClause: a question mark counts for the last clause of its sentence only.
func (u *utterance) lastClause(i int, s sentence) bool {
	return u.toks[i].clause >= u.toks[s.to-1].clause-1
}

func (u *utterance) frameAt(s sentence, i int) (frame, bool) {
	w := u.word(i)
	switch {
	case persons[w] || w == "it" || w == "that" && u.word(i+1) == "will":
		if u.inverted(i, s) {
			return frame{}, false
		}
		return u.chain(s, i, i+1, w)
	case w == "let" && (u.word(i+1) == "me" || u.word(i+1) == "us"):
		v := u.skipAdverbs(i+2, s)
		if v < s.to && isBase(u.word(v)) && u.word(v) != "me" {
			subj := map[string]string{"me": "i", "us": "we"}[u.word(i+1)]
			f := frame{subj: subj, at: i, mood: lets, verb: v}
			return u.settle(f, s)
		}
	case w == "why" && (u.word(i+1) == "do" || u.word(i+1) == "don't") && u.word(i+2) == "not" && (u.word(i+3) == "i" || u.word(i+3) == "you" || u.word(i+3) == "we"):
		v := u.skipAdverbs(i+4, s)
		if v < s.to && isBase(u.word(v)) {
			return u.settle(frame{subj: u.word(i + 3), at: i, mood: could, verb: v, asked: true, wh: "why not"}, s)
		}
	case (modals[w] || u.auxiliary(i)) && i+1 < s.to:
		if f, ok := u.question(s, i); ok {
			return f, true
		}
	}
	return u.nounFrame(s, i)
}

func (u *utterance) auxiliary(i int) bool {
	switch u.word(i) {
	case "do", "does", "did", "am", "is", "are", "was", "were", "have", "has", "had":
		return true
	}
	return false
}

// inverted: the pronoun at i stands behind its auxiliary.
func (u *utterance) inverted(i int, s sentence) bool {
	if i == s.from {
		return false
	}
	prev := u.word(i - 1)
	if !modals[prev] && !u.auxiliary(i-1) {
		return false
	}
	if i-2 >= s.from && (persons[u.word(i-2)] || u.word(i-2) == "it" || u.word(i-2) == "to") && !isWh(u.word(i-3)) {
		return false // "I know I can", "she did it"
	}
	return u.word(i) != "it" && u.word(i) != "that" || i == s.from+1
}

func isWh(w string) bool {
	switch w {
	case "what", "when", "where", "who", "how", "which", "why":
		return true
	}
	return false
}

// question reads an inverted frame: "could you ring her?".
func (u *utterance) question(s sentence, i int) (frame, bool) {
	j := i + 1
	neg := false
	if u.word(j) == "not" {
		neg = true
		j++
	}
	subj := u.word(j)
	if !persons[subj] || !u.inverted(j, s) && !neg {
		return frame{}, false
	}
	f := frame{subj: subj, at: i, neg: neg, asked: true}
	for k := i - 1; k >= max(s.from, i-4); k-- {
		if isWh(u.word(k)) {
			f.wh = u.word(k)
			break
		}
	}
	v := u.skipAdverbs(j+1, s)
	switch w := u.word(i); w {
	case "will", "shall":
		f.mood = will
	case "can":
		f.mood = can
	case "could", "may", "might":
		f.mood = could
	case "would":
		f.mood = would
	case "should", "must":
		f.mood = should
	case "did", "have", "has", "had", "was", "were":
		f.mood = pastTense
		if (w == "was" || w == "were") && u.word(v) == "going" && u.word(v+1) == "to" {
			f.mood, v = usedTo, v+2
		}
	default: // do, are
		if u.word(v) == "going" && u.word(v+1) == "to" {
			f.mood, v = goingTo, u.skipAdverbs(v+2, s)
		} else if isGerund(u.word(v)) {
			f.mood, f.futurish = progressive, true
		}
	}
	f.verb = v
	if v >= s.to || u.toks[v].kind == mark {
		if j+1 >= s.to || u.toks[min(j+1, s.to-1)].kind == mark { // "shall I?"
			f.verb = j
			f.lemma = ""
			return f, false
		}
		return f, false
	}
	return u.settle(f, s)
}

func (u *utterance) skipAdverbs(i int, s sentence) int {
	for i < s.to && (u.toks[i].filler || adverbs[u.word(i)] && !((u.word(i) == "kind" || u.word(i) == "sort") && u.word(i+1) != "of")) {
		i++
	}
	return i
}

// chain reads the auxiliaries behind a subject up to the main verb.
func (u *utterance) chain(s sentence, at, i int, subj string) (frame, bool) {
	f := frame{subj: subj, at: at}
	started := false
	for step := 0; step < 14 && i < s.to; step++ {
		w, next := u.word(i), u.word(i+1)
		switch {
		case u.toks[i].filler || w == "," && u.toks[min(i+1, s.to-1)].filler || w == "," && !started && (u.word(i+1) == "like" || adverbs[next]):
		case w == "," && started && (next == "like" || next == "you" && u.word(i+2) == "know"):
			i++
			if next == "you" {
				i++
			}
		case w == "like" && (u.word(i-1) == "," || next == ","):
		case w == "not" || w == "never":
			f.neg = true
		case adverbs[w] && !((w == "kind" || w == "sort") && next != "of"):
			f.soft = f.soft || w == "probably" || w == "maybe" || w == "perhaps"
		case (w == "will" || w == "shall") && !started:
			f.mood, started = will, true
		case w == "can" && !started:
			f.mood, started = can, true
		case (w == "could" || w == "might" || w == "may") && (!started || f.mood == could):
			f.mood, started = could, true
			f.soft = f.soft || w != "could"
		case w == "would" && !started:
			f.mood, started = would, true
		case (w == "should" || w == "must" || w == "ought") && !started:
			f.mood, started = should, true
			if next == "to" {
				i++
			}
		case w == "had" && next == "better":
			f.mood, started = should, true
			i++
		case (w == "am" || w == "are" || w == "is" || w == "'s" && next == "going") && next == "going" && u.word(i+2) == "to" && u.verbAfterTo(i+3, s), (w == "am" || w == "are" || w == "is") && next == "not" && u.word(i+2) == "going" && u.word(i+3) == "to" && u.verbAfterTo(i+4, s):
			f.mood, started = goingTo, true
			if next == "not" {
				f.neg = true
				i++
			}
			i += 2
		case (w == "am" || w == "are" || w == "is") && adverbs[next] && u.word(i+2) == "going" && u.word(i+3) == "to" && u.verbAfterTo(i+4, s):
			f.mood, started = goingTo, true
			i += 3
		case w == "going" && next == "to" && !started && u.verbAfterTo(i+2, s): // "I gonna", "we going to"
			f.mood, started = goingTo, true
			i++
		case (w == "was" || w == "were") && next == "going" && u.word(i+2) == "to":
			f.mood, started = usedTo, true
			i += 2
		case w == "used" && next == "to" && !started:
			f.mood, started = usedTo, true
			i++
		case (w == "have" || w == "need" || w == "has" || w == "needs" || w == "got") && next == "to" && f.mood != would:
			if f.mood == plain {
				f.mood = haveTo
			}
			started = true
			i++
		case (w == "had" || w == "needed" || w == "wanted" || w == "tried" || w == "meant" || w == "planned") && next == "to" && !started:
			f.mood, started = usedTo, true
			i++
		case (w == "want" || w == "wants" || f.mood == would && wants[w]) && next == "to":
			f.mood, started = wantTo, true
			i++
		case planVerbs[w] && next == "to" && subj != "you":
			if f.mood == plain || f.mood == will || f.mood == progressive || f.mood == pastTense && (u.word(i-1) == "have" || u.word(i-2) == "have") {
				f.mood = plans
			}
			started = true
			i++
		case (w == "happy" || w == "willing" || w == "ready" || w == "prepared" || w == "determined" || w == "glad" || w == "up") && (next == "to" || next == "for") && started && f.mood != pastTense && f.mood != would:
			f.mood = plans
			i++
		case w == "try" && (next == "to" || next == "and") && isBase(u.word(u.skipAdverbs(i+2, s))):
			f.try = true
			if !started {
				f.mood = tries
			}
			started = true
			i++
		case w == "trying" && next == "to":
			f.mood, started = tries, true
			i++
		case (w == "do" || w == "does") && !started && (next == "not" || isBase(next) && next != "it"):
			started = true
		case w == "did" && !started && (next == "not" || isBase(next)):
			f.mood, started = pastTense, true
		case (w == "have" || w == "has" || w == "had") && !started && (isParticiple(next) || next == "not" || next == "been" || adverbs[next] && isParticiple(u.word(i+2))):
			f.mood, started = pastTense, true
			if next == "been" && isGerund(u.word(i+2)) {
				i++
			}
		case (w == "have") && (f.mood == would || f.mood == could || f.mood == should) && (isParticiple(next) || next == "not" || next == "been"):
			f.mood = usedTo // would have: over
		case u.isBe(i) && !started && (isGerund(next) || (next == "not" || adverbs[next]) && isGerund(u.word(i+2))) && next != "being":
			f.mood, started, f.futurish = progressive, true, true
			if w == "was" || w == "were" {
				f.mood, f.futurish = usedTo, false
			}
		case u.isBe(i) && !started && (planWords[next] || (next == "not" || adverbs[next]) && planWords[u.word(i+2)]):
			started = true
			if w == "was" || w == "were" {
				f.mood = pastTense
			}
		case w == "be" && isGerund(next) && (f.mood == will || f.mood == goingTo): // "I'll be speaking to"
		default:
			f.verb = i
			return u.settle(f, s)
		}
		i++
	}
	return f, false
}

var (
	planVerbs = set("plan planning intend intending promise promised promising mean aim aiming agree agreed commit committed decide decided hope hoping vow vowed")
	planWords = set("happy willing ready prepared determined glad up planning intending hoping aiming")
)

// verbAfterTo: "going to ring" but not "going to the shop" or "to bed".
func (u *utterance) verbAfterTo(i int, s sentence) bool {
	i = u.skipAdverbs(i, s)
	w := u.word(i)
	return i < s.to && isBase(w) && !articles[w] && (!places[w] || w == "work" && workHow[u.word(i+1)]) && !(u.toks[i].capital && !isBase(w))
}

// workHow: "going to work late" is no way to the office.
var workHow = set("late over through past more less from on harder weekends")

var places = set("bed work school church maths town uni college therapy yoga class pieces hell sleep waste swimming football")

// settle checks the main verb and gives its base form.
func (u *utterance) settle(f frame, s sentence) (frame, bool) {
	v := f.verb
	if v >= s.to || u.toks[v].kind != lexical {
		return f, false
	}
	w := u.word(v)
	switch f.mood {
	case plain:
		switch {
		case hasForm(w, past) && !hasForm(w, base):
			f.mood, f.lemma = pastTense, lemma(w, past)
		case hasForm(w, base|third):
			f.lemma = lemma(w, base|third)
		default:
			return f, false
		}
	case pastTense:
		f.lemma = lemma(w, past|participle|base|gerund)
	case progressive, tries, usedTo:
		f.lemma = lemma(w, gerund|base|participle)
	default:
		f.lemma = lemma(w, base|gerund)
		if !hasForm(w, base|gerund) && f.mood != order && u.toks[v].w != "be" && (articles[w] || subjects[w] || possess[w]) {
			return f, false
		}
	}
	return f, true
}

// nounFrame reads "my sister will ring", "April's going to ask".
func (u *utterance) nounFrame(s sentence, i int) (frame, bool) {
	w := u.word(i)
	if i == s.from || !(w == "will" || w == "'s" && u.word(i+1) == "going" || u.isBe(i) && u.word(i+1) == "going" && u.word(i+2) == "to" || w == "would" || w == "could" || w == "might") {
		return frame{}, false
	}
	prev := u.word(i - 1)
	if u.toks[i-1].kind != lexical || persons[prev] || adverbs[prev] || prev == "it" || prev == "and" || prev == "but" || isWh(prev) && prev != "who" || prev == "that" || prev == "this" || prev == "there" {
		return frame{}, false
	}
	return u.chain(s, i-1, i, "3")
}

// phraseEnd is where the phrase of the verb at v ends: the sentence's end, or
// the beginning of a clause with a subject or a reason.
func (u *utterance) phraseEnd(v int, s sentence) int {
	for i := v + 1; i < s.to; i++ {
		t := u.toks[i]
		if t.kind == mark && t.w != "'" && t.w != "-" && t.w != "," && t.w != "%" && t.w != `"` {
			return i
		}
		if t.clause == u.toks[i-1].clause {
			continue
		}
		w := t.w
		k := i
		if w == "," {
			k = u.skipAdverbs(i+1, s)
			w = u.word(k)
		}
		switch {
		case w == "but" || w == "so" || w == "because" || w == "although" || w == "though" || w == "then" || w == "which" || w == "if" || w == "or" || w == "yes" || w == "okay" || w == "that" || w == "cause" || w == "like" || w == "plus" || w == "right":
			return i
		case w == "and":
			n := u.word(u.skipAdverbs(k+1, s))
			if subjects[n] || n == "then" || n == "so" || n == "not" || possess[n] && u.beginsClause(k+1) {
				return i
			}
		case subjects[w] || w == "maybe" || w == "you" || w == "I":
			return i
		}
	}
	return s.to
}
