package days

import (
	"context"
	"errors"
	"sync"

	"github.com/afterword/afterword/models"
)

// texts is what was said.
type texts interface {
	Texts(ctx context.Context, id models.SessionID) ([]models.Segment, error)
	// Stamps has a stamp for each session. It is another one once anything of
	// its words or items was changed, destroyed or added.
	Stamps(ctx context.Context) (map[models.SessionID]string, error)
}

// Finder searches again and again, in an index that it keeps in memory between
// searches and mends where something was changed since. Nothing of what was
// destroyed is ever found: what is there is looked up before each search. Its
// methods are safe for concurrent use.
type Finder struct {
	book  *Book
	texts texts
	state func() string

	mu    sync.Mutex
	seen  string // state at which the index is whole
	index *Index
	parts map[models.SessionID]stampedPart
	items *part // of all sessions
}

type stampedPart struct {
	stamp string
	*part
}

// Finder makes a finder that reads words from t. state is another text whenever
// anything at all was written; nil looks at everything before each search.
func (b *Book) Finder(t texts, state func() string) *Finder {
	return &Finder{book: b, texts: t, state: state}
}

// Search finds as Index.Search does, in all that there is now. The first one
// after a Forget reads everything, if Build has not; a search meanwhile waits.
func (f *Finder) Search(ctx context.Context, q Query) (hits []Hit, more int, err error) {
	x, err := f.fresh(ctx)
	if err != nil {
		return nil, 0, err
	}
	return x.Search(ctx, q)
}

// Build reads what the next search needs, so that it need not wait for it.
func (f *Finder) Build(ctx context.Context) error {
	_, err := f.fresh(ctx)
	return err
}

// Forget lets the index go: the store was locked.
func (f *Finder) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.index, f.parts, f.items, f.seen = nil, nil, nil, ""
}

// fresh is an index of all that there is. Only sessions that are other ones
// than before are opened.
func (f *Finder) fresh(ctx context.Context) (*Index, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := ""
	if f.state != nil {
		if now = f.state(); f.index != nil && now == f.seen {
			return f.index, nil
		}
	}
	sessions, err := f.book.past.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	words, same, err := f.words(ctx, sessions)
	if err != nil {
		return nil, err
	}
	items := f.items
	if !same || items == nil {
		if items, err = f.book.found(ctx, sessions); err != nil {
			return nil, err
		}
	}
	written, err := f.book.written(ctx)
	if err != nil {
		return nil, err
	}
	x := &Index{}
	for _, s := range sessions {
		x.parts = append(x.parts, words[s.ID].part)
	}
	x.parts = append(x.parts, items, written)
	f.index, f.parts, f.items, f.seen = x, words, items, now
	return x, nil
}

// words are the parts of the sessions, and whether all are as they were.
func (f *Finder) words(ctx context.Context, sessions []models.Session) (parts map[models.SessionID]stampedPart, same bool, err error) {
	stamps, err := f.texts.Stamps(ctx)
	if err != nil {
		return nil, false, err
	}
	fresh, errs := make([]*part, len(sessions)), make([]error, len(sessions))
	parts, same = map[models.SessionID]stampedPart{}, len(sessions) == len(f.parts)
	var running sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, s := range sessions {
		stamp := string(s.Date) + " " + stamps[s.ID]
		if old, ok := f.parts[s.ID]; ok && old.stamp == stamp {
			parts[s.ID] = old
			continue
		}
		same = false
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			fresh[i], errs[i] = said(ctx, f.texts, s)
		})
	}
	running.Wait()
	for i, s := range sessions {
		if fresh[i] != nil {
			parts[s.ID] = stampedPart{string(s.Date) + " " + stamps[s.ID], fresh[i]}
		}
	}
	return parts, same, errors.Join(errs...)
}

// SearchKinds are the kinds of hits: words first, then items, then what the
// client wrote.
func SearchKinds() []string {
	kinds := []string{Words}
	for _, k := range models.Kinds {
		kinds = append(kinds, string(k))
	}
	for _, k := range []models.EntryKind{models.EntryNote, models.EntryJournal, models.EntryReflection, models.EntryPlan, models.EntryOutcome, models.EntryTopic} {
		kinds = append(kinds, string(k))
	}
	return kinds
}
