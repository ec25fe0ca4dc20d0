package days

import (
	"slices"
	"testing"
)

func TestVocabularyIsRanked(t *testing.T) {
	v := Vocabulary{Words: ParseWords("sertraline,  Kilburn \r\n\nAnna, Anna"), People: []Person{{"Dr. Osei", ParseWords("EMDR")}}}
	if got, want := v.Of("dr. osei "), []string{"EMDR", "dr. osei", "sertraline", "Kilburn", "Anna"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := v.Of("Somebody"), []string{"Somebody", "sertraline", "Kilburn", "Anna"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (Vocabulary{}).Of(""); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
