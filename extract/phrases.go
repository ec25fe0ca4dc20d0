package extract

import (
	"cmp"
	_ "embed"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// Key phrases are the session's own: what the client came back to, in their
// words. They need no trained part and no list of what sessions are about, so
// that a language which the rules cannot read has them too.
//
// Words weigh how often they come back, over how much of the session, and how
// rare they are in other sessions, where that is known. Each of the weightiest
// is shown with its neighbours: the run of words around it that has no common
// one in it, as in RAKE (Rose et al., 2010), and that was said most often.

const (
	mostPhrases = 8
	mostWords   = 3 // of a phrase
	mostPlaces  = 3 // of a phrase that are shown
)

//go:embed common_en.txt
var commonText string

// commonWords are words that make no phrase: of English the list beside this file,
// of other languages what tells them apart.
func commonWords(lang string) map[string]bool {
	if lang == "en" {
		return set(commonText)
	}
	return stopLists[lang]
}

// spoken is one word of the client's, in its place.
type spoken struct {
	key      string // its stem in lower case
	from, to int    // in the text of its segment
}

// keyword is a word with the places where it was said.
type keyword struct {
	key    string
	places []wordPlace // in order
	weight float64
}

// wordPlace is where a word stands: in a run of words of a segment, whose index
// that is.
type wordPlace struct {
	segment, at int
	run         []spoken
}

// Phrases are up to eight turns of words that came back in what the client
// said, the weightiest first; none where nothing did. Each stands word for word
// in t, which has nothing that is held back. Scripts without spaces between
// words have none.
func Phrases(t models.Transcript) []models.Phrase {
	lang := language(t)
	found := map[string]*keyword{}
	known := slices.ContainsFunc(t.Segments, func(s models.Segment) bool { return s.Speaker == models.Client })
	heard := 0
	for i, s := range t.Segments {
		// The client's, or everybody's where nobody knows who is who.
		if s.Speaker != models.Client && (known || s.Speaker == models.Therapist) {
			continue
		}
		heard++
		for _, run := range wordRuns(s.Text, lang) {
			for at, w := range run {
				if found[w.key] == nil {
					found[w.key] = &keyword{key: w.key}
				}
				found[w.key].places = append(found[w.key].places, wordPlace{i, at, run})
			}
		}
	}
	var all []*keyword
	for _, k := range found {
		reach := k.weigh()
		// A word of every fourth segment is common, whatever the language.
		if reach > 1 && (heard < 12 || lang == "en" || reach <= heard/4) {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b *keyword) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.key, b.key)) })
	var out []models.Phrase
	used := map[string]bool{}
	for _, k := range all {
		if used[k.key] {
			continue
		}
		p, keys := k.phrase(t, lang)
		for _, key := range keys {
			used[key] = true
		}
		if out = append(out, p); len(out) == mostPhrases {
			break
		}
	}
	return out
}

// weigh says in how many segments the word was said.
func (k *keyword) weigh() (reach int) {
	reach = 1
	for i := 1; i < len(k.places); i++ {
		if k.places[i].segment != k.places[i-1].segment {
			reach++
		}
	}
	k.weight = math.Log(1+float64(len(k.places))) * (1 + math.Log(float64(reach))) * (0.4 + 0.6*rarities().rare(k.key))
	return reach
}

// phrase is the word with its neighbours: the longest run that was said again;
// else the longest that was said, in English, whose common words are known well
// enough; else the word alone. keys are its words.
func (k *keyword) phrase(t models.Transcript, lang string) (p models.Phrase, keys []string) {
	times := map[string]int{}
	var best wordPlace
	var span [2]int
	score := 0
	for _, pl := range k.places {
		for from := max(0, pl.at-mostWords+1); from <= pl.at; from++ {
			for to := pl.at + 1; to <= min(len(pl.run), from+mostWords); to++ {
				keys := keysOf(pl.run[from:to])
				times[keys]++
				if s := 10*min(times[keys], 2) + to - from; to-from > 1 && s > score && (s > 20 || lang == "en") {
					best, span, score = pl, [2]int{from, to}, s
				}
			}
		}
	}
	if score == 0 {
		best = k.places[0]
		for _, pl := range k.places { // in the middle of a sentence, if it was said there
			if r, _ := utf8.DecodeRuneInString(t.Segments[pl.segment].Text[pl.run[pl.at].from:]); unicode.IsLower(r) {
				best = pl
				break
			}
		}
		span = [2]int{best.at, best.at + 1}
	}
	chosen := best.run[span[0]:span[1]]
	for _, w := range chosen {
		keys = append(keys, w.key)
	}
	p.Text = t.Segments[best.segment].Text[chosen[0].from:chosen[len(chosen)-1].to]
	p.Evidence = append(p.Evidence, quoteOfWords(t.Segments[best.segment], chosen))
	for _, pl := range k.places {
		if len(p.Evidence) == mostPlaces {
			break
		}
		if seq := t.Segments[pl.segment].Seq; !slices.ContainsFunc(p.Evidence, func(e models.Evidence) bool { return e.Segment == seq }) {
			p.Evidence = append(p.Evidence, quoteOfWords(t.Segments[pl.segment], pl.run[pl.at:pl.at+1]))
		}
	}
	return p, keys
}

func keysOf(words []spoken) string {
	keys := make([]string, len(words))
	for i, w := range words {
		keys[i] = w.key
	}
	return strings.Join(keys, " ")
}

func quoteOfWords(s models.Segment, words []spoken) models.Evidence {
	from, to := words[0].from, words[len(words)-1].to
	e := models.Evidence{Segment: s.Seq, Span: s.Span, Quote: s.Text[from:to]}
	if n := Narrow(s, from, to); n != (models.Span{}) {
		e.Span = n
	}
	return e
}

// wordRuns are the words of a text that follow one another with nothing but a space
// between them and none of which is common.
func wordRuns(text, lang string) [][]spoken {
	stop := commonWords(lang)
	var out [][]spoken
	var run []spoken
	end := func() {
		if len(run) > 0 {
			out = append(out, run)
		}
		run = nil
	}
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		if !letter(r) {
			if r != ' ' {
				end()
			}
			at += n
			continue
		}
		from := at
		for at < len(text) {
			r, n := utf8.DecodeRuneInString(text[at:])
			inside := r == '\'' || r == '’' || r == '-'
			if next, _ := utf8.DecodeRuneInString(text[min(at+n, len(text)):]); !letter(r) && (!inside || !letter(next)) {
				break
			}
			at += n
		}
		word := text[from:at]
		low := strings.ReplaceAll(strings.ToLower(word), "’", "'")
		key := strings.TrimSuffix(low, "'s")
		if utf8.RuneCountInString(key) < 3 || stop[low] || stop[key] || unspaced(word) || lang == "en" && slurred(key) {
			end()
			continue
		}
		to := from + len(word) - (len(low) - len(key)) // without 's
		if strings.HasSuffix(word, "’s") {
			to = from + len(word) - len("’s")
		}
		if lang == "en" {
			key = stem(key)
		}
		run = append(run, spoken{key, from, to})
		if to < at {
			end()
		}
	}
	end()
	return out
}

// slurred reports whether an English word is a form of speech or of a verb, not
// the name of anything.
func slurred(w string) bool {
	return expansions[w] != "" || hasForm(w, gerund|past|participle) && !isBase(w)
}

// unspaced reports whether a word is of a script that does not part words.
func unspaced(w string) bool {
	return strings.IndexFunc(w, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) }) >= 0
}
