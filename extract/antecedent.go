package extract

import "strings"

// "Try one", "Have a look at it": the thing was named a turn or two before, and
// a wording that leaves it out says nothing the day after.

// pointWords are words that stand for something named before.
var pointWords = set("it one that them those this")

// namedBefore finds the name of what the plan's words only point to: "the worry
// tree". Empty where the plan names something itself, or nothing was named.
func (l *ledger) namedBefore(e *entry) string {
	u := &l.talk[e.words.utterance]
	points := false
	for k := e.words.from; k < min(e.words.to, len(u.toks)); k++ {
		points = points || pointWords[u.word(k)] && k > e.words.from
	}
	content := l.stems(e.words)
	if e.verb >= 0 {
		delete(content, stem(u.word(e.verb)))
	}
	delete(content, "look")
	if !points || len(content) > 0 {
		return ""
	}
	if np := u.lastNamed(e.words.from); np != "" {
		return np
	}
	for i := e.words.utterance - 1; i >= max(0, e.words.utterance-3); i-- {
		b := &l.talk[i]
		if np := b.lastNamed(len(b.toks)); np != "" {
			return np
		}
	}
	return ""
}

// lastNamed is the last thing to be done, used or gone to that is named before
// token to.
func (u *utterance) lastNamed(to int) string {
	for n := len(u.sentences) - 1; n >= 0; n-- {
		s := u.sentences[n]
		s.to = min(s.to, to)
		for k := s.to - 1; k >= s.from; k-- {
			w := u.word(k)
			if u.toks[k].voice == othersWords || !inResources(u, s, k) {
				continue
			}
			from, end := k, k+1
			for from > s.from && k-from < 3 && nominal(u, from-1) {
				from--
			}
			if u.word(end) == "called" || u.word(end) == "for" || u.word(end) == "about" {
				for end < s.to && end-k < 4 && u.toks[end].kind == lexical {
					end++
				}
			}
			if from > s.from && (articles[u.word(from-1)] || possess[u.word(from-1)]) {
				from--
			}
			if w != "" && end > from {
				return strings.ToLower(u.slice(from, end))
			}
		}
	}
	return ""
}

func inResources(u *utterance, s sentence, k int) bool {
	one := sentence{k, k + 1, false}
	return k < s.to && (resources.has(u, one) || homeworkNouns.has(u, one) || toolNouns[u.word(k)])
}

var toolNouns = set("podcasts apps books groups classes exercises techniques trees tree sheet sheets leaflets videos walk walks diary log record timer jigsaw bath pool")

// nominal: the word can stand before a noun as part of its name.
func nominal(u *utterance, k int) bool {
	w := u.word(k)
	return u.toks[k].kind == lexical && !articles[w] && !possess[w] && !subjects[w] && !stopWords[w] && !adverbs[w] && !u.isBe(k) && !modals[w] && !hasForm(w, past|third)
}
