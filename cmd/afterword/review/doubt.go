package review

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/afterword/afterword/models"
)

// What can be done about one word that was hard to hear: hear it, take another
// one that the engine heard too, or type what was said.

// wordView is such a word in its sentence.
type wordView struct {
	Session       models.SessionID
	Spot          string
	Number, Seq   int
	Before, After string // the rest of the sentence
	Word          string // without punctuation
	Others        []string
	Was           string // names the text as it was read
	StartMS       int64
	EndMS         int64
	Part          bool // a script puts it beside the word
}

// From and To are its place in seconds, with a little sound around it.
func (v wordView) From() string { return strconv.FormatFloat(float64(v.StartMS)/1000, 'f', 3, 64) }
func (v wordView) To() string   { return strconv.FormatFloat(float64(v.EndMS)/1000, 'f', 3, 64) }

// aroundWord is how much sound is played before and after a word. Unit: ms.
const aroundWord = 300

// findWord finds the segment and the number of the word in it.
func (p *Page) findWord(r *http.Request) (models.Segment, int, error) {
	g, err := p.findSegment(r)
	if err != nil {
		return g, 0, err
	}
	n, err := strconv.Atoi(r.PathValue("word"))
	if fields := strings.Fields(g.Text); err != nil || n < 0 || n >= len(g.Words) || len(fields) != len(g.Words) {
		return g, 0, models.Errorf(models.NotFound, "the passage has no such word any more")
	}
	return g, n, nil
}

func (p *Page) word(r *http.Request) (answer, error) {
	g, n, err := p.findWord(r)
	if err != nil {
		return answer{}, err
	}
	fields, w := strings.Fields(isolate(g.Text)), g.Words[n]
	if len(fields) != len(g.Words) {
		return answer{}, models.Errorf(models.NotFound, "the passage has no such word any more")
	}
	_, core, _ := peel(fields[n])
	v := wordView{
		Session: g.Session, Spot: spotName(g.Spot()), Number: n, Seq: g.Seq, Was: textVersion(g.Text), Part: isPart(r),
		Before: strings.Join(fields[:n], " "), Word: core, After: strings.Join(fields[n+1:], " "),
		StartMS: max(0, w.Span.Start.Milliseconds()-aroundWord), EndMS: w.Span.End.Milliseconds() + aroundWord,
	}
	for _, o := range w.Alternatives {
		v.Others = append(v.Others, isolate(o))
	}
	return answer{name: "word", title: text("word.title"), data: v}, nil
}

// saveWord puts another word into the text, if it still says what was shown.
func (p *Page) saveWord(r *http.Request) (answer, error) {
	g, n, err := p.findWord(r)
	if err != nil {
		return answer{}, err
	}
	to := field(r, "to")
	if typed := field(r, "typed"); to == "" {
		to = strings.Join(strings.Fields(typed), " ")
	}
	if to == "" || len(to) > 200 {
		return answer{}, models.WithHint(models.Errorf(models.Invalid, "correct word: it has no letters, or very many"), "%s", text("correct.empty"))
	}
	return p.saveWords(r, g, replaceWord(g.Text, n, to))
}

// replaceWord puts a word in the place of the one with number n. Punctuation
// around that stays, unless the new one brings its own.
func replaceWord(said string, n int, to string) string {
	at := 0
	for _, f := range strings.Fields(said)[:n] {
		at += strings.Index(said[at:], f) + len(f)
	}
	old := strings.Fields(said)[n]
	at += strings.Index(said[at:], old)
	before, _, after := peel(old)
	if _, _, own := peel(to); own != "" {
		after = ""
	}
	return said[:at] + before + to + after + said[at+len(old):]
}

// peel takes the punctuation off both ends of a word.
func peel(word string) (before, core, after string) {
	mark := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }
	core = strings.TrimLeftFunc(word, mark)
	before = word[:len(word)-len(core)]
	core = strings.TrimRightFunc(core, mark)
	return before, core, word[len(before)+len(core):]
}
