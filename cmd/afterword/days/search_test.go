package days

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func indexOf(texts ...string) *Index {
	var all []Hit
	for i, t := range texts {
		all = append(all, Hit{Kind: Words, Segment: i, Day: "2026-03-05", Text: t})
	}
	return &Index{[]*part{ownPart(all)}}
}

func TestSearch(t *testing.T) {
	x := indexOf("I felt Anxious at work", "Anxiety again; and Überstunden", "don’t tell", "at the works", "a\nnew line", "homework")
	tests := []struct {
		name, query string
		want        []int
	}{
		{"in any case, as the beginning of a word", "anx", []int{0, 1}},
		{"all words, in any order", "work anxious", []int{0}},
		{"not within a word", "work", []int{0, 3}},
		{"side by side", `"felt anxious"`, []int{0}},
		{"not side by side", `"anxious felt"`, nil},
		{"an umlaut in either case", "überst", []int{1}},
		{"either apostrophe", "don't", []int{2}},
		{"over a line break", `"a new"`, []int{4}},
		{"never over two texts", `"work anxiety"`, nil},
		{"nothing", "nowhere", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hits, _, err := x.Search(t.Context(), Query{Text: tt.query})
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, h := range hits {
				got = append(got, h.Segment)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("%v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("%v, want %v", got, tt.want)
				}
			}
		})
	}
	if hits, more, _ := x.Search(t.Context(), Query{Text: "a", Limit: 1}); len(hits) != 1 || more != 3 {
		t.Errorf("%d hits and %d more", len(hits), more)
	}
	if _, _, err := x.Search(t.Context(), Query{Text: ` " `}); err == nil {
		t.Error("nothing was looked for, and it said nothing")
	}
}

// Every text is found by each of its own words, and no text breaks the index.
func FuzzSearch(f *testing.F) {
	f.Add("I felt anxious", `"felt`)
	f.Add("İstanbul ǅ ß", "i\n")
	f.Add("\xff\x00", "\u202e")
	f.Fuzz(func(t *testing.T, text, query string) {
		x := indexOf("before", text, "after")
		if bytes.Count(x.parts[0].folded, []byte("\n")) != 3 {
			t.Fatal("a text holds a line break")
		}
		if _, _, err := x.Search(t.Context(), Query{Text: query}); err != nil && strings.Trim(query, "\" \t\n“”") != "" && len((Query{Text: query}).terms()) > 0 {
			t.Fatal(err)
		}
		for w := range strings.FieldsSeq(text) {
			if !utf8.ValidString(w) || strings.ContainsAny(w, "\"“”") || len(strings.Map(keepPrintable, w)) != len(w) {
				continue
			}
			hits, _, err := x.Search(t.Context(), Query{Text: w})
			found := false
			for _, h := range hits {
				found = found || h.Segment == 1
			}
			if err != nil || !found {
				t.Fatalf("%q is not found in %q: %v", w, text, err)
			}
		}
		if e := (Query{Text: query}).Excerpt(text, 20); utf8.RuneCountInString(e) > 24 {
			t.Fatalf("excerpt %q", e)
		}
	})
}

func keepPrintable(r rune) rune {
	if r < ' ' {
		return -1
	}
	return r
}

func TestMarked(t *testing.T) {
	tests := []struct{ name, query, text, want string }{
		{"the beginning of a word", "anx", "I felt Anxious", "I felt [Anx]ious"},
		{"every place", "say no", "Say no, and no again", "[Say] [no], and [no] again"},
		{"not within a word", "work", "homework at work", "homework at [work]"},
		{"an umlaut", "überst", "Mehr Überstunden", "Mehr [Überst]unden"},
		{"an apostrophe of another length", "don't tell", "don’t tell", "don’t tell"},
		{"nothing", "", "text", "text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, p := range (Query{Text: tt.query}).Marked(tt.text) {
				if p.Mark {
					p.Text = "[" + p.Text + "]"
				}
				got += p.Text
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzMarked(f *testing.F) {
	f.Add("say no", "Say no, and no again")
	f.Add("“", "don’t \xff İ")
	f.Fuzz(func(t *testing.T, query, text string) {
		got := ""
		for _, p := range (Query{Text: query}).Marked(text) {
			got += p.Text
		}
		if got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}
