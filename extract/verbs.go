package extract

import (
	_ "embed"
	"strings"
)

// form is what a word may be of a verb.
type form uint8

const (
	base form = 1 << iota
	third
	past
	participle
	gerund
)

type inflection struct {
	lemma string
	forms form
}

//go:embed lexicon/verbs.txt
var verbText string

// verbs is the table of lexicon/verbs.txt with every form of every verb.
var verbs = readVerbs()

type verbTable struct {
	class map[string]map[string]bool // class → verbs in base form
	forms map[string][]inflection
}

var auxForms = map[string]form{
	"am": third, "is": third, "are": third, "was": past, "were": past, "been": participle, "being": gerund, "be": base,
	"has": third, "have": base, "had": past | participle, "does": third, "did": past,
}

var modals = set("will would shall can could may might should must")

// adverbs stand between subject, auxiliary and verb without changing who does
// what; those that change how firmly are in softeners.
var adverbs = set(`just really actually probably definitely certainly maybe perhaps also still already always then simply honestly literally basically
	finally gladly totally absolutely usually often sometimes never ever even only kind of sort quite pretty so very again now soon first
	obviously clearly truly seriously gently slowly quickly properly all both either at least firmly happily hopefully personally currently apparently too strongly highly normally generally`)

func readVerbs() *verbTable {
	t := &verbTable{map[string]map[string]bool{}, map[string][]inflection{}}
	for _, line := range tableLines(verbText) {
		class, list, ok := strings.Cut(line, ":")
		if !ok {
			panic("extract: lexicon/verbs.txt: no class: " + line)
		}
		if class == "irregular" {
			for _, f := range strings.Fields(list) {
				p := strings.Split(f, "/")
				t.addForm(p[1], p[0], past)
				t.addForm(p[2], p[0], participle)
			}
			continue
		}
		t.class[class] = set(list)
	}
	irregular := map[string]bool{}
	for _, l := range t.forms {
		for _, f := range l {
			irregular[f.lemma] = true
		}
	}
	for _, class := range t.class {
		for v := range class {
			t.inflect(v, irregular[v])
		}
	}
	for v := range irregular {
		t.inflect(v, true)
	}
	for w, f := range auxForms {
		lemma := map[string]string{"has": "have", "have": "have", "had": "have", "does": "do", "did": "do"}[w]
		if lemma == "" {
			lemma = "be"
		}
		t.addForm(w, lemma, f)
	}
	return t
}

// tableLines are the lines of a lexicon file without comments and blanks.
func tableLines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		l = strings.TrimRight(l, "\r\n")
		if t := strings.TrimSpace(l); t != "" && !strings.HasPrefix(t, "#") {
			out = append(out, l)
		}
	}
	return out
}

func (t *verbTable) addForm(w, lemma string, f form) {
	l := t.forms[w]
	for i := range l {
		if l[i].lemma == lemma {
			l[i].forms |= f
			return
		}
	}
	t.forms[w] = append(l, inflection{lemma, f})
}

// doubling verbs repeat their last letter before -ed and -ing.
var doubling = set(`stop plan jog jot log drop chat cut get let put run set sit shop swap swim tap tip trim wrap pop hug skip step slip snap
	rub nap ban bin pet grab scan scrub knit quit refer forget begin admit commit commute spin chuck hit shut split dig nag vet plod prep sob cop dip fit`)

func (t *verbTable) inflect(v string, irregular bool) {
	t.addForm(v, v, base)
	n := len(v)
	vowel := func(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
	stem := v
	switch {
	case doubling[v] && v != "commute" && v != "chuck":
		stem = v + v[n-1:]
	case strings.HasSuffix(v, "ie"):
		t.addForm(v[:n-2]+"ying", v, gerund)
	case strings.HasSuffix(v, "e") && !strings.HasSuffix(v, "ee") && v != "be":
		stem = v[:n-1]
	}
	t.addForm(stem+"ing", v, gerund)
	switch {
	case n > 1 && v[n-1] == 'y' && !vowel(v[n-2]):
		t.addForm(v[:n-1]+"ies", v, third)
		stem = v[:n-1] + "i"
	case strings.HasSuffix(v, "s") || strings.HasSuffix(v, "sh") || strings.HasSuffix(v, "ch") || strings.HasSuffix(v, "x") || strings.HasSuffix(v, "o"):
		t.addForm(v+"es", v, third)
	default:
		t.addForm(v+"s", v, third)
	}
	if !irregular || v == "learn" || v == "dream" || v == "burn" || v == "quit" || v == "knit" || v == "sneak" {
		t.addForm(stem+"ed", v, past|participle)
	}
}

func hasForm(w string, f form) bool {
	for _, x := range verbs.forms[w] {
		if x.forms&f != 0 {
			return true
		}
	}
	return false
}

func isBase(w string) bool       { return hasForm(w, base) }
func isGerund(w string) bool     { return hasForm(w, gerund) }
func isParticiple(w string) bool { return hasForm(w, participle) }

// isFinite: the word can be a verb that has a subject.
func isFinite(w string) bool { return modals[w] || hasForm(w, base|third|past) || w == "'s" }

// lemma is the base form of w read as f; w itself if it is no such form.
func lemma(w string, f form) string {
	for _, x := range verbs.forms[w] {
		if x.forms&f != 0 {
			return x.lemma
		}
	}
	return w
}

func inClass(class, v string) bool { return verbs.class[class][v] }
