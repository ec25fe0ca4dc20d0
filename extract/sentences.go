package extract

import (
	"strings"

	"github.com/afterword/afterword/models"
)

// readSegment takes one segment apart: tokens, sentences, clauses, and whose
// words they are.
func readSegment(s models.Segment, client bool) utterance {
	u := utterance{seq: s.Seq, client: client, text: s.Text, toks: tokenise(s.Text)}
	u.raw = !strings.ContainsAny(s.Text, ".?!,;") && strings.ToLower(s.Text) == s.Text
	u.smooth()
	u.mendSlips()
	u.resolveParts()
	u.splitSentences()
	u.splitClauses()
	u.markQuotes()
	u.markReports()
	return u
}

// next is the sentence behind s.
func (u *utterance) next(s sentence) (sentence, bool) {
	for _, t := range u.sentences {
		if t.from == s.to {
			return t, true
		}
	}
	return sentence{}, false
}

var (
	planNouns = set("plan homework task experiment idea aim job deal goal step challenge rule")
	subjects  = set("i we you he she they it that this there who everyone everybody nobody someone somebody people")
	persons   = set("i we you he she they")
	possess   = set("my your his her our their")
	articles  = set("a an the some any no every each another this that these those")
)

// resolveParts settles what 'd, 's, ill and id stand for.
func (u *utterance) resolveParts() {
	for i := range u.toks {
		t := &u.toks[i]
		next, after := u.word(i+1), u.word(i+2)
		switch t.w {
		case "'d":
			t.w = "would"
			if isWh(u.word(i-1)) && u.word(i-1) != "who" {
				t.w = "did"
				break
			}
			if next == "better" || isParticiple(next) && !isBase(next) || adverbs[next] && isParticiple(after) && !isBase(after) {
				t.w = "had"
			}
		case "'s":
			prev := u.word(i - 1)
			switch {
			case next == "been" || next == "got" || isParticiple(next) && !isBase(next) && !adjectival()[next] && (subjects[prev] || prev == "what"):
				t.w = "has"
			case subjects[prev] || prev == "what" || prev == "where" || prev == "how" || prev == "when" || prev == "here":
				t.w = "is"
			case next == "to" && planNouns[prev], weekdays[prev] > 0 && (possess[next] || articles[next]), next == "going" || next == "not" || next == "a" || next == "the" || isGerund(next) || feelingWord(next) || adverbs[next] && next != "first":
				t.w = "is"
			}
		case "its": // "its my fault"
			if u.raw && afterIts[next] {
				t.w = "it"
				u.insert(i+1, token{w: "is", start: t.start, end: t.end})
			}
		case "ill", "id": // unpunctuated speech: "yes ill ring her"
			if u.raw && t.w == "id" && next == "better" {
				t.w = "i"
				u.insert(i+1, token{w: "had", start: t.start, end: t.end})
				break
			}
			if u.raw && (isBase(next) || adverbs[next] && isBase(after)) {
				full := map[string]string{"ill": "will", "id": "would"}[t.w]
				t.w = "i"
				u.insert(i+1, token{w: full, start: t.start, end: t.end})
			}
		}
	}
}

// afterIts never follows a possessive.
var afterIts = set("my his her your our their not all so just too quite very like because")

func (u *utterance) insert(i int, t token) {
	u.toks = append(u.toks, token{})
	copy(u.toks[i+1:], u.toks[i:])
	u.toks[i] = t
}

// word is the word at i, or empty.
func (u *utterance) word(i int) string {
	if i < 0 || i >= len(u.toks) {
		return ""
	}
	return u.toks[i].w
}

func (u *utterance) splitSentences() {
	from := 0
	end := func(to int, q bool) {
		if to > from {
			u.sentences = append(u.sentences, sentence{from, to, q})
		}
		from = to
	}
	for i, t := range u.toks {
		if t.kind != mark {
			continue
		}
		switch t.w {
		case ".", "!", "?", ";":
			end(i+1, t.w == "?")
		}
	}
	end(len(u.toks), false)
}

// joins begin a new clause when a subject follows; alone they do not.
var (
	joins  = set("and but so because although though while whereas unless until then or cause plus yet")
	whens  = set("if when whenever since before after as once that where which who")
	breaks = set(", — : ( ) \"")
)

// splitClauses numbers the clauses of the segment.
func (u *utterance) splitClauses() {
	n := 0
	for _, s := range u.sentences {
		n++
		for i := s.from; i < s.to; i++ {
			t := &u.toks[i]
			switch {
			case breaks[t.w] || t.w == "-":
				n++
			case i > s.from && t.w == "but":
				n++
			case i > s.from && joins[t.w] && u.beginsClause(i+1):
				n++
			case i > s.from && whens[t.w] && t.w != "that" && u.beginsClause(i+1):
				n++
			case u.raw && i > s.from && (t.w == "i" || t.w == "he" || t.w == "she" || t.w == "we" || t.w == "they" || t.w == "nobody" || t.w == "everyone" || t.w == "everybody") && !joins[u.word(i-1)] && !whens[u.word(i-1)] && (isFinite(u.word(i+1)) || adverbs[u.word(i+1)] && isFinite(u.word(i+2))):
				n++
			case u.raw && i > s.from && (t.w == "it" || t.w == "that") && rawVerbs[u.word(i+1)] && !joins[u.word(i-1)] && !whens[u.word(i-1)]:
				n++ // "i'm not selling it makes me so angry"
			}
			t.clause = n
		}
	}
}

var rawVerbs = set("makes made is was feels felt gets got hurts does did left leaves brings brought")

// beginsClause: a subject, or a determiner with a verb soon after it.
func (u *utterance) beginsClause(i int) bool {
	for u.word(i) != "" && (adverbs[u.word(i)] || fillers[u.word(i)]) {
		i++
	}
	w := u.word(i)
	if subjects[w] || w == "not" || w == "what" || w == "let" {
		return true
	}
	if possess[w] || articles[w] {
		for j := i + 1; j <= i+4; j++ {
			if isFinite(u.word(j)) {
				return true
			}
		}
	}
	return isFinite(u.word(i)) && w != "have" || i < len(u.toks) && u.toks[i].capital && isFinite(u.word(i+1))
}

// markQuotes finds spoken quotations: "…" and what stands between them. A
// quotation belongs to whoever is said to have said it.
func (u *utterance) markQuotes() {
	open := -1
	for i, t := range u.toks {
		if t.w != `"` {
			continue
		}
		if open < 0 {
			open = i
			continue
		}
		v := othersWords
		if u.selfSpeaks(open) {
			v = selfQuoted
		}
		for k := open + 1; k < i; k++ {
			u.toks[k].voice = v
		}
		open = -1
	}
}

// selfSpeaks looks left of a quotation for "I said", "I keep saying it".
func (u *utterance) selfSpeaks(open int) bool {
	for k := open - 1; k >= max(0, open-9); k-- {
		w := u.word(k)
		if w == "." || w == "?" || w == "!" {
			return false
		}
		if sayVerbs[w] {
			for j := k - 1; j >= max(0, k-4); j-- {
				if u.word(j) == "i" || u.word(j) == "we" {
					return true
				}
				if persons[u.word(j)] || u.word(j) == "it" {
					return false
				}
			}
		}
	}
	return false
}

var (
	sayVerbs  = set("say says said saying go goes going went ask asks asked tell tells told telling think thinks thought thinking reckon reckons believe believes claim claims like scream screamed shout shouted shouts yell yelled yells whisper whispered text texted texts wrote writes answer answered reply replied call calls called")
	viewVerbs = set("say says said saying think thinks thought reckon reckons reckoned believe believes believed claim claims claimed assume assumes assumed tell tells told telling promise promises promised ask asks asked insist insists insisted feel feels reckon expect expects expected want wants wanted know knows knew")
	tellVerbs = set("say says said go goes went ask asks asked tell tells told shout shouts shouted text texts texted")
)

// markReports finds reported speech and others' views: "she says I'm lazy",
// "my boss goes, I want it now", "everyone thinks I'm happy".
func (u *utterance) markReports() {
	for _, s := range u.sentences {
		for i := s.from; i < s.to; i++ {
			v, skip := u.report(i, s)
			if skip == 0 {
				continue
			}
			stop := u.reportEnd(i+skip, s)
			for k := i + skip; k < stop; k++ {
				if u.toks[k].voice == own {
					u.toks[k].voice = v
				}
			}
		}
	}
}

// report: does a reporting verb at i open somebody's words? It returns whose
// they are and how many tokens to skip.
func (u *utterance) report(i int, s sentence) (voice, int) {
	w := u.word(i)
	if !viewVerbs[w] && !tellVerbs[w] && w != "like" {
		return own, 0
	}
	subj := u.subjectBefore(i, s)
	if subj == "" || subj == "you" {
		return own, 0
	}
	j := i + 1
	for j < s.to && (u.word(j) == "me" || u.word(j) == "him" || u.word(j) == "her" || u.word(j) == "them" || u.word(j) == "us" || u.word(j) == "myself" || u.word(j) == "to" && u.word(j+1) == "me") {
		j++
		if u.word(j-1) == "to" {
			j++
		}
	}
	self := subj == "i" || subj == "we"
	comma := u.word(j) == ","
	switch {
	case comma && (tellVerbs[w] || w == "like" && u.isBe(i-1)):
		if self {
			return selfQuoted, j + 1 - i
		}
		return othersWords, j + 1 - i
	case self || !viewVerbs[w]:
		return own, 0
	case w == "want" || w == "wants" || w == "wanted" || w == "expect" || w == "expects" || w == "expected" || w == "tell" || w == "tells" || w == "told" || w == "ask" || w == "asks" || w == "asked":
		return othersWords, j - i
	case u.word(j) == "it" && subjects[u.word(j+1)]:
		return own, 0 // "when she said it I was sad"
	case u.word(j) == "that" || subjects[u.word(j)] || possess[u.word(j)] || articles[u.word(j)]:
		return othersWords, j - i
	}
	return own, 0
}

func (u *utterance) isBe(i int) bool {
	switch u.word(i) {
	case "am", "is", "are", "was", "were", "'s", "be":
		return true
	}
	return false
}

// subjectBefore finds the subject of the verb at i: a pronoun, or "3" for a
// noun. Empty if the verb has none near.
func (u *utterance) subjectBefore(i int, s sentence) string {
	for k := i - 1; k >= max(s.from, i-6); k-- {
		w := u.word(k)
		switch {
		case persons[w] || w == "it":
			return w
		case w == "me": // "it makes me want to cry"
			return "i"
		case w == "," || w == "to" || w == "—" || w == ":" || w == "that" || w == "this":
			return ""
		case u.isBe(k) || adverbs[w] || modals[w] || w == "not" || w == "keep" || w == "keeps" || w == "kept" || w == "have" || w == "has" || w == "had" || w == "do" || w == "does" || w == "did" || u.toks[k].filler:
			continue
		default:
			return "3"
		}
	}
	return ""
}

// reportEnd: others' words run to the end of the sentence, or to a contrast
// that comes back to the speaker (", but I …", ", and I …").
func (u *utterance) reportEnd(i int, s sentence) int {
	for k := i + 1; k < s.to; k++ {
		w := u.word(k)
		if w != "but" && w != "and" && w != "so" && w != "which" {
			continue
		}
		next := u.word(k + 1)
		if w == "but" || w == "which" || u.word(k-1) == "," && (next == "i" || next == "we") {
			return k
		}
	}
	return s.to
}
