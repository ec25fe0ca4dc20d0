package extract

import (
	_ "embed"
	"strings"
	"sync"
)

// Speech engines take words for others that sound alike, and lose or add
// endings. Where the words around leave no doubt the rules read what was meant;
// the text itself, and so every quote, stays as it was heard.

//go:embed lexicon/slips.tsv
var slipText string

// slip is a row of lexicon/slips.tsv.
type slip struct {
	meant         string // empty: step over it
	before, after [][]string
}

var slips = sync.OnceValue(func() map[string][]slip {
	m := map[string][]slip{}
	side := func(s string) [][]string {
		var out [][]string
		for _, f := range fields(strings.TrimPrefix(s, ".")) {
			out = append(out, strings.Split(f, "|"))
		}
		if s == ",|." {
			return [][]string{{",", "."}}
		}
		return out
	}
	for _, l := range tableLines(slipText) {
		f := strings.Split(l, "\t")
		if len(f) != 4 {
			panic("extract: lexicon/slips.tsv: " + l)
		}
		for _, heard := range strings.Split(f[2], "|") {
			m[heard] = append(m[heard], slip{strings.TrimPrefix(f[0], "-"), side(f[1]), side(f[3])})
		}
	}
	return m
})

// mendSlips puts the words that were meant in place of those that were heard.
func (u *utterance) mendSlips() {
	table := slips()
	for i := 0; i < len(u.toks); i++ {
		if u.lostI(i) {
			u.insert(i, token{w: "i", start: u.toks[i].start, end: u.toks[i].end})
			i++
		}
		if u.lostYou(i) {
			u.insert(i, token{w: "you", start: u.toks[i].start, end: u.toks[i].end})
			continue
		}
		if u.lostAm(i) {
			u.insert(i, token{w: "am", start: u.toks[i].start, end: u.toks[i].end})
			continue
		}
		t := &u.toks[i]
		if t.kind != lexical {
			continue
		}
		if w := u.asksAs(i); w != "" {
			t.w = w
			continue
		}
		t.w = u.mendEnding(i)
		if u.stray(i) {
			u.drop(i)
			i--
			continue
		}
		if u.askedYou(i) {
			t.w = "you"
			continue
		}
		for _, s := range table[t.w] {
			if !u.slipBefore(s, i) || !u.slipAfter(s, i) {
				continue
			}
			switch s.meant {
			case "":
				u.drop(i)
				i--
			case "@ing":
				t.w = gerunds()[t.w]
			default:
				t.w = s.meant
			}
			break
		}
	}
}

// drop leaves a word out of what is read; the text keeps it.
func (u *utterance) drop(i int) { u.toks = append(u.toks[:i], u.toks[i+1:]...) }

// lostI: "am not scared of him" has lost its "I": nobody else am.
func (u *utterance) lostI(i int) bool {
	if u.client && u.leftOut(i) {
		return true
	}
	if u.word(i) != "am" || u.word(i+1) == "i" || u.word(i+1) == "" {
		return false
	}
	prev := u.word(i - 1)
	return i == 0 || u.toks[i-1].kind == mark || joins[prev] || prev == "because" || prev == "that"
}

// leftOut: "Going to ring her on Monday.", "Will do it tonight.", "Felt awful.":
// who speaks is left out, or was not heard.
func (u *utterance) leftOut(i int) bool {
	if i > 0 && u.word(i-1) != "." && u.word(i-1) != "?" && u.word(i-1) != "!" {
		return false
	}
	next := u.word(i + 1)
	switch u.word(i) {
	case "going":
		return next == "to" && isBase(u.word(i+2)) && !places[u.word(i+2)]
	case "will":
		return isBase(next) && next != "do" && inClass("task", next)
	case "felt", "feel", "was":
		k := i + 1
		for adverbs[u.word(k)] && k < i+3 {
			k++
		}
		return stateWords()[u.word(k)]
	}
	return false
}

// askedYou: "Could a ring her?": what stands between a modal that asks and a
// verb is who is asked.
func (u *utterance) askedYou(i int) bool {
	w, next := u.word(i), u.word(i+1)
	head := i == 1 || i > 1 && (u.toks[i-2].kind == mark || joins[u.word(i-2)])
	if u.client || !head || w != "a" && w != "and" && w != "the" && w != "in" {
		return false
	}
	if after := u.word(i + 2); articles[w] && !possess[after] && !objects[after] && after != "the" {
		return false // "would a walk a day be too much?"
	}
	switch u.word(i - 1) {
	case "would", "could", "can", "will":
		return isBase(next) && next != "be" && inClass("task", next)
	}
	return false
}

// lostAm: "i putting that in the kitchen tonight".
func (u *utterance) lostAm(i int) bool {
	w, before := u.word(i), u.word(i-2)
	if u.word(i-1) != "i" || !isGerund(w) || isBase(w) {
		return false
	}
	return i < 2 || u.toks[i-2].kind == mark || before == "yes" || before == "okay" || before == "so" || before == "because" || before == "right"
}

// asksAs: "What you go back, this Thursday?", "So good you have toast?" ask
// with would and could.
func (u *utterance) asksAs(i int) string {
	meant := map[string]string{"what": "would", "good": "could"}[u.word(i)]
	verb := u.word(i + 2)
	if meant == "" || u.client || u.word(i+1) != "you" || !isBase(verb) || !inClass("homework", verb) || meant == "would" && whatYou[verb] {
		return ""
	}
	if i > 0 && u.toks[i-1].kind != mark && !openers[u.word(i-1)] && !joins[u.word(i-1)] {
		return ""
	}
	for k := i; k < len(u.toks); k++ {
		if w := u.word(k); w == "." || w == "!" {
			return ""
		} else if w == "?" {
			return meant
		}
	}
	return ""
}

// whatYou are verbs that "what you" asks or tells of as it stands.
var whatYou = set("do think say feel want need get see mean call have eat make")

// lostYou: "Would set an alarm for nine?" asks the client, who was not heard.
func (u *utterance) lostYou(i int) bool {
	prev := u.word(i - 1)
	if u.client || prev != "would" && prev != "could" || !isBase(u.word(i)) || !inClass("homework", u.word(i)) || inClass("state", u.word(i)) {
		return false
	}
	if before := u.word(i - 2); before != "" && u.toks[i-2].kind != mark && !joins[before] {
		return false
	}
	for k := i; k < len(u.toks); k++ {
		if w := u.word(k); w == "." || w == "?" || w == "!" {
			return w == "?" && k > i+1
		}
	}
	return false
}

// stray: a small word that cannot stand where it is, as engines put in between
// words: "I was in and bits", "my the sister", "I in feel".
func (u *utterance) stray(i int) bool {
	w, prev, next := u.word(i), u.word(i-1), u.word(i+1)
	if !strays[w] || i == 0 || u.toks[i-1].kind == mark || next == "" || u.toks[i+1].kind == mark {
		return false
	}
	switch {
	case prev == w && w != "it": // "the the"
		return true
	case articles[w] && headless[next] && u.toks[i].start != u.toks[i+1].start && !(w == "a" && next == "and"): // "a in knots"
		return true
	case takesNoun[prev]:
		hyphen := u.toks[i].start == u.toks[i+1].start // "the in-laws"
		return !hyphen && !(prev == "a" && w == "and") // "A and E"
	case w == "and":
		return leads[prev] && !persons[next]
	case prev == "i" || prev == "we" || prev == "they" || prev == "he" || prev == "she":
		return w != "it" && (modals[next] || next == "am" || next == "feel" || next == "felt" || next == "do" || next == "did" || next == "had" || next == "think" || next == "thought" || hasForm(next, past) && !hasForm(next, base) && !isParticiple(next))
	}
	return false
}

var (
	strays    = set("the a an and in it")
	takesNoun = set("the a an my our his")
	headless  = set("in at of with from and was were am are") // never right behind an article
	leads     = set("at of with from into")
)

func (u *utterance) slipBefore(s slip, i int) bool {
	n := len(s.before)
	if n == 1 && s.before[0][0] == "^" {
		return i == 0 || u.toks[i-1].kind == mark
	}
	for k, alts := range s.before {
		if !u.slipWord(alts, i-n+k) {
			return false
		}
	}
	return true
}

func (u *utterance) slipAfter(s slip, i int) bool {
	for k, alts := range s.after {
		if !u.slipWord(alts, i+1+k) {
			return false
		}
	}
	return true
}

// takenForPast are heard for their base form more than "I'll" for "I".
var takenForPast = set("asked called walked talked tried worked")

func (u *utterance) slipWord(alts []string, i int) bool {
	w := u.word(i)
	if w == "" {
		return false
	}
	for _, a := range alts {
		switch {
		case a == w:
			return true
		case a == "@state" && len(w) > 2 && (stateWords()[w] || stateWords()[mendState(w)]),
			a == "@base" && isBase(w),
			a == "@past" && hasForm(w, past),
			a == "@was" && hasForm(w, past) && !hasForm(w, base) && !takenForPast[w],
			a == "@ing" && isGerund(w) && !isBase(w),
			a == "@det" && (articles[w] || possess[w]):
			return true
		}
	}
	return false
}

// mendEnding takes a surplus ending off a word of feeling ("relieveds"), and
// gives one back that was lost where nothing else fits: "I was so embarrass".
func (u *utterance) mendEnding(i int) string {
	w := u.toks[i].w
	if x, ok := strings.CutSuffix(w, "s"); ok && noPlural()[x] && !noPlural()[w] && !adverbs[w] && !shortDays[w] {
		return x
	}
	if m := mendState(w); m != w {
		return m
	}
	if b := u.afterModal(i); b != "" {
		return b
	}
	if u.word(i-1) == "am" && isBase(w) && !hasForm(w, past|participle) && gerunds()[w] != "" && !stateWords()[w] && !adverbs[w] && !notDone[w] && !stopWords[w] {
		return gerunds()[w] // "I'm drown in bills"
	}
	full := lostEnding()[w]
	if full == "" {
		return w
	}
	k := i - 1
	for k >= 0 && (adverbs[u.word(k)] || u.word(k) == "that" || u.toks[k].filler) {
		k--
	}
	switch u.word(k) {
	case "am", "was", "were", "feel", "felt", "feeling":
		return full
	case "bit", "too", "got", "getting", "been", "being":
		return full
	case "so", "very", "more":
		if u.word(k-1) != "i" && u.word(k-1) != "they" && u.word(k-1) != "we" {
			return full
		}
	}
	return w
}

// notDone may stand behind "I am", as no verb.
var notDone = set(`clean calm well sick open free ready mean cross dry cool blank clear tidy warm short like fit slow quiet own present correct perfect complete
	content direct fast live last lower mature secure sober sour still strong thin tired top total wet worth back home off on up down out over in right sound
	sorry smart steady better average forward separate model dead dirty empty faint hollow idle lame level numb patient square tense upset welcome wonder abroad
	alert busy crazy double fine funny further game gay key kind mad more bit part party due past human female male about rubbish shite mess proof second first`)

// afterModal: "I'll drives it", "could you asked her": behind a modal stands the
// base form.
func (u *utterance) afterModal(i int) string {
	w, prev := u.word(i), u.word(i-1)
	if persons[prev] && modals[u.word(i-2)] && prev == "you" {
		prev = u.word(i - 2)
	}
	if !modals[prev] || hasForm(w, base|gerund) || !hasForm(w, third|past) || w == "had" || w == "was" || w == "were" || w == "did" {
		return ""
	}
	return lemma(w, third|past)
}

// noPlural are words that take no s.
var noPlural = sync.OnceValue(func() map[string]bool {
	m := set(`tonight tomorrow before after about myself every because again without another nothing everything something anything everyone someone nobody
		please during until between together enough almost maybe twice once though with from into their would could should`)
	for w := range adverbs {
		if !hasForm(w, base) && len(w) > 3 {
			m[w] = true
		}
	}
	return m
})

// mendState: no word of feeling takes an s, save those that are verbs.
func mendState(w string) string {
	if x, ok := strings.CutSuffix(w, "s"); ok && len(x) >= 5 && stateWords()[x] && !stateWords()[w] && !hasForm(w, base|third) {
		return x
	}
	return w
}

// gerunds maps "tell" to "telling".
var gerunds = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for w := range verbs.forms {
		if l := lemma(w, gerund); l != "" && m[l] < w {
			m[l] = w
		}
	}
	return m
})

// lostEnding maps "embarrass" to "embarrassed".
var lostEnding = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for w := range stateWords() {
		if l := lemma(w, past|participle); l != "" && l != w && hasForm(l, base) && !stateWords()[l] {
			m[l] = w
		}
	}
	return m
})
