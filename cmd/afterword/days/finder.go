package days

import (
	"context"
	"errors"
	"sync"

	"github.com/afterword/afterword/models"
)

// marked is what was said, and marks that tell what of it was changed.
type marked interface {
	texts
	// TextMarks has a mark for each session that has words. It is another one
	// once anything was corrected, destroyed or added in that session.
	TextMarks(ctx context.Context) (map[models.SessionID]string, error)
}

// Finder searches again and again, in an index that it keeps in memory between
// searches and mends where something was changed since. Nothing of what was
// destroyed is ever found: what is there is looked up before each search. Its
// methods are safe for concurrent use.
type Finder struct {
	book  *Book
	texts marked
	state func() string

	mu    sync.Mutex
	seen  string // state at which the index is whole
	index *Index
	parts map[models.SessionID]markedPart
}

type markedPart struct {
	mark string
	*part
}

// Finder makes a finder that reads words from t. state is another text whenever
// anything at all was written; nil looks at everything before each search.
func (b *Book) Finder(t marked, state func() string) *Finder {
	return &Finder{book: b, texts: t, state: state}
}

// Search finds as Index.Search does, in all that there is now.
func (f *Finder) Search(ctx context.Context, q Query) (hits []Hit, more int, err error) {
	x, err := f.fresh(ctx)
	if err != nil {
		return nil, 0, err
	}
	return x.Search(ctx, q)
}

// Forget lets the index go: the store was locked.
func (f *Finder) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.index, f.parts, f.seen = nil, nil, ""
}

// fresh is an index of all that there is. Only sessions whose words are other
// ones than before are opened.
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
	marks, err := f.texts.TextMarks(ctx)
	if err != nil {
		return nil, err
	}
	x := &Index{make([]*part, len(sessions)+1)}
	errs := make([]error, len(sessions))
	date := map[models.SessionID]models.Date{}
	var running sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, s := range sessions {
		date[s.ID] = s.Date
		if old, ok := f.parts[s.ID]; ok && old.mark == marks[s.ID] && old.common.Day == s.Date {
			x.parts[i] = old.part
			continue
		}
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			x.parts[i], errs[i] = said(ctx, f.texts, s)
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if x.parts[len(sessions)], err = f.book.written(ctx, date); err != nil {
		return nil, err
	}
	f.index, f.seen, f.parts = x, now, map[models.SessionID]markedPart{}
	for i, s := range sessions {
		f.parts[s.ID] = markedPart{marks[s.ID], x.parts[i]}
	}
	return x, nil
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
