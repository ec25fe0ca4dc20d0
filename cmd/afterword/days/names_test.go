package days

import (
	"slices"
	"strings"
	"testing"
)

func TestNamesAreReplacedEverywhere(t *testing.T) {
	n := Names{As: map[string]string{}}
	n.Hide([]string{"Anna", "Anna Weber", "Zürich", "Jo"})
	tests := []struct{ text, want string }{
		{"I told Anna.", "I told Person A."},
		{"ANNA said so", "Person A said so"},
		{"Anna's flat in Zürich", "Person A's flat in Person C"},
		{"with Anna Weber and Anna", "with Person B and Person A"},
		{"Annabel and Hanna are others", "Annabel and Hanna are others"},
		{"(Jo)", "(Person D)"},
		{"a job, Joachim, jo-jo", "a job, Joachim, jo-jo"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := n.In(tt.text); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
	if got := (Names{As: map[string]string{"sister": "Person B"}}).In("My sister, Sister and sisters"); got != "My Person B, Person B and sisters" {
		t.Errorf("a word that is no name: %q", got)
	}
	n.Hide([]string{"Tom", "Anna"})
	if n.As["Anna"] != "Person A" || n.As["Tom"] != "Person E" {
		t.Errorf("not the same as before: %v", n.As)
	}
	if letters(25) != "Z" || letters(26) != "AA" || letters(27) != "AB" {
		t.Error("after Z comes AA")
	}
}

func TestGuess(t *testing.T) {
	texts := []string{
		"I called my sister Anna on Sunday. Tom was there, and we drove to Leeds in March.",
		"The report was for Dr. Weber. Marianne's idea was good. I'm tired.",
		"Walking helps. I like walking with Mary Ann.",
	}
	want := []string{"Ann", "Anna", "Leeds", "Marianne", "Mary", "Mary Ann", "Tom", "Weber"}
	if got := Guess(texts); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Nothing of a hidden name is left, whatever stands around it.
func FuzzNames(f *testing.F) {
	f.Add("Anna", "to Anna, and ", "Weber")
	f.Add("Zoë", "«Zoë»", "X")
	f.Add("Ⱥb", "ⱥB Ⱥb", "İx")
	f.Fuzz(func(t *testing.T, name, around, other string) {
		if strings.TrimSpace(name) != name || name == "" || !startsUpper(name) || strings.Contains("Person A Person B", name) {
			return
		}
		n := Names{As: map[string]string{}}
		n.Hide([]string{name, other})
		if got := n.In(around + " " + name + " " + around); len(got) < len(around) {
			t.Fatalf("text was lost: %q", got)
		}
		if got := n.In(name); strings.Contains(got, name) && other != name && !strings.Contains(name, other) {
			t.Fatalf("%q is left of %q", got, name)
		}
	})
}
