package extract

import (
	"context"
	"testing"

	"github.com/afterword/afterword/models"
)

func TestDecisionsMoveThresholdsWithinBounds(t *testing.T) {
	tests := []struct {
		name           string
		theme, emotion Tally
		want           Least
	}{
		{"nothing decided", Tally{}, Tally{}, Least{}},
		{"too few to learn from", Tally{Rejected: 9}, Tally{Rejected: 9}, Least{}},
		{"all kept", Tally{Kept: 40}, Tally{Kept: 30, Edited: 10}, Least{}},
		{"four of five kept", Tally{Kept: 8, Rejected: 2}, Tally{Edited: 8, Rejected: 2}, Least{}},
		{"all rejected", Tally{Rejected: 50}, Tally{Rejected: 50}, Least{MostLeastTheme, MostLeastEmotion}},
		{"themes only", Tally{Kept: 6, Rejected: 4}, Tally{Kept: 10}, Least{Theme: MostLeastTheme / 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := LeastFor(map[models.Kind]Tally{models.KindTheme: tt.theme, models.KindEmotion: tt.emotion})
			if d := got.Theme - tt.want.Theme; d > 1e-9 || d < -1e-9 || got.Emotion != tt.want.Emotion {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestStricterKeepsWhatIsPlain(t *testing.T) {
	g := readSessions(t, "testdata/validation/sessions")[0]
	all := extractAll(t, g.Transcript)
	strict, err := New(Config{Least: Least{MostLeastTheme, MostLeastEmotion}}).Extract(context.Background(), g.Transcript)
	if err != nil {
		t.Fatal(err)
	}
	count := func(items models.Items, keep func(models.Item) bool) (n int) {
		for _, it := range items.List {
			if keep(it) {
				n++
			}
		}
		return n
	}
	said := func(it models.Item) bool { return it.Kind == models.KindEmotion && it.Basis == "said" }
	acts := func(it models.Item) bool { return it.Kind == models.KindAction }
	themes := func(it models.Item) bool { return it.Kind == models.KindTheme }
	if count(strict, said) != count(all, said) || count(strict, acts) != count(all, acts) {
		t.Error("something said outright, or agreed, was left out")
	}
	if n := count(strict, themes); n == 0 || n >= count(all, themes) {
		t.Errorf("%d of %d themes stay, want fewer but one at least", n, count(all, themes))
	}
}
