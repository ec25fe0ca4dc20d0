package days

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
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
// no list of words but the text itself, in one piece and in lower case: a
// processor reads ten years of sessions faster than a person notices, and
// there is nothing to keep in step.
type Index struct {
	hits   []Hit
	starts []int  // of each hit's text in folded
	folded []byte // each text ends with a line break, which no text holds
}

// texts is what was said in a session.
type texts interface {
	Texts(ctx context.Context, id models.SessionID) ([]models.Segment, error)
}

// atOnce is how many sessions are opened side by side.
const atOnce = 4

// Index reads everything once: words from t, items and entries.
func (b *Book) Index(ctx context.Context, t texts) (*Index, error) {
	sessions, err := b.past.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	date := map[models.SessionID]models.Date{}
	parts := make([]*Index, len(sessions)+1)
	errs := make([]error, len(sessions))
	var running sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, s := range sessions {
		date[s.ID] = s.Date
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			parts[i], errs[i] = said(ctx, t, s)
		})
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	if parts[len(sessions)], err = b.written(ctx, date); err != nil {
		return nil, err
	}
	return join(parts), nil
}

func said(ctx context.Context, t texts, s models.Session) (*Index, error) {
	part := &Index{}
	segments, err := t.Texts(ctx, s.ID)
	for _, g := range segments {
		if !g.HeldBack() {
			part.add(Hit{Words, "", s.ID, s.Date, g.Seq, g.Span.Start, g.Speaker, g.Text})
		}
	}
	return part, err
}

// written is what items and entries say.
func (b *Book) written(ctx context.Context, date map[models.SessionID]models.Date) (*Index, error) {
	part := &Index{}
	items, err := b.past.Items(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		text := cmp.Or(it.Text, Named(it.Label))
		part.add(Hit{string(it.Kind), string(it.ID), it.Session, date[it.Session], -1, 0, "", text})
	}
	entries, err := b.Writings(ctx)
	for _, w := range entries {
		part.add(Hit{string(w.Kind), string(w.ID), w.Session, w.Day, -1, 0, "", w.Text})
	}
	return part, err
}

func (x *Index) add(h Hit) {
	x.hits = append(x.hits, h)
	x.starts = append(x.starts, len(x.folded))
	x.folded = append(fold(x.folded, h.Text), '\n')
}

func join(parts []*Index) *Index {
	hits, size := 0, 0
	for _, p := range parts {
		hits, size = hits+len(p.hits), size+len(p.folded)
	}
	out := &Index{make([]Hit, 0, hits), make([]int, 0, hits), make([]byte, 0, size)}
	for i, p := range parts {
		out.hits = append(out.hits, p.hits...)
		for _, s := range p.starts {
			out.starts = append(out.starts, s+len(out.folded))
		}
		out.folded = append(out.folded, p.folded...)
		parts[i] = nil
	}
	return out
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
	var found []int
	for at := 0; ; {
		if ctx.Err() != nil {
			return nil, 0, context.Cause(ctx)
		}
		n := begins(x.folded[at:], terms[0])
		if n < 0 {
			break
		}
		i, ok := slices.BinarySearch(x.starts, at+n)
		if !ok {
			i--
		}
		end := len(x.folded)
		if i+1 < len(x.starts) {
			end = x.starts[i+1]
		}
		if q.takes(x.hits[i]) && all(x.folded[x.starts[i]:end], terms[1:]) {
			found = append(found, i)
		}
		at = end
	}
	slices.SortStableFunc(found, func(a, b int) int { return cmp.Compare(x.hits[b].Day, x.hits[a].Day) })
	more = max(0, len(found)-q.Limit)
	for _, i := range found[:len(found)-more] {
		hits = append(hits, x.hits[i])
	}
	return hits, more, nil
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
