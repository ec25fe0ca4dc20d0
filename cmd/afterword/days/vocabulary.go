package days

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/afterword/afterword/models"
)

// Vocabulary is names, medicines and places that may come up in sessions, so
// that they are written as they are spelled. In each list the likeliest comes
// first.
type Vocabulary struct {
	models.Entry
	Words  []string `json:"words,omitempty"`
	People []Person `json:"people,omitempty"`
}

// Person is what comes up with one therapist alone.
type Person struct {
	With  string   `json:"with"`
	Words []string `json:"words,omitempty"`
}

// vocabularyID is the one entry that there is.
const (
	vocabularyID = "0000000f"

	mostWords  = 200 // in a list; the engine takes far fewer
	longestOne = 60  // bytes of a word or name
)

// Vocabulary is what is kept; empty where nothing was ever said.
func (b *Book) Vocabulary(ctx context.Context) (Vocabulary, error) {
	all, err := list[Vocabulary](ctx, b, models.EntryFilter{Kind: models.EntryVocabulary, ID: vocabularyID})
	if len(all) > 0 {
		return all[0], err
	}
	return Vocabulary{Entry: models.Entry{Kind: models.EntryVocabulary, ID: vocabularyID, Day: b.Today()}}, err
}

// SaveVocabulary keeps the lists. Conflict, Invalid.
func (b *Book) SaveVocabulary(ctx context.Context, v Vocabulary) (Vocabulary, error) {
	lists := [][]string{v.Words}
	for _, p := range v.People {
		lists = append(lists, p.Words)
	}
	for _, l := range lists {
		if len(l) > mostWords {
			return v, models.Errorf(models.Invalid, "vocabulary: a list has at most %d names and words", mostWords)
		}
		for _, w := range l {
			if len(w) > longestOne {
				return v, models.Errorf(models.Invalid, "vocabulary: %q is too long for a name or a word", w)
			}
		}
	}
	v.People = slices.DeleteFunc(v.People, func(p Person) bool { return p.With == "" || len(p.Words) == 0 })
	return v, save(ctx, b, &v)
}

// Of is what may come up in a session with somebody, the likeliest first: what
// belongs to them, their name, the rest.
func (v Vocabulary) Of(with string) []string {
	var out []string
	if with = strings.TrimSpace(with); with != "" {
		out = append(out, v.With(with)...)
		out = append(out, with)
	}
	return append(out, v.Words...)
}

// With is the list of one person.
func (v Vocabulary) With(name string) []string {
	for _, p := range v.People {
		if strings.EqualFold(p.With, strings.TrimSpace(name)) {
			return p.Words
		}
	}
	return nil
}

// ParseWords reads a list as people write it: one a line, or with commas.
func ParseWords(s string) []string {
	var out []string
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' }) {
		w = strings.Join(strings.FieldsFunc(w, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
		if w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}
