package extract

import "github.com/afterword/afterword/models"

// Least is what a finding must reach to be noted. The zero value notes all
// that the rules find.
type Least struct {
	Theme   float64 // score, 0 to 1; the first theme of a session always stays
	Emotion float64 // intensity, 0 to 1, of a feeling that is inferred; what is said outright always stays
}

// Bounds of Least: decisions may make the extractor stricter, never silent.
const (
	MostLeastTheme   = 0.45
	MostLeastEmotion = 0.75
)

// fewDecisions are too few to learn from.
const fewDecisions = 10

// Tally counts what was decided about the items of one kind.
type Tally struct{ Kept, Edited, Rejected int }

// N is how many items were decided about.
func (t Tally) N() int { return t.Kept + t.Edited + t.Rejected }

// Precision is the share of items that were kept, as they were or edited.
// An edited one was found rightly: only its words were not.
func (t Tally) Precision() float64 {
	if t.N() == 0 {
		return 0
	}
	return float64(t.Kept+t.Edited) / float64(t.N())
}

// rise is how far a threshold rises within its bound: not at all while four of
// five items are kept, wholly where three of five are rejected.
func (t Tally) rise(most float64) float64 {
	if t.N() < fewDecisions {
		return 0
	}
	return most * min(1, max(0, (0.8-t.Precision())/0.4))
}

// LeastFor turns what a person made of earlier items into what later ones
// must reach.
func LeastFor(by map[models.Kind]Tally) Least {
	return Least{Theme: by[models.KindTheme].rise(MostLeastTheme), Emotion: by[models.KindEmotion].rise(MostLeastEmotion)}
}

// admits reports whether an item is strong enough to be noted; first says that
// it is the first theme.
func (l Least) admits(it models.Item, first bool) bool {
	switch it.Kind {
	case models.KindTheme:
		return first || it.Score >= l.Theme
	case models.KindEmotion:
		return it.Basis == "said" || it.Intensity >= l.Emotion
	}
	return true
}

func (l Least) filter(list []models.Item) []models.Item {
	var out []models.Item
	for i, it := range list {
		if l.admits(it, i == 0) {
			out = append(out, it)
		}
	}
	return out
}
