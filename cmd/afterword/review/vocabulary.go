package review

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// vocabularyView is the names and words that may come up, as a form.
type vocabularyView struct {
	again
	Version int
	Words   string
	People  []personView
}

type personView struct{ With, Words string }

func (p *Page) vocabularyView(ctx context.Context) (vocabularyView, error) {
	x, err := p.Book.Vocabulary(ctx)
	if err != nil {
		return vocabularyView{}, err
	}
	v := vocabularyView{Version: x.Version, Words: strings.Join(x.Words, "\n")}
	all, err := p.Sessions.Sessions(ctx)
	seen := map[string]bool{"": true}
	add := func(name string) {
		if k := strings.ToLower(strings.TrimSpace(name)); !seen[k] {
			seen[k] = true
			v.People = append(v.People, personView{strings.TrimSpace(name), strings.Join(x.With(name), "\n")})
		}
	}
	for _, s := range all {
		add(s.With)
	}
	for _, q := range x.People {
		add(q.With)
	}
	return v, err
}

// saveVocabulary keeps the lists; what cannot be kept comes back as it was typed.
func (p *Page) saveVocabulary(r *http.Request) (answer, error) {
	x, err := p.Book.Vocabulary(r.Context())
	if err != nil {
		return answer{}, err
	}
	now := x.Version
	v := vocabularyView{Version: seen(r), Words: field(r, "words")}
	x.Version, x.Words, x.People = v.Version, days.ParseWords(v.Words), nil
	for i, with := range r.PostForm["with"] {
		words := field(r, "words-"+strconv.Itoa(i))
		v.People = append(v.People, personView{with, words})
		x.People = append(x.People, days.Person{With: with, Words: days.ParseWords(words)})
	}
	_, err = p.Book.SaveVocabulary(r.Context(), x)
	if err == nil {
		return answer{to: "/settings#vocabulary", told: text("told.kept")}, nil
	}
	a, status, ok := comeBack(err)
	if !ok {
		return answer{}, err
	}
	if v.again = a; models.CodeOf(err) == models.Conflict {
		v.Version = now
	}
	return answer{name: "vocabulary-page", title: text("vocabulary.title"), status: status, data: v}, nil
}
