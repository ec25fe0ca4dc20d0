package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// maxWords bounds the wording of an action.
const maxWords = 16

// wording says a plan shortly and plainly, to the client: "Write a thought
// record each evening", "Call your sister on Friday".
func (l *ledger) wording(e *entry) string {
	u := &l.talk[e.words.utterance]
	from, to := e.words.from, min(e.words.to, len(u.toks))
	if from >= to {
		if len(e.proofs) == 0 {
			return ""
		}
		p := e.proofs[len(e.proofs)-1]
		u, from, to = &l.talk[p.utterance], p.from, p.to
	}
	if a := e.answers; a.to > a.from { // of its own it says little: “When is good?” – “Tomorrow, after tea.”
		return l.talk[e.words.utterance-1].asSpoken(a) + " – " + u.asSpoken(sentence{from, to, false})
	}
	toYou := u.client && e.owner == "client" || !u.client && e.owner == "therapist"
	text := u.reword(from, to, e.verb, toYou)
	if np := l.namedBefore(e); np != "" && text != "" {
		text += " (" + np + ")"
	}
	if e.there {
		text = "Try " + lowerFirst(text)
	}
	if e.not && text != "" {
		text = "Do not " + lowerFirst(text)
	}
	if e.status == models.ByTherapist && e.owner == "therapist" {
		text = "Your therapist: " + lowerFirst(text)
	}
	return text
}

// asSpoken is a sentence in its own words, at most maxWords of them.
func (u *utterance) asSpoken(s sentence) string {
	words := strings.Fields(strings.Trim(u.slice(s.from, s.to), `" `))
	if len(words) > maxWords {
		words = append(words[:maxWords:maxWords], "…")
	}
	return "“" + strings.Join(words, " ") + "”"
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

var toSecond = map[string]string{"i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are", "we": "you", "our": "your", "us": "you", "ourselves": "yourselves"}

// reword copies tokens with the verb in its base form and, where the client
// speaks of themselves, the person turned.
func (u *utterance) reword(from, to, verb int, turn bool) string {
	var b strings.Builder
	words := 0
	for i := from; i < to; i++ {
		t := u.toks[i]
		if t.filler || t.kind == mark && t.w != "," && t.w != "'" && t.w != "-" && t.w != "%" {
			if t.w == "." || t.w == "?" || t.w == "!" {
				break
			}
			continue
		}
		if words >= maxWords {
			break
		}
		w := u.text[t.start:t.end]
		if i > 0 && u.toks[i-1].start == t.start { // the second half of a contraction
			w = t.w
		} else if i+1 < len(u.toks) && u.toks[i+1].start == t.start {
			w = t.w
		}
		switch {
		case i == verb:
			if isBase(t.w) {
				w = t.w // "lay" is no past of "lie" here
			} else if v := lemma(t.w, base|gerund|past); v != "" {
				w = v
			}
		case turn && toSecond[t.w] != "":
			w = toSecond[t.w]
		}
		if t.kind == mark {
			if said := b.String(); w != "," || said != "" && !strings.HasSuffix(said, ",") { // fillers stood between two
				b.WriteString(w)
			}
			continue
		}
		if b.Len() > 0 && w != "'s" {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		words++
	}
	s := strings.Trim(strings.TrimSpace(b.String()), ",-' ")
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// places where plans are carried out.
var whereWords = list(`
at|in|on|by|from|outside @det? home|work|school|desk|office|library|gym|pool|park|car|kitchen|bathroom|bedroom|garden|church|café|cafe|shop|supermarket|hospital|clinic|bus|train|van|beach|pub|class|lecture|restaurant|diner|porch|sofa|laundromat|hall|centre|center|bath|shower|shed|allotment|junction|playground|river|reservoir|house|flat|street
at @poss @any house|place|flat|grave
in bed
outside|outdoors
`)

// place finds where a plan is to be carried out.
func (l *ledger) place(e *entry) string {
	for _, p := range e.proofs {
		u := &l.talk[p.utterance]
		for _, s := range u.sentences {
			if s.to <= p.from || s.from >= p.to {
				continue
			}
			for i := max(s.from, p.from); i < min(s.to, p.to); i++ {
				if f, ok := whereWords.at(u, s, i); ok && u.toks[i].voice == own {
					return strings.ToLower(u.slice(f.from, f.to))
				}
			}
		}
	}
	return ""
}

// skillOf names the technique that an action practises.
func (l *ledger) skillOf(e *entry) string {
	for _, p := range e.proofs {
		u := &l.talk[p.utterance]
		s := sentence{p.from, p.to, false}
		for i := p.from; i < p.to; i++ {
			if f, ok := skills.at(u, s, i); ok {
				return f.value
			}
		}
	}
	return ""
}

var skills = table(map[string]string{
	"breathing":                    "breathing",
	"box breathing":                "box breathing",
	"paced breathing":              "paced breathing",
	"slow breathing":               "slow breathing",
	"slow breaths":                 "slow breathing",
	"grounding":                    "grounding",
	"five senses|things":           "five senses grounding",
	"thought record|records":       "thought record",
	"thought diary":                "thought record",
	"diary card":                   "diary card",
	"sleep diary":                  "sleep diary",
	"food diary":                   "food diary",
	"panic diary":                  "panic diary",
	"mood tracker|log":             "mood log",
	"activity log":                 "activity log",
	"worry time|slot":              "worry time",
	"body scan":                    "body scan",
	"safe place":                   "safe place",
	"meditate|meditation":          "meditation",
	"mindfulness|mindful":          "mindfulness",
	"journal|journaling":           "journaling",
	"journalling":                  "journaling",
	"urge surfing|surf":            "urge surfing",
	"dear man":                     "DEAR MAN",
	"tipp":                         "TIPP",
	"chain analysis":               "chain analysis",
	"opposite action":              "opposite action",
	"progressive muscle":           "muscle relaxation",
	"having the thought":           "defusion",
	"values cards|card":            "values cards",
	"gratitude list":               "gratitude list",
	"three good things":            "gratitude list",
	"exposure":                     "exposure",
	"hierarchy":                    "exposure",
	"chair exercise|work|spinning": "chair exercise",
	"letter":                       "letter writing",
	"ice":                          "cold",
	"pacing":                       "pacing",
	"timer":                        "timer",
	"stop skill":                   "STOP",
	"time-out|timeout":             "time-out",
	"time out":                     "time-out",
})
