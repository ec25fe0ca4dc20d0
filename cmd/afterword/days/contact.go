package days

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// Contact is somebody to turn to in a hard moment, as the client wrote it. It
// is shown, and nothing else is ever done with it.
type Contact struct {
	models.Entry
	Name   string `json:"name"`
	Number string `json:"number,omitempty"`
	Note   string `json:"note,omitempty"`
}

// longestContact is how long a name, a number or a note may be, in letters.
const longestContact = 200

// Contacts are those that were noted, the first one first.
func (b *Book) Contacts(ctx context.Context) ([]Contact, error) {
	return list[Contact](ctx, b, models.EntryFilter{Kind: models.EntryContact})
}

// FindContact finds a contact by its ID, or the beginning of it.
func (b *Book) FindContact(ctx context.Context, name string) (Contact, error) {
	return find[Contact](ctx, b, models.EntryContact, name)
}

// SaveContact stores a contact, new or changed.
func (b *Book) SaveContact(ctx context.Context, c Contact) (Contact, error) {
	c.Kind = models.EntryContact
	for _, s := range []*string{&c.Name, &c.Number, &c.Note} {
		*s = strings.TrimSpace(Clean(*s))
		if utf8.RuneCountInString(*s) > longestContact {
			return c, models.Errorf(models.Invalid, "contact: name, number and note have up to %d letters each", longestContact)
		}
	}
	if c.Name == "" {
		return c, models.Errorf(models.Invalid, "contact: it does not say who")
	}
	return c, save(ctx, b, &c)
}
