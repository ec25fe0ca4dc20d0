package extract

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// A pattern is a row of a table, written as people read it:
//
//	i will|shall be honest        words; | between alternatives
//	i @adv* will                  @name is a class of words (see wordClass); * any number, ? at most one
//	some people ... useful        "..." up to six words between
//	worr*                         any word that begins so
//	crazy|up_the_wall             an alternative of several words
//	^ well                        ^ the beginning of a sentence, or of what follows a comma or a small word there
//	yes $                         $ the end of a clause
//
// Patterns step over fillers, and never over the end of a sentence.
type pattern struct {
	source string
	elems  []elem
	loose  bool // also steps over padding
}

type elem struct {
	words    map[string]bool
	phrases  [][]string
	prefixes []string
	class    func(u *utterance, i int) bool
	gap      int // up to so many words
	optional bool
	many     bool
	start    bool
	end      bool
}

// wordClass is what a pattern calls @name; nil if there is none.
func wordClass(name string) func(u *utterance, i int) bool {
	switch name {
	case "adv":
		return func(u *utterance, i int) bool { return adverbs[u.toks[i].w] }
	case "poss":
		return func(u *utterance, i int) bool { return possess[u.toks[i].w] }
	case "det":
		return func(u *utterance, i int) bool { w := u.toks[i].w; return articles[w] || possess[w] }
	case "be":
		return func(u *utterance, i int) bool { return u.isBe(i) || u.toks[i].w == "been" || u.toks[i].w == "being" }
	case "base":
		return func(u *utterance, i int) bool { return isBase(u.toks[i].w) }
	case "ing":
		return func(u *utterance, i int) bool { return isGerund(u.toks[i].w) }
	case "past":
		return func(u *utterance, i int) bool { return hasForm(u.toks[i].w, past|participle) }
	case "num":
		return func(u *utterance, i int) bool { return u.toks[i].kind == number || smallNumbers[u.toks[i].w] > 0 }
	case "weekday":
		return func(u *utterance, i int) bool { return weekdays[u.toks[i].w] > 0 }
	case "any":
		return func(u *utterance, i int) bool { return u.toks[i].kind != mark }
	}
	return nil
}

//go:embed lexicon/classes.tsv
var classText string

// namedClasses are the classes that are plain lists of words; they may stand
// among alternatives: @harm|bite. Some tables are compiled while the package is
// initialised, in no order to rely on, so they are read at the first call.
func namedClasses() map[string]map[string]bool {
	classesOnce.Do(func() {
		classes = map[string]map[string]bool{}
		for _, l := range tableLines(classText) {
			name, words, ok := strings.Cut(l, "\t")
			if !ok {
				panic("extract: lexicon/classes.tsv: " + l)
			}
			classes[name] = set(words)
		}
	})
	return classes
}

var (
	classesOnce sync.Once
	classes     map[string]map[string]bool
)

func compile(s string) pattern {
	p := pattern{source: s}
	for _, f := range strings.Fields(s) {
		var e elem
		switch {
		case f == "^":
			e.start = true
		case f == "$":
			e.end = true
		case f == "...":
			e.gap = 6
		default:
			if g, ok := strings.CutSuffix(f, "?"); ok {
				f, e.optional = g, true
			} else if g, ok := strings.CutSuffix(f, "*"); ok && strings.HasPrefix(f, "@") {
				f, e.many = g, true
			}
			for _, w := range strings.Split(f, "|") {
				e.alternative(w, s)
			}
		}
		p.elems = append(p.elems, e)
	}
	return p
}

// alternative adds one of the words between the bars of an element of source.
func (e *elem) alternative(w, source string) {
	if e.words == nil {
		e.words = map[string]bool{}
	}
	if name, ok := strings.CutPrefix(w, "@"); ok {
		if words := namedClasses()[name]; words != nil {
			maps.Copy(e.words, words)
			return
		}
		is := wordClass(name)
		if is == nil {
			panic("extract: no class " + w + " in pattern " + source)
		}
		if also := e.class; also != nil {
			e.class = func(u *utterance, i int) bool { return also(u, i) || is(u, i) }
			return
		}
		e.class = is
		return
	}
	if strings.Contains(w, "_") {
		e.phrases = append(e.phrases, strings.Split(w, "_"))
	} else if q, ok := strings.CutSuffix(w, "*"); ok {
		e.prefixes = append(e.prefixes, q)
	} else {
		e.words[w] = true
	}
}

func (e *elem) takes(u *utterance, i int) bool {
	if e.class != nil && e.class(u, i) {
		return true
	}
	w := u.toks[i].w
	if e.words[w] {
		return true
	}
	for _, p := range e.prefixes {
		if strings.HasPrefix(w, p) && len(w) > len(p)-1 {
			return true
		}
	}
	return false
}

// spells: the words ws stand at i; it returns where they end, or 0.
func (u *utterance) spells(ws []string, i, to int) int {
	for n, w := range ws {
		if i+n >= to || u.toks[i+n].w != w {
			return 0
		}
	}
	return i + len(ws)
}

// at tries the pattern at token i of sentence s; it returns the end of the
// match, or -1.
func (p *pattern) at(u *utterance, s sentence, i int) int { return p.match(u, s, i, i, 0) }

func (p *pattern) match(u *utterance, s sentence, from, i, k int) int {
	if k == len(p.elems) {
		return i
	}
	e := &p.elems[k]
	if e.start {
		if !opens(u, s, from) && !(u.raw && from >= s.to-2) { // "feet on the floor right fine"
			return -1
		}
		return p.match(u, s, from, i, k+1)
	}
	for i < s.to && (u.toks[i].filler && !(e.class == nil && e.takes(u, i)) || p.loose && i > from && padding[u.toks[i].w] && !e.takes(u, i)) {
		i++
	}
	if e.end {
		if i >= s.to || u.toks[i].kind == mark || joins[u.toks[i].w] && !u.closing(i, s) || i > s.from && u.toks[i].clause != u.toks[i-1].clause {
			return p.match(u, s, from, i, k+1)
		}
		return -1
	}
	if e.gap > 0 {
		for n := 0; n <= e.gap && i+n <= s.to; n++ {
			if end := p.match(u, s, from, i+n, k+1); end >= 0 {
				return end
			}
		}
		return -1
	}
	for _, ws := range e.phrases {
		if to := u.spells(ws, i, s.to); to > 0 {
			if end := p.match(u, s, from, to, k+1); end >= 0 {
				return end
			}
		}
	}
	if i < s.to && e.takes(u, i) {
		if e.many {
			if end := p.match(u, s, from, i+1, k); end >= 0 {
				return end
			}
		} else if end := p.match(u, s, from, i+1, k+1); end >= 0 {
			return end
		}
	}
	if e.optional || e.many {
		return p.match(u, s, from, i, k+1)
	}
	return -1
}

// closing: "I'll say it then." ends with the word, and no clause begins there.
func (u *utterance) closing(i int, s sentence) bool {
	return u.toks[i].w == "then" && (i+1 >= s.to || u.toks[i+1].kind == mark)
}

// padding strengthens what is said and changes nothing else: "I just really
// can't breathe". Loose tables step over it.
var padding = set("just really actually honestly literally simply totally absolutely completely properly bloody fucking suddenly basically definitely proper genuinely truly")

// openers may stand before the beginning of what is said.
var openers = set(`, . — well so okay yes no and but right then now oh honestly look listen actually just maybe mhm really anyway fine sure
	all like sure good great also please perhaps because though plus ha god hey lovely "`)

// opens: only small words stand between the beginning of the sentence and i.
func opens(u *utterance, s sentence, i int) bool {
	for k := i - 1; k >= s.from; k-- {
		t := u.toks[k]
		if t.w == "," || t.w == "—" || t.w == ":" {
			return true
		}
		if !t.filler && !openers[t.w] {
			return false
		}
	}
	return true
}

// rules is a table of patterns with a value each, indexed by first word.
type rules[V any] struct {
	first map[string][]rule[V] // by first word
	stems map[string][]rule[V] // by the first stemKey bytes of a first word that ends in *
	rest  []rule[V]
	n     int
	loose bool   // its patterns step over padding
	fill  func() // compiles the rows, once; nil where they are there
}

const stemKey = 3

type rule[V any] struct {
	pattern
	value V
	order int
}

// found is one match of a table.
type found[V any] struct {
	from, to int
	value    V
	order    int
	source   string // the pattern as written
}

func (r *rules[V]) add(source string, v V) {
	p := compile(source)
	p.loose = r.loose
	x := rule[V]{p, v, r.n}
	r.n++
	if r.first == nil {
		r.first, r.stems = map[string][]rule[V]{}, map[string][]rule[V]{}
	}
	k := 0
	for k < len(p.elems) && p.elems[k].start {
		k++
	}
	e := p.elems[k]
	if e.class != nil || e.words == nil || e.optional || slices.ContainsFunc(e.prefixes, func(q string) bool { return len(q) < stemKey }) {
		r.rest = append(r.rest, x)
		return
	}
	keys := map[string]bool{}
	for w := range e.words {
		keys[w] = true
	}
	for _, ws := range e.phrases {
		keys[ws[0]] = true
	}
	for w := range keys {
		r.first[w] = append(r.first[w], x)
	}
	stems := map[string]bool{}
	for _, q := range e.prefixes {
		stems[q[:stemKey]] = true
	}
	for q := range stems {
		r.stems[q] = append(r.stems[q], x)
	}
}

// candidates are the rows that may begin with word w.
func (r *rules[V]) candidates(w string) [3][]rule[V] {
	if r.fill != nil {
		r.fill()
	}
	l := [3][]rule[V]{r.first[w], nil, r.rest}
	if len(w) >= stemKey && len(r.stems) > 0 {
		l[1] = r.stems[w[:stemKey]]
	}
	return l
}

// table makes rules from rows of pattern and value.
func table[V any](rows map[string]V) *rules[V] {
	r := &rules[V]{}
	for _, s := range slices.Sorted(maps.Keys(rows)) {
		r.add(s, rows[s])
	}
	return r
}

// list makes rules of one value from a text with a pattern a line. They are
// compiled when they are first asked for: most runs of the program extract
// nothing, and there are hundreds of lists.
func list(text string) *rules[bool] {
	r := &rules[bool]{}
	r.fill = sync.OnceFunc(func() {
		for _, l := range tableLines(text) {
			r.add(strings.TrimSpace(l), true)
		}
	})
	lists = append(lists, r)
	return r
}

// lists are all of them, so that a test can compile every row.
var lists []*rules[bool]

// at returns the longest match that begins at i.
func (r *rules[V]) at(u *utterance, s sentence, i int) (found[V], bool) {
	best, ok := found[V]{}, false
	for _, l := range r.candidates(u.toks[i].w) {
		for k := range l {
			// of equally long matches the row that stands first in its table
			if to := l[k].at(u, s, i); to >= 0 && (!ok || to > best.to || to == best.to && l[k].order < best.order) {
				best, ok = found[V]{i, to, l[k].value, l[k].order, l[k].source}, true
			}
		}
	}
	return best, ok
}

// in returns the matches in a sentence from left to right, the longest at each
// place, not overlapping.
func (r *rules[V]) in(u *utterance, s sentence) []found[V] {
	var out []found[V]
	for i := s.from; i < s.to; i++ {
		if f, ok := r.at(u, s, i); ok && f.to > i {
			out = append(out, f)
			i = f.to - 1
		}
	}
	return out
}

// has reports whether any row matches in the sentence.
func (r *rules[V]) has(u *utterance, s sentence) bool {
	for i := s.from; i < s.to; i++ {
		if _, ok := r.at(u, s, i); ok {
			return true
		}
	}
	return false
}

// ending returns a match that ends exactly at end, beginning up to back tokens
// before.
func (r *rules[V]) ending(u *utterance, s sentence, end, back int) (found[V], bool) {
	for i := max(s.from, end-back); i < end; i++ {
		for _, l := range r.candidates(u.toks[i].w) {
			for k := range l {
				if l[k].at(u, s, i) == end {
					return found[V]{i, end, l[k].value, l[k].order, l[k].source}, true
				}
			}
		}
	}
	return found[V]{}, false
}
