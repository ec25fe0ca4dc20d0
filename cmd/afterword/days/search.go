package days

import (
	"bytes"
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// Words is the kind of a hit in what was said; other hits have the kind of
// their item or entry.
const Words = "words"

// Hit is one place where everything that was asked for stands.
type Hit struct {
	Kind    string           `json:"kind"`
	ID      string           `json:"id,omitempty"` // of the item or entry
	Session models.SessionID `json:"session,omitempty"`
	Day     models.Date      `json:"day"`
	Segment int              `json:"segment"` // of words, else -1
	Start   time.Duration    `json:"-"`       // of words, within the session
	Speaker models.Speaker   `json:"speaker,omitempty"`
	Text    string           `json:"text"`
}

// Index is everything that can be searched, in memory and nowhere else. It is
// no list of words but the text itself, in one piece for each session and in
// lower case: a processor reads ten years of sessions faster than a person
// notices, and there is nothing to keep in step.
type Index struct {
	parts []*part // one for each session, one of items, one of what was written
}

// part is the texts of one session, or those of items and entries. It holds
// few pointers, so that ten years of it cost the garbage collector nothing.
type part struct {
	common Hit   // of words: what all of them share
	own    []Hit // of items and entries: each its own, without the text
	places []place
	who    []models.Speaker
	text   []byte  // as it was said
	folded []byte  // each text ends with a line break, which no text holds
	textAt []int32 // where each text begins, and where the last ends
	foldAt []int32
}

// place is where a segment is.
type place struct {
	segment, start int32 // start in ms
	who            uint8 // index into part.who
}

// atOnce is how many sessions are opened side by side.
const atOnce = 4

func said(ctx context.Context, t texts, s models.Session) (*part, error) {
	p := &part{common: Hit{Kind: Words, Session: s.ID, Day: s.Date}}
	segments, err := t.Texts(ctx, s.ID)
	for _, g := range segments {
		if g.HeldBack() {
			continue
		}
		who := slices.Index(p.who, g.Speaker)
		if who < 0 && len(p.who) < 255 {
			who = len(p.who)
			p.who = append(p.who, g.Speaker)
		}
		p.places = append(p.places, place{int32(g.Seq), int32(g.Span.Start.Milliseconds()), uint8(max(who, 0))})
		p.add(g.Text)
	}
	return p, err
}

// found is what items say, the newest first.
func (b *Book) found(ctx context.Context, sessions []models.Session) (*part, error) {
	items, err := b.past.Items(ctx, "")
	if err != nil {
		return nil, err
	}
	date := map[models.SessionID]models.Date{}
	for _, s := range sessions {
		date[s.ID] = s.Date
	}
	var all []Hit
	for _, it := range items {
		all = append(all, Hit{string(it.Kind), string(it.ID), it.Session, date[it.Session], -1, 0, "", cmp.Or(it.Text, Named(it.Label))})
	}
	return ownPart(all), nil
}

// written is what entries say, the newest first.
func (b *Book) written(ctx context.Context) (*part, error) {
	entries, err := b.Writings(ctx)
	if err != nil {
		return nil, err
	}
	var all []Hit
	for _, w := range entries {
		all = append(all, Hit{string(w.Kind), string(w.ID), w.Session, w.Day, -1, 0, "", w.Text})
	}
	return ownPart(all), nil
}

func ownPart(all []Hit) *part {
	slices.SortStableFunc(all, func(x, y Hit) int { return cmp.Compare(y.Day, x.Day) })
	p := &part{own: []Hit{}}
	for _, h := range all {
		p.add(h.Text)
		h.Text = ""
		p.own = append(p.own, h)
	}
	return p
}

func (p *part) add(text string) {
	if len(p.textAt) == 0 {
		p.textAt, p.foldAt = append(p.textAt, 0), append(p.foldAt, 0)
	}
	p.text = append(p.text, text...)
	p.folded = append(fold(p.folded, text), '\n')
	p.textAt = append(p.textAt, int32(len(p.text)))
	p.foldAt = append(p.foldAt, int32(len(p.folded)))
}

// hit is the text with number i, and what is known of it.
func (p *part) hit(i int) Hit {
	h := p.common
	if p.own != nil {
		h = p.own[i]
	} else {
		at := p.places[i]
		h.Segment, h.Start, h.Speaker = int(at.segment), time.Duration(at.start)*time.Millisecond, p.who[at.who]
	}
	h.Text = string(p.text[p.textAt[i]:p.textAt[i+1]])
	return h
}

// fold appends text in lower case, in one line, with straight apostrophes. In
// most text it changes no lengths.
func fold(to []byte, text string) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case 'A' <= c && c <= 'Z':
				c += 'a' - 'A'
			case c < ' ':
				c = ' '
			}
			to = append(to, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if r == '’' || r == '‘' {
			r = '\''
		}
		to = utf8.AppendRune(to, unicode.ToLower(r))
	}
	return to
}

// Query is what to look for. Empty fields leave all in.
type Query struct {
	Text    string // words, each as the beginning of one; "words in quotes" stand side by side
	Session models.SessionID
	Kind    string
	Since   models.Date
	Limit   int // 0 means 50
}

// terms takes a query apart; what stands in quotes stays together.
func (q Query) terms() [][]byte {
	var out [][]byte
	for i, part := range strings.Split(strings.NewReplacer("“", `"`, "”", `"`).Replace(q.Text), `"`) {
		words := strings.Fields(part)
		if i%2 == 1 {
			words = []string{strings.Join(words, " ")}
		}
		for _, w := range words {
			if f := fold(nil, w); len(f) > 0 {
				out = append(out, f)
			}
		}
	}
	// The longest is likely the rarest.
	slices.SortStableFunc(out, func(x, y []byte) int { return cmp.Compare(len(y), len(x)) })
	return out
}

// Search finds the texts that hold every word of the query, the newest first,
// and how many there are beyond the limit. An Invalid error for an empty query.
func (x *Index) Search(ctx context.Context, q Query) (hits []Hit, more int, err error) {
	terms := q.terms()
	if len(terms) == 0 {
		return nil, 0, models.Errorf(models.Invalid, "search: there is nothing to look for")
	}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	found := make([][]spot, len(x.parts))
	counts := make([]int, len(x.parts))
	var next atomic.Int64
	var running sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		running.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(x.parts) && ctx.Err() == nil; i = next.Add(1) - 1 {
				found[i], counts[i] = x.parts[i].search(q, terms)
			}
		})
	}
	running.Wait()
	if ctx.Err() != nil {
		return nil, 0, context.Cause(ctx)
	}
	total := 0
	var spots []spot
	for i := range found {
		spots, total = append(spots, found[i]...), total+counts[i]
	}
	slices.SortStableFunc(spots, func(a, b spot) int { return cmp.Compare(b.day(), a.day()) })
	for _, s := range spots[:min(q.Limit, len(spots))] {
		hits = append(hits, s.hit(s.i))
	}
	return hits, total - len(hits), nil
}

// spot is a hit that nobody has read yet: text i of a part.
type spot struct {
	*part
	i int
}

func (s spot) day() models.Date {
	if s.own != nil {
		return s.own[s.i].Day
	}
	return s.common.Day
}

// search finds the first hits of a part, at most as many as the limit, and
// counts all.
func (p *part) search(q Query, terms [][]byte) (spots []spot, n int) {
	if p.own == nil && !q.takes(p.common) {
		return nil, 0
	}
	i := 0 // the text that at lies in
	for at := 0; at < len(p.folded); {
		found := begins(p.folded[at:], terms[0])
		if found < 0 {
			break
		}
		for at+found >= int(p.foldAt[i+1]) {
			i++
		}
		end := int(p.foldAt[i+1])
		if all(p.folded[p.foldAt[i]:end], terms[1:]) && (p.own == nil || q.takes(p.own[i])) {
			if n++; len(spots) < q.Limit {
				spots = append(spots, spot{p, i})
			}
		}
		at = end
	}
	return spots, n
}

func (q Query) takes(h Hit) bool {
	return (q.Session == "" || h.Session == q.Session) && (q.Kind == "" || h.Kind == q.Kind) && h.Day >= q.Since
}

func all(text []byte, terms [][]byte) bool {
	for _, t := range terms {
		if begins(text, t) < 0 {
			return false
		}
	}
	return true
}

// begins is where a word of text begins with term; -1 if none does.
func begins(text, term []byte) int {
	for at := 0; ; {
		n := bytes.Index(text[at:], term)
		if n < 0 {
			return -1
		}
		if at += n; at == 0 || !letter(text[:at]) {
			return at
		}
		at++
	}
}

// letter reports whether text ends with a letter or a digit.
func letter(text []byte) bool {
	r, _ := utf8.DecodeLastRune(text)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// Excerpt is the part of a text around the first word of a query, at most
// about n characters long.
func (q Query) Excerpt(text string, n int) string {
	text = Clean(text)
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	from := 0
	if terms := q.terms(); len(terms) > 0 {
		folded := fold(nil, text)
		if at := begins(folded, terms[0]); at >= 0 {
			from = max(0, utf8.RuneCount(folded[:at])-n/3)
		}
	}
	from = min(from, len(runes)-n)
	cut := strings.TrimSpace(string(runes[from : from+n]))
	if from > 0 {
		cut = "… " + cut
	}
	if from+n < len(runes) {
		cut += " …"
	}
	return cut
}

// Piece is a part of a text; Mark says that the query asked for it.
type Piece struct {
	Text string
	Mark bool
}

// Marked takes a text apart at the words that the query asks for.
func (q Query) Marked(text string) []Piece {
	folded := fold(nil, text)
	if len(folded) != len(text) { // rare letters change their length: then nothing is marked
		return []Piece{{text, false}}
	}
	terms := q.terms()
	var out []Piece
	for at := 0; at < len(text); {
		next, n := -1, 0
		for _, t := range terms {
			found := begins(folded[at:], t)
			if found >= 0 && at > 0 && found == 0 && letter(folded[:at]) {
				continue
			}
			if found >= 0 && (next < 0 || found < next) {
				next, n = found, len(t)
			}
		}
		if next < 0 {
			return append(out, Piece{text[at:], false})
		}
		if next > 0 {
			out = append(out, Piece{text[at : at+next], false})
		}
		out = append(out, Piece{text[at+next : at+next+n], true})
		at += next + n
	}
	return out
}
