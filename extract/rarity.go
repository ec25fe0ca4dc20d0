package extract

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/rarity.tsv
var rarityText string

// rarity tells words that many sessions have from those that say what one is
// about: "night" falls in nearly all, "coffin" in few. The table counts in how
// many written sessions each phrase of the lexicon of themes stands; its first
// row, of the phrase "*", is how many there are; "grief: coffin" counts those
// of them that are about grief. Rarity is the inverse document
// frequency of Spärck Jones (1972), scaled so that a phrase of none weighs 1.
//
// TestRarity -update counts anew.
type rarity struct {
	sessions int
	counts   map[string]int
}

var rarities = sync.OnceValue(func() rarity { return readRarity(rarityText) })

func readRarity(text string) rarity {
	r := rarity{counts: map[string]int{}}
	for _, l := range tableLines(text) {
		phrase, count, ok := strings.Cut(l, "\t")
		n, err := strconv.Atoi(count)
		if !ok || err != nil {
			panic("extract: lexicon/rarity.tsv: " + l)
		}
		if phrase == "*" {
			r.sessions = n
			continue
		}
		r.counts[phrase] = n
	}
	return r
}

// weight of a phrase for a theme, between 0 and 1: how rare it is, and how
// much more often than others the sessions that have it were about the theme.
func (r rarity) weight(theme, phrase string) float64 {
	n := float64(r.counts[phrase])
	if n == 0 || r.sessions == 0 {
		return 1
	}
	usual := float64(r.counts["@"+theme]) / float64(r.sessions)
	kept := (float64(r.counts[theme+": "+phrase]) + trust*(usual+hoped)) / (n + trust)
	return r.rare(phrase) * min(1, max(0, kept-usual)/hoped)
}

// rare is how rare a phrase is, between 0 and 1.
func (r rarity) rare(phrase string) float64 {
	n := float64(r.counts[phrase])
	if n == 0 || r.sessions == 0 {
		return 1
	}
	all := float64(r.sessions + 1)
	return max(0, math.Log(all/(n+0.5))/math.Log(all))
}

// hoped is how much more often sessions with a phrase are about its theme than
// others, before any was seen; trust is how many sessions that guess weighs.
const (
	hoped = 0.35
	trust = 3.0
)

// prior says how much more often than the average theme sessions are about one:
// those need a little less proof. A tenth root, since the written sessions were
// not drawn from life.
func (r rarity) prior(theme string) float64 {
	if r.sessions == 0 {
		return 1
	}
	sum := 0
	for _, t := range models.Themes {
		sum += r.counts["@"+t] + 1
	}
	mean := float64(sum) / float64(len(models.Themes))
	return math.Pow(float64(r.counts["@"+theme]+1)/mean, 0.1)
}

// often is how often written sessions are about a theme, as a logarithm.
func (r rarity) often(theme string) float64 {
	return math.Log(float64(r.counts["@"+theme]+1) / float64(r.sessions+1))
}

// phrase names what stands under a pattern: its stems, so that forms of a word
// are one.
func (u *utterance) phrase(from, to int) string {
	ws := make([]string, 0, to-from)
	for k := from; k < to; k++ {
		ws = append(ws, stem(u.word(k)))
	}
	return strings.Join(ws, " ")
}
