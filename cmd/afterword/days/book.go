package days

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/afterword/afterword/models"
)

// entries is where the client's own entries are kept.
type entries interface {
	Entries(ctx context.Context, f models.EntryFilter) ([]models.Entry, error)
	SaveEntry(ctx context.Context, e models.Entry) (models.Entry, error)
	ForgetEntry(ctx context.Context, kind models.EntryKind, id models.EntryID) error
}

// past is what the sessions brought.
type past interface {
	Sessions(ctx context.Context) ([]models.Session, error)
	// Items lists what was not rejected in sessions from a day on, the newest
	// first, without looking up the words behind it; of some kinds, or all.
	Items(ctx context.Context, since models.Date, kinds ...models.Kind) ([]models.Item, error)
	FindItem(ctx context.Context, id models.ItemID) (models.Item, error) // with its words
	Finish(ctx context.Context, id models.ItemID, done bool) error
}

// Config is what a book is made of.
type Config struct {
	Entries entries          // required
	Past    past             // required
	Now     func() time.Time // nil means time.Now

	// Destroy destroys the recording of an answer; nil where none can be said.
	Destroy func(ctx context.Context, recording models.SessionID) error
}

// Book is the days between the sessions of one client. Its methods are safe
// for concurrent use; each reads what it needs and keeps nothing in memory.
type Book struct {
	entries entries
	past    past
	now     func() time.Time
	destroy func(ctx context.Context, recording models.SessionID) error
}

// New opens a book.
func New(c Config) *Book {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Book{c.Entries, c.Past, c.Now, c.Destroy}
}

// Today is the civil day of the book's clock.
func (b *Book) Today() models.Date { return models.DateOf(b.now()) }

// noun is a pointer to a struct that has a models.Entry inside.
type noun[T any] interface {
	*T
	Meta() *models.Entry
}

// list reads the entries of a kind that f chooses.
func list[T any, P noun[T]](ctx context.Context, b *Book, f models.EntryFilter) ([]T, error) {
	all, err := b.entries.Entries(ctx, f)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(all))
	for i, e := range all {
		if err := json.Unmarshal(e.Body, P(&out[i])); err != nil {
			return nil, models.Errorf(models.Unusable, "read %s %s: it is damaged", e.Kind, e.ID)
		}
		e.Body = nil
		*P(&out[i]).Meta() = e
	}
	return out, nil
}

// find reads the one entry of a kind whose ID is, or begins with, name.
func find[T any, P noun[T]](ctx context.Context, b *Book, kind models.EntryKind, name string) (T, error) {
	var none T
	id, err := models.ParseEntryID(name)
	if err != nil {
		return none, err
	}
	all, err := list[T, P](ctx, b, models.EntryFilter{Kind: kind, ID: id})
	if err != nil {
		return none, err
	}
	return only(string(kind), name, all)
}

// only refuses none and several.
func only[T any](what, name string, all []T) (T, error) {
	var none T
	switch len(all) {
	case 0:
		return none, models.Errorf(models.NotFound, "there is no %s %s", what, name)
	case 1:
		return all[0], nil
	}
	return none, models.WithHint(models.Errorf(models.Conflict, "%d of these begin with %s", len(all), name), "give more of the ID")
}

// save stores a noun and fills in what the store knows of it.
func save[T any, P noun[T]](ctx context.Context, b *Book, v P) error {
	meta := v.Meta()
	e := *meta
	*meta = models.Entry{} // not into the body
	body, err := json.Marshal(v)
	*meta = e
	if err != nil {
		return fmt.Errorf("write %s: %w", e.Kind, err)
	}
	if len(body) > maxBody {
		return models.Errorf(models.Invalid, "save %s: it has more than %d million characters", e.Kind, maxBody>>20)
	}
	e.Body = body
	if e.Day == "" {
		e.Day = b.Today()
	}
	stored, err := b.entries.SaveEntry(ctx, e)
	if err != nil {
		return err
	}
	stored.Body = nil
	*meta = stored
	return nil
}

// maxBody bounds one entry, in bytes: some 2 000 printed pages.
const maxBody = 4 << 20

// Forget destroys an entry for good, and what was said for it.
func (b *Book) Forget(ctx context.Context, e models.Entry) error {
	if e.Kind == models.EntryJournal || e.Kind == models.EntryReflection {
		if err := b.unsayWith(ctx, e); err != nil {
			return err
		}
	}
	return b.entries.ForgetEntry(ctx, e.Kind, e.ID)
}

// addDays is the day n days after d.
func addDays(d models.Date, n int) models.Date { return models.DateOf(d.Time().AddDate(0, 0, n)) }

// daysBetween counts the days from a to b.
func daysBetween(a, b models.Date) int { return int(b.Time().Sub(a.Time()).Hours() / 24) }

// Shown writes a day for people, "Mon 9 Mar", with the year where it is
// another one than now.
func (b *Book) Shown(d models.Date) string {
	switch daysBetween(b.Today(), d) {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	case -1:
		return "yesterday"
	}
	if d.Time().Year() != b.now().Year() {
		return d.Time().Format("Mon 2 Jan 2006")
	}
	return d.Time().Format("Mon 2 Jan")
}
