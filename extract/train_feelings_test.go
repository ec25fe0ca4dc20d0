package extract

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
	"github.com/afterword/afterword/models"
)

// TestTrainFeelings learns which words, beside what the rules find, speak for each
// feeling, and writes the table: a part of what `go run ./cmd/build train` does.
func TestTrainFeelings(t *testing.T) {
	if os.Getenv("AFTERWORD_TRAIN_WORDS") == "" {
		t.Skip("run by 'go run ./cmd/build train'")
	}
	turns := map[corpus.Side][]feltTurn{}
	learnable(t, func(side corpus.Side, g goldSession) {
		turns[side] = append(turns[side], feltTurns(g)...)
	})
	pairs, err := corpus.EmotionPairs()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		tr, last := goldOf(p).transcript()
		g := goldSession{Transcript: tr}
		for _, e := range p.Emotions {
			g.Gold.Emotions = append(g.Gold.Emotions, goldEmotion{Emotion: e, Segment: last})
		}
		side := learntSide(p.Side())
		turns[side] = append(turns[side], feltTurns(g)...)
	}
	learnt := map[string]odds{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, e := range models.Emotions {
		wg.Go(func() {
			o := learnOdds(judgedOf(turns[corpus.Train], e), thrift{keep: 0.3, calm: 3})
			mu.Lock()
			learnt[e] = o
			mu.Unlock()
		})
	}
	wg.Wait()
	table := oddsTable("How much each clue speaks for each feeling; emotions_weighed.go says more.", trainingDigest(t), models.Emotions, learnt)
	if err := os.WriteFile("lexicon/emotions_weighed.tsv", table, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, side := range notLearntFrom {
		fmt.Printf("average precision on the %s side, mean of the feelings:", side)
		sum, n := 0.0, 0
		for _, e := range models.Emotions {
			if ts := judgedOf(turns[side], e); anyYes(ts) {
				sum += learnt[e].averagePrecision(ts)
				n++
			}
		}
		fmt.Printf(" %.3f of %d\n", sum/float64(max(1, n)), n)
	}
}

// feltTurn is a turn of the client, with what they feel.
type feltTurn struct {
	clues []string
	felt  map[string]bool
}

func feltTurns(g goldSession) []feltTurn {
	felt := map[int]map[string]bool{}
	for _, e := range g.Gold.Emotions {
		if felt[e.Segment] == nil {
			felt[e.Segment] = map[string]bool{}
		}
		felt[e.Segment][e.Emotion] = true
	}
	never := func() bool { return false }
	l := New(Config{}).ledger(g.Transcript, readTranscript(g.Transcript, never).talk)
	found := byUtterance(readFeelings(l.talk, never), len(l.talk))
	var out []feltTurn
	for i := range l.talk {
		if u := &l.talk[i]; u.client {
			out = append(out, feltTurn{l.clues.felt(i, found[i]), felt[u.seq]})
		}
	}
	return out
}

func judgedOf(ts []feltTurn, emotion string) []judged {
	out := make([]judged, len(ts))
	for n, t := range ts {
		out[n] = judged{t.clues, t.felt[emotion]}
	}
	return out
}

func anyYes(ts []judged) bool {
	for _, t := range ts {
		if t.yes {
			return true
		}
	}
	return false
}
