package extract

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
	"github.com/afterword/afterword/models"
)

// countPhrases counts the sessions that each phrase of the lexicon stands in.
// The sides of the corpus that are only measured on are left out.
func countPhrases(t *testing.T) string {
	t.Helper()
	var all []goldSession
	counts := map[string]int{}
	all = append(all, readSessions(t, "testdata/validation/sessions")...)
	ss, err := corpus.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ss {
		if s.Side() == corpus.Train {
			all = append(all, gold(s))
		}
	}
	counts["*"] = len(all)
	for _, g := range all {
		for p := range phrasesOf(g) {
			counts[p]++
		}
	}
	var b strings.Builder
	b.WriteString("# How many of the written sessions have a phrase (as stems); rarity.go says what for. Made by: go test ./extract -run TestRarity -update\n")
	for _, p := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%s\t%d\n", p, counts[p])
	}
	return b.String()
}

// phrasesOf are the rows of the table that a session counts for.
func phrasesOf(g goldSession) map[string]bool {
	about, seen := map[string]bool{}, map[string]bool{}
	for _, th := range g.Gold.Themes {
		about[th.Theme] = true
		seen["@"+th.Theme] = true
	}
	for _, seg := range g.Segments {
		u := readSegment(seg, seg.Speaker != models.Therapist)
		for k := range situations() {
			for _, s := range u.sentences {
				for _, f := range situations()[k].signs.in(&u, s) {
					seen[u.phrase(f.from, f.to)] = true
				}
			}
		}
		for n, rs := range topics() {
			for _, r := range rs {
				for _, s := range u.sentences {
					for _, f := range r.in(&u, s) {
						p := u.phrase(f.from, f.to)
						seen[p] = true
						if theme := models.Themes[n]; about[theme] {
							seen[theme+": "+p] = true
						}
					}
				}
			}
		}
	}
	return seen
}

func TestRarityTableIsWhatTheSessionsSay(t *testing.T) {
	got := countPhrases(t)
	if *update {
		if err := os.WriteFile("lexicon/rarity.tsv", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != rarityText {
		t.Error("lexicon/rarity.tsv is not what the sessions give; run with -update")
	}
}

func TestRarePhrasesWeighMore(t *testing.T) {
	r := readRarity("*\t50\nnight\t45\ncoffin\t2\ngrief: coffin\t2\nsorry\t2\n")
	if night, coffin, unseen := r.weight("sleep", "night"), r.weight("grief", "coffin"), r.weight("grief", "hearse"); night > 0.1 || coffin < 0.5 || unseen != 1 {
		t.Errorf("night %.2f, coffin %.2f, unseen %.2f", night, coffin, unseen)
	}
	if sorry := r.weight("guilt-shame", "sorry"); sorry > 0.7*r.weight("grief", "coffin") {
		t.Errorf("a phrase of sessions about other things weighs %.2f", sorry)
	}
}
