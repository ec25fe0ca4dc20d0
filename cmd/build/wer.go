package main

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// errorCount is how a text differs from its reference, word by word.
type errorCount struct {
	words                int // of the reference
	other, missing, more int
	gap                  int // the longest run of missing words
}

// rate is the word error rate.
func (e errorCount) rate() float64 {
	if e.words == 0 {
		return 0
	}
	return float64(e.other+e.missing+e.more) / float64(e.words)
}

func (e errorCount) plus(f errorCount) errorCount {
	return errorCount{e.words + f.words, e.other + f.other, e.missing + f.missing, e.more + f.more, max(e.gap, f.gap)}
}

// wordErrors aligns hyp with ref by the fewest edits (Levenshtein), over words
// normalised so that spelling conventions do not count.
func wordErrors(ref, hyp string) errorCount {
	r, h := normal(ref), normal(hyp)
	e := errorCount{words: len(r)}
	wide := len(h) + 1
	cost := make([]int32, (len(r)+1)*wide)
	for i := range len(r) + 1 {
		for j := range wide {
			switch {
			case i == 0:
				cost[j] = int32(j)
			case j == 0:
				cost[i*wide] = int32(i)
			default:
				swap := cost[(i-1)*wide+j-1]
				if r[i-1] != h[j-1] {
					swap++
				}
				cost[i*wide+j] = min(swap, cost[(i-1)*wide+j]+1, cost[i*wide+j-1]+1)
			}
		}
	}
	run := 0
	for i, j := len(r), len(h); i > 0 || j > 0; {
		here := cost[i*wide+j]
		switch {
		case i > 0 && j > 0 && r[i-1] == h[j-1] && here == cost[(i-1)*wide+j-1]:
			i, j, run = i-1, j-1, 0
		case i > 0 && j > 0 && here == cost[(i-1)*wide+j-1]+1:
			e.other++
			i, j, run = i-1, j-1, 0
		case i > 0 && here == cost[(i-1)*wide+j]+1:
			e.missing++
			run++
			e.gap = max(e.gap, run)
			i--
		default:
			e.more++
			j--
		}
	}
	return e
}

var (
	bracketed = regexp.MustCompile(`\[[^\]]*\]|\([^)]*\)|\*[^*]*\*`)
	apart     = strings.NewReplacer("’", "'", "‘", "'", "-", " ", "–", " ", "—", " ", "%", " percent ", "&", " and ", "$", " ")
	clock     = regexp.MustCompile(`\b(\d{1,2})[:.](\d{2})\b`)
	comma     = regexp.MustCompile(`(\d),(\d{3})\b`)
)

// endings of contractions, spelled out. "'s" is left alone but for its
// apostrophe: it may be "is", "has" or a genitive.
var endings = []struct{ short, long string }{
	{"can't", "can not"},
	{"won't", "will not"},
	{"shan't", "shall not"},
	{"n't", " not"},
	{"'re", " are"},
	{"'ve", " have"},
	{"'ll", " will"},
	{"'d", " would"},
	{"'m", " am"},
}

// same are words that are one word in two spellings, or nothing.
var same = map[string]string{
	"cannot": "can not", "gonna": "going to", "wanna": "want to", "gotta": "got to", "okay": "ok", "alright": "all right",
	"let's": "let us", "it's": "it is", "that's": "that is", "what's": "what is", "there's": "there is", "here's": "here is",
	"he's": "he is", "she's": "she is", "who's": "who is", "how's": "how is", "where's": "where is",
	"mr": "mister", "mrs": "missus", "dr": "doctor", "pm": "p m", "am": "am", "percent": "per cent",
	"um": "", "uh": "", "hmm": "", "mm": "", "mhm": "", "er": "", "erm": "", "ah": "", "oh": "oh", "uhm": "",
}

// normal is text as words for comparison: lower case, without punctuation,
// contractions spelled out, number words as digits, hesitations dropped.
func normal(text string) []string {
	text = strings.ToLower(apart.Replace(bracketed.ReplaceAllString(text, " ")))
	text = clock.ReplaceAllString(comma.ReplaceAllString(text, "$1$2"), "$1 $2")
	var words []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\''
	}) {
		w = strings.Trim(w, "'")
		if other, ok := same[w]; ok {
			words = append(words, strings.Fields(other)...)
			continue
		}
		for _, e := range endings {
			if strings.HasSuffix(w, e.short) {
				w = strings.TrimSuffix(w, e.short) + e.long
				break
			}
		}
		words = append(words, strings.Fields(strings.ReplaceAll(w, "'", ""))...)
	}
	return numbers(words)
}

var (
	units = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens  = strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety")
)

// numbers turns number words below a hundred into digits: "twenty five" is 25.
func numbers(words []string) []string {
	value := map[string]int{}
	for i, w := range units {
		value[w] = i
	}
	for i, w := range tens {
		value[w] = 20 + 10*i
	}
	var out []string
	for i := 0; i < len(words); i++ {
		v, ok := value[words[i]]
		if !ok {
			out = append(out, words[i])
			continue
		}
		if v >= 20 && i+1 < len(words) {
			if u, ok := value[words[i+1]]; ok && u > 0 && u < 10 {
				v += u
				i++
			}
		}
		out = append(out, strconv.Itoa(v))
	}
	return out
}

// difference is that of two word error rates: as counted, and the bounds of 95
// of 100 draws.
type difference struct{ low, middle, high float64 }

// bootstrap compares the error rates of two engines on the same clips: it draws
// as many clips as there are, with repeats, ten thousand times, the same for
// both (a paired bootstrap: Bisani and Ney, 2004).
func bootstrap(a, b []errorCount) difference {
	r := rand.New(rand.NewPCG(5, 6))
	less := func(pick func(i int) int) float64 {
		var x, y errorCount
		for i := range a {
			k := pick(i)
			x, y = x.plus(a[k]), y.plus(b[k])
		}
		return x.rate() - y.rate()
	}
	draws := make([]float64, 10000)
	for n := range draws {
		draws[n] = less(func(int) int { return r.IntN(len(a)) })
	}
	slices.Sort(draws)
	return difference{draws[len(draws)*25/1000], less(func(i int) int { return i }), draws[len(draws)*975/1000]}
}
