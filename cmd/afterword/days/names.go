package days

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/afterword/afterword/models"
)

// Names puts other names in place of real ones, each always the same: "Anna"
// is "Person A" in everything that was ever shared. It is sealed like the rest.
type Names struct {
	models.Entry
	As map[string]string `json:"as"`
}

// Shared is a note of what was handed on. It holds no more of it than IDs.
type Shared struct {
	models.Entry
	Items  []string `json:"items"`
	Names  int      `json:"names"`         // that were replaced
	For    string   `json:"for,omitempty"` // in the client's words
	Digest string   `json:"digest"`        // SHA-256 of the sealed file, to know it again
}

// namesID is that of the one entry of names; other entries of its kind have
// random ones.
const namesID models.EntryID = "00000000"

// Names are those that were put in place of others before.
func (b *Book) Names(ctx context.Context) (Names, error) {
	n := Names{Entry: models.Entry{Kind: models.EntryShared, ID: namesID, About: "names", Day: b.Today()}}
	all, err := list[Names](ctx, b, models.EntryFilter{Kind: models.EntryShared, About: "names"})
	if err == nil && len(all) > 0 {
		n = all[0]
	}
	if n.As == nil {
		n.As = map[string]string{}
	}
	return n, err
}

// SaveNames stores them.
func (b *Book) SaveNames(ctx context.Context, n Names) error { return save(ctx, b, &n) }

// SaveShared notes that something was handed on.
func (b *Book) SaveShared(ctx context.Context, s Shared) (Shared, error) {
	s.Kind = models.EntryShared
	return s, save(ctx, b, &s)
}

// SharedBefore lists what was handed on, the oldest first.
func (b *Book) SharedBefore(ctx context.Context) ([]Shared, error) {
	all, err := list[Shared](ctx, b, models.EntryFilter{Kind: models.EntryShared})
	return slices.DeleteFunc(all, func(s Shared) bool { return s.ID == namesID }), err
}

// Hide makes sure that each word has another name.
func (n *Names) Hide(words []string) {
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" && n.As[w] == "" {
			n.As[w] = "Person " + letters(len(n.As))
		}
	}
}

// letters counts A, B, …, Z, AA, AB, …
func letters(i int) string {
	s := ""
	for ; ; i = i/26 - 1 {
		s = string(rune('A'+i%26)) + s
		if i < 26 {
			return s
		}
	}
}

// In puts the other names into a text: whole words, with or without a
// possessive s, in the case in which they were named or with a capital. The
// longest comes first, so that "Anna Weber" is one person.
func (n Names) In(text string) string {
	if len(n.As) == 0 {
		return text
	}
	words := make([]string, 0, len(n.As))
	for w := range n.As {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var out strings.Builder
	for i := 0; i < len(text); {
		w := ""
		if i == 0 || !letter([]byte(text[:i])) {
			for _, x := range words {
				if len(text)-i >= len(x) && strings.EqualFold(text[i:i+len(x)], x) && (text[i:i+len(x)] == x || startsUpper(text[i:])) && endsWord(text[i+len(x):]) {
					w = x
					break
				}
			}
		}
		if w == "" {
			out.WriteByte(text[i])
			i++
			continue
		}
		out.WriteString(n.As[w])
		i += len(w)
	}
	return out.String()
}

func startsUpper(s string) bool {
	for _, r := range s {
		return unicode.IsUpper(r) || !unicode.IsLetter(r)
	}
	return false
}

func endsWord(rest string) bool {
	for _, r := range rest {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return true
}

var (
	capitalised = regexp.MustCompile(`\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*`)
	endings     = regexp.MustCompile(`['’]s$`)
)

// notNames begin with a capital and name nobody.
var notNames = strings.Fields(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
	September October November December Christmas Easter English OK Okay Mr Mrs Ms Dr God TV Person`)

// Guess lists what may be the name of a person or a place: words with a capital
// within a sentence, and at its beginning if they are never written small and
// stand after nothing that explains the capital. A guess: the client looks at
// it before anything is shared.
func Guess(texts []string) []string {
	small := map[string]bool{}
	for _, t := range texts {
		for w := range strings.FieldsSeq(t) {
			small[strings.Trim(w, ".,;:!?\"“”()…")] = true
		}
	}
	found := map[string]bool{}
	for _, t := range texts {
		for _, at := range capitalised.FindAllStringIndex(t, -1) {
			w := endings.ReplaceAllString(t[at[0]:at[1]], "")
			first := begin(t[:at[0]])
			words := strings.Fields(w)
			if first && len(words) > 0 && (small[strings.ToLower(words[0])] || common[strings.ToLower(words[0])]) {
				words = words[1:]
			}
			for len(words) > 0 && slices.Contains(notNames, words[0]) {
				words = words[1:]
			}
			for len(words) > 0 && (slices.Contains(notNames, words[len(words)-1]) || strings.HasPrefix(words[len(words)-1], "I'") || strings.HasPrefix(words[len(words)-1], "I’")) {
				words = words[:len(words)-1]
			}
			if len(words) > 0 {
				found[strings.Join(words, " ")] = true
				for _, w := range words { // the first name alone, later
					found[w] = true
				}
			}
		}
	}
	var out []string
	for w := range found {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

// begin reports whether a sentence begins after text.
func begin(text string) bool {
	text = strings.TrimRight(text, " \"“‘(")
	return text == "" || strings.ContainsRune(".!?…:\n–-”", []rune(text)[len([]rune(text))-1])
}

// common are words that begin sentences and may be written small nowhere else
// in what is shared.
var common = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`a about after again all also although always am an and another any are as ask at away back be because been before being
		below between both breathe but by bring call can come could did do does doing don't down during each even every everything few find first for from
		get give go goal going good had has have having he her here hers him his how i if i'd i'll i'm i've in into is it it's its just keep last later let
		like look make many maybe me mine more most mum must my never next no nobody not nothing notice now of off often on once one only or other our out
		over own perhaps please practise really right she should since sleep so some somebody something sometimes soon still stop such take talk tell than
		that that's the their them then there these they thing think this those though through to today together tomorrow tonight too try under until up us
		use very walk was we well were what when where which while who why will with would write yes yesterday yet you your`) {
		m[w] = true
	}
	return m
}()

// Count says how many of the names stand in some texts.
func (n Names) Count(texts []string) int {
	c := 0
	for w, as := range n.As {
		one := Names{As: map[string]string{w: as}}
		for _, t := range texts {
			if one.In(t) != t {
				c++
				break
			}
		}
	}
	return c
}

// String keeps the names out of whatever prints them by mistake.
func (n Names) String() string { return fmt.Sprintf("%d names", len(n.As)) }
