package days

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Spoken is an answer that is said instead of typed. It is recorded and written
// down as a session is; then its words wait here, however long, until a form
// that has them in their field is saved. The sound is destroyed as soon as the
// words are there, unless the client keeps it: then it belongs to what was
// saved, and goes with it. Where no words were found it stays too, until the
// client has heard it.
type Spoken struct {
	models.Entry                  // About is the ID of its recording
	Field        string           `json:"field"`            // that it answers: see FieldOfPage and others
	Of           models.SessionID `json:"of,omitempty"`     // the session that it speaks of: it is forgotten with it
	Prompt       string           `json:"prompt,omitempty"` // of a page of the journal that is not stored yet
	Before       string           `json:"before,omitempty"` // what stood in a field whose form keeps nothing
	Text         string           `json:"text,omitempty"`
	Written      bool             `json:"written,omitempty"` // the words are there, or there are none
	Keep         bool             `json:"keep,omitempty"`    // the sound stays
	Taken        bool             `json:"taken,omitempty"`   // the words were saved where they belong
}

// Waits tells whether there are words that wait for their field.
func (s Spoken) Waits() bool { return s.Written && s.Text != "" && !s.Taken }

// Recording is the ID under which it was recorded.
func (s Spoken) Recording() models.SessionID { return models.SessionID(s.Entry.About) }

// Answers tells whether it is in a field of an entry.
func (s Spoken) Answers(e models.Entry) bool {
	return strings.HasPrefix(s.Field+"/", string(e.Kind)+"/"+string(e.ID)+"/")
}

// Into is what stands in the field with the words after it.
func (s Spoken) Into(field string) string {
	parts := slices.DeleteFunc([]string{field, s.Before, s.Text}, func(t string) bool { return strings.TrimSpace(t) == "" })
	return strings.Join(parts, "\n")
}

// FieldOfPage is the text of a page of the journal, of one that is stored or
// of the next one.
func FieldOfPage(p Page) string {
	if p.ID == "" {
		return string(models.EntryJournal) + "/new"
	}
	return string(models.EntryJournal) + "/" + string(p.ID)
}

// FieldOfQuestion is a question of a form that is being answered. It does not
// change when the first answer is stored.
func FieldOfQuestion(r Reflection, key string) string {
	return strings.Join([]string{string(models.EntryReflection), r.Form, string(r.Session), r.Entry.About, key}, "/")
}

// FieldOfAnswer is the same question in the reflection as it is stored: what
// belongs to that one alone.
func FieldOfAnswer(r Reflection, key string) string {
	return strings.Join([]string{string(models.EntryReflection), string(r.ID), key}, "/")
}

// FieldOfRecall is what comes to mind about an item.
func FieldOfRecall(id models.ItemID) string { return string(models.EntryCard) + "/" + string(id) }

// Say notes that an answer is about to be said, before anything is recorded: the
// recording is to have the ID that it gets here.
func (b *Book) Say(ctx context.Context, s Spoken) (Spoken, error) {
	id := make([]byte, 6)
	_, _ = rand.Read(id) // never fails
	s.Entry = models.Entry{Kind: models.EntrySpoken, About: hex.EncodeToString(id), Day: b.Today()}
	return s, save(ctx, b, &s)
}

// Spoken lists what was said, the oldest first.
func (b *Book) Spoken(ctx context.Context) ([]Spoken, error) {
	return list[Spoken](ctx, b, models.EntryFilter{Kind: models.EntrySpoken})
}

// FindSpoken finds what was said by its ID.
func (b *Book) FindSpoken(ctx context.Context, name string) (Spoken, error) {
	return find[Spoken](ctx, b, models.EntrySpoken, name)
}

// SpokenIn is what is said in a recording; nil where it is a session.
func (b *Book) SpokenIn(ctx context.Context, id models.SessionID) (*Spoken, error) {
	all, err := list[Spoken](ctx, b, models.EntryFilter{Kind: models.EntrySpoken, About: string(id)})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// KeepSpoken says that the sound of an answer is to stay.
func (b *Book) KeepSpoken(ctx context.Context, s Spoken) (Spoken, error) {
	s.Keep = true
	return s, save(ctx, b, &s)
}

// WriteDown stores the words of an answer; none is an answer too.
func (b *Book) WriteDown(ctx context.Context, s Spoken, text string) (Spoken, error) {
	s.Text, s.Written = strings.TrimSpace(text), true
	return s, save(ctx, b, &s)
}

// Take says that the words of an answer were saved in a field. With its sound it
// belongs there from now on; else nothing of it is left here.
func (b *Book) Take(ctx context.Context, s Spoken, field string) error {
	if !s.Keep {
		err := b.Unsay(ctx, s)
		if models.CodeOf(err) == models.Busy {
			return nil // it is gone; only the log waits for whoever reads just now
		}
		return err
	}
	s.Field, s.Prompt, s.Before, s.Text, s.Taken = field, "", "", "", true
	return save(ctx, b, &s)
}

// Unsay destroys an answer: its sound, and its words where they were not saved.
func (b *Book) Unsay(ctx context.Context, s Spoken) error {
	if b.destroy != nil {
		if err := b.destroy(ctx, s.Recording()); err != nil && models.CodeOf(err) != models.NotFound {
			return err
		}
	}
	return b.entries.ForgetEntry(ctx, s.Kind, s.ID)
}

// unsayWith destroys the sounds that belong to an entry.
func (b *Book) unsayWith(ctx context.Context, e models.Entry) error {
	all, err := b.Spoken(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Answers(e) {
			if err := b.Unsay(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// UnsayOf destroys what was said of a session.
func (b *Book) UnsayOf(ctx context.Context, id models.SessionID) error {
	all, err := b.Spoken(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Of == id {
			if err := b.Unsay(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}
