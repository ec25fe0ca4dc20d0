package days

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/afterword/afterword/models"
)

// shelf is sessions in memory, as a finder reads them. It counts how often one
// is opened.
type shelf struct {
	mu       sync.Mutex
	sessions []models.Session
	said     map[models.SessionID]string
	opened   map[models.SessionID]int
}

func (s *shelf) Sessions(context.Context) ([]models.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]models.Session{}, s.sessions...), nil
}

func (s *shelf) Items(context.Context, models.Date, ...models.Kind) ([]models.Item, error) {
	return nil, nil
}

func (s *shelf) FindItem(context.Context, models.ItemID) (models.Item, error) {
	return models.Item{}, models.Errorf(models.NotFound, "there is none")
}
func (s *shelf) Finish(context.Context, models.ItemID, bool) error { return nil }

func (s *shelf) Entries(context.Context, models.EntryFilter) ([]models.Entry, error) { return nil, nil }

func (s *shelf) SaveEntry(_ context.Context, e models.Entry) (models.Entry, error)   { return e, nil }
func (s *shelf) ForgetEntry(context.Context, models.EntryKind, models.EntryID) error { return nil }

func (s *shelf) Texts(_ context.Context, id models.SessionID) ([]models.Segment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened[id]++
	return []models.Segment{{Session: id, Text: s.said[id]}}, nil
}

func (s *shelf) Stamps(context.Context) (map[models.SessionID]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stamps := map[models.SessionID]string{}
	for id, text := range s.said {
		stamps[id] = text
	}
	return stamps, nil
}

// A finder opens what was changed, nothing else, and finds nothing of what is
// gone.
func TestFinderKeepsUp(t *testing.T) {
	s := &shelf{said: map[models.SessionID]string{"a": "one sister", "b": "two sisters"}, opened: map[models.SessionID]int{}}
	s.sessions = []models.Session{{ID: "a", Date: "2026-03-05"}, {ID: "b", Date: "2026-03-12"}}
	state := "1"
	f := New(Config{Entries: s, Past: s}).Finder(s, func() string { return state })
	find := func(want int, opened string) {
		t.Helper()
		hits, _, err := f.Search(t.Context(), Query{Text: "sister"})
		if err != nil || len(hits) != want {
			t.Errorf("%d hits, want %d (%v)", len(hits), want, err)
		}
		if got := fmt.Sprint(s.opened); got != opened {
			t.Errorf("opened %s, want %s", got, opened)
		}
	}
	find(2, "map[a:1 b:1]")
	find(2, "map[a:1 b:1]")
	s.said["a"], state = "one brother", "2"
	find(1, "map[a:2 b:1]")
	s.sessions, state = s.sessions[:1], "3"
	delete(s.said, "b")
	find(0, "map[a:2 b:1]")
	f.Forget()
	find(0, "map[a:3 b:1]")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, _, err := f.Search(t.Context(), Query{Text: "brother"}); err != nil {
				t.Error(err)
			}
			f.Forget()
		})
	}
	all.Wait()
}
