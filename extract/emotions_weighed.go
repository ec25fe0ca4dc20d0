package extract

import (
	_ "embed"
	"math"
	"slices"
	"sync"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/emotions_weighed.tsv
var weighedText string

// pull is how far a clue speaks for an emotion, in log odds.
type pull struct {
	emotion int // index into models.Emotions
	odds    float64
}

// learntPulls are, for each clue, the feelings that it speaks for or against. The rules
// know words of feeling, and whether such a word is felt by its speaker now. They do not
// know that "Sorry, sorry, the trains are terrible" is no guilt, nor every way to say that
// one is fond of somebody. Both are learnt from turns and single utterances that
// were read: a regression for each emotion, on the turn's words and on what the rules
// found there, whose word weighs much and not all. go run ./cmd/build train learns it.
var learntPulls = sync.OnceValue(func() map[string][]pull {
	out := map[string][]pull{}
	learnt := readOdds("emotions_weighed.tsv", weighedText, models.Emotions...)
	for n, e := range models.Emotions {
		for clue, w := range learnt[e] {
			out[clue] = append(out[clue], pull{n, w})
		}
	}
	return out
})

//go:embed lexicon/emotions_leanings.bin
var feltBytes []byte

// feltLeanings are the part of that regression that words have by their
// meaning: who "sobbed" is sad, whether or not that word was ever read.
var feltLeanings = sync.OnceValue(func() leanings {
	return mustReadLeanings("emotions_leanings.bin", feltBytes, len(models.Emotions))
})

// felt gives the clues of a client's turn by which feelings are weighed: what was said, and what
// the rules found and refused.
func (c *clues) felt(i int, found, refused []feeling) []string {
	out := slices.Clone(c.of(i).all)
	for _, f := range found {
		out = append(out, "<felt: "+f.emotion+">")
		if f.said {
			out = append(out, "<named: "+f.emotion+">")
		}
	}
	for _, f := range refused {
		out = append(out, "<not felt: "+f.emotion+">")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

const (
	// feltEnough are the log odds that a feeling must have to be noted: even ones. Where a rule
	// found its very name, one in four is enough, and what the words beside it mean does not
	// speak against it: people feel two things at once, and who names one is
	// seldom to be doubted. Of a single utterance fewMore is asked, since nothing else tells of it.
	feltEnough  = 0.0
	namedEnough = -1.0
	fewMore     = 0.6
)

// weighFeelings keeps of what the rules found what is likely enough, and adds what
// they do not know and is.
func weighFeelings(c *clues, has, refused []feeling, stop func() bool) []feeling {
	var out []feeling
	found, not := byUtterance(has, len(c.talk)), byUtterance(refused, len(c.talk))
	more := 0.0
	if len(c.talk) <= fewMost {
		more = fewMore
	}
	for i := range c.talk {
		if i%64 == 0 && stop() {
			return out
		}
		if !c.talk[i].client {
			continue
		}
		sums := pulled(append(c.felt(i, found[i], not[i]), always))
		leans := feltLeanings().of(&c.talk[i])
		for n, v := range leans {
			sums[n] += v
		}
		for _, f := range found[i] {
			n := slices.Index(models.Emotions, f.emotion)
			sum, enough := sums[n], feltEnough
			if f.said {
				sum, enough = sum-min(leans[n], 0), namedEnough
			}
			if sum > enough+more {
				out = append(out, f)
			}
			sums[n] = math.Inf(-1) // it is not added
		}
		for n, sum := range sums {
			if sum > feltEnough+more {
				s := c.talk[i].speaksMost(n)
				out = append(out, feeling{models.Emotions[n], i, s.from, s.to, false, unsaidIntensity})
			}
		}
	}
	return out
}

// unsaidIntensity is that of a feeling with no word that tells how strong it is.
const unsaidIntensity = 0.5

func pulled(clues []string) []float64 {
	sums := make([]float64, len(models.Emotions))
	for _, k := range clues {
		for _, p := range learntPulls()[k] {
			sums[p.emotion] += p.odds
		}
	}
	return sums
}

// speaksMost is the sentence whose words speak most for an emotion.
func (u *utterance) speaksMost(emotion int) sentence {
	best, most := u.whole(), math.Inf(-1)
	for _, s := range u.sentences {
		if v := pulled(wordClues(u.clueWords(s.from, s.to)))[emotion] + feltLeanings().in(u, s)[emotion]; v > most {
			best, most = s, v
		}
	}
	return best
}

// byUtterance sorts feelings by where they are.
func byUtterance(fs []feeling, n int) [][]feeling {
	out := make([][]feeling, n)
	for _, f := range fs {
		out[f.utterance] = append(out[f.utterance], f)
	}
	return out
}
