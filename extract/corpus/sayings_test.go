package corpus

import (
	"testing"

	"github.com/afterword/afterword/models"
)

func TestEveryThemeHasSayings(t *testing.T) {
	list, err := Sayings()
	if err != nil {
		t.Fatal(err)
	}
	count, seen := map[string]int{}, map[string]bool{}
	for _, s := range list {
		for _, th := range s.Themes {
			count[th]++
		}
		if seen[s.Text] {
			t.Errorf("%q stands twice", s.Text)
		}
		seen[s.Text] = true
	}
	for _, theme := range models.Themes {
		if count[theme] < 10 {
			t.Errorf("%s has %d sentences", theme, count[theme])
		}
	}
}

func TestSayingsThatAreWrong(t *testing.T) {
	for _, text := range []string{"A sentence first.", "= weather\nIt rains."} {
		if got, err := parseSayings(text); err == nil {
			t.Errorf("%q gives %v", text, got)
		}
	}
}
