package extract

import (
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// circles are the people of a life and the theme that talk of them belongs to.
var circles = map[string]map[string]bool{
	"partner-relationship": set("husband wife partner boyfriend girlfriend fiance fiancee spouse hubby missus married marriage couple"),
	"family-conflict":      set("mother mum mom mam dad father brother sister parents aunt uncle cousin nan gran grandma grandad stepdad stepmum stepmom"),
	"parenting":            set("son daughter kid kids toddler baby children nursery eldest youngest"),
	"friendship":           set("friend friends mate mates pal bestie flatmate roommate course"),
	"work-stress":          set("boss manager colleague supervisor director team office rota"),
}

// namedOften is how often a name must fall before it says what a session is
// about.
const namedOften = 3

// people finds the names that fall often and, by the words around them, whose
// they are: "Marcus" is the partner where husband or marriage is spoken of
// near him. It returns the theme of each name.
func people(talk []utterance) map[string]string {
	counts := map[string]int{}
	near := map[string]map[string]float64{}
	for i := range talk {
		for k := range talk[i].toks {
			name, ok := talk[i].nameAt(k)
			if !ok {
				continue
			}
			counts[name]++
			if near[name] == nil {
				near[name] = map[string]float64{}
			}
			for theme, words := range circles {
				near[name][theme] += nearness(talk, i, k, words)
			}
		}
	}
	out := map[string]string{}
	for name, n := range counts {
		if n < namedOften {
			continue
		}
		best, most := "", 0.9
		for _, theme := range models.Themes {
			if v := near[name][theme]; v > most {
				best, most = theme, v
			}
		}
		if best != "" {
			out[name] = best
		}
	}
	return out
}

// nameAt: a capitalised word in the middle of a sentence that is no day, no
// month and no "I".
func (u *utterance) nameAt(k int) (string, bool) {
	t := u.toks[k]
	if !t.capital || t.kind != lexical || t.w == "i" || len(t.w) < 3 || weekdays[t.w] > 0 || months[t.w] > 0 || stopWords[t.w] || subjects[t.w] || circleWord(t.w) {
		return "", false
	}
	for _, s := range u.sentences {
		if s.from == k && !isFinite(u.word(k+1)) {
			return "", false // any word is capital there
		}
	}
	if openers[t.w] || isWh(t.w) || modals[t.w] || u.auxiliary(k) {
		return "", false
	}
	return t.w, true
}

func circleWord(w string) bool {
	for _, ws := range circles {
		if ws[w] {
			return true
		}
	}
	return false
}

// nearness of a circle's words to token k of utterance i: 1 beside it, less
// further off, nothing beyond two utterances.
func nearness(talk []utterance, i, k int, words map[string]bool) float64 {
	v := 0.0
	for j := max(0, i-2); j <= min(len(talk)-1, i+2); j++ {
		for n := range talk[j].toks {
			if !words[talk[j].toks[n].w] {
				continue
			}
			switch d := max(i-j, j-i); {
			case d == 0 && max(n-k, k-n) <= 3:
				v++
			case d == 0:
				v += 0.5
			default:
				v += 0.25
			}
		}
	}
	return v
}

// peopleSpots are the utterances that speak of a known person.
func peopleSpots(talk []utterance) map[string][]spot {
	known := people(talk)
	out := map[string][]spot{}
	for i := range talk {
		seen := map[string]bool{}
		for k := range talk[i].toks {
			name, ok := talk[i].nameAt(k)
			theme := known[name]
			if !ok || theme == "" || seen[theme] {
				continue
			}
			seen[theme] = true
			out[theme] = append(out[theme], spot{utterance: i, from: k, to: k + 1, weight: 0.5})
		}
	}
	for _, s := range out {
		slices.SortFunc(s, func(a, b spot) int { return a.utterance - b.utterance })
	}
	return out
}

// themeIndex is the place of a theme in the fixed list.
func themeIndex(theme string) int {
	return slices.IndexFunc(models.Themes, func(t string) bool { return strings.EqualFold(t, theme) })
}
