package extract

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
	"github.com/afterword/afterword/models"
)

// TestTrainFeelings learns which words, beside what the rules find, speak for each
// feeling, and writes two tables, of clues and of leanings: a part of what `go run
// ./cmd/build train` does. Sessions are learnt from twice, as they were said and as a machine
// might hear them: then no feeling leans on a single word that may be lost. (Close pairs are not: they
// differ in one word, and without it both would be learnt wrong.) AFTERWORD_TRAIN_WORDS names the package with the word
// vectors.
func TestTrainFeelings(t *testing.T) {
	path := os.Getenv("AFTERWORD_TRAIN_WORDS")
	if path == "" {
		t.Skip("run by 'go run ./cmd/build train'")
	}
	vs, err := readVectors(path)
	if err != nil {
		t.Fatal(err)
	}
	turns := map[corpus.Side][]feltTurn{}
	var talks [][]utterance
	r := rand.New(rand.NewPCG(99, 7))
	learnable(t, func(side corpus.Side, g goldSession) {
		ts, talk := feltTurns(g)
		turns[side] = append(turns[side], ts...)
		if side == corpus.Train {
			talks = append(talks, talk)
			ts, _ = feltTurns(misheard(r, g, 0.15))
			turns[side] = append(turns[side], ts...)
		}
	})
	learn := func(side corpus.Side, p goldPair) {
		tr, last := p.transcript()
		g := goldSession{Transcript: tr}
		var felt []string
		if err := json.Unmarshal(p.Label, &felt); err != nil {
			t.Fatal(err)
		}
		for _, e := range felt {
			g.Gold.Emotions = append(g.Gold.Emotions, goldEmotion{Emotion: e, Segment: last})
		}
		ts, _ := feltTurns(g)
		turns[side] = append(turns[side], ts...)
	}
	for _, p := range readLines[goldPair](t, "testdata/validation/pairs/emotions.jsonl") {
		learn(corpus.Train, p)
	}
	pairs, err := corpus.EmotionPairs()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		learn(p.Side(), goldOf(p))
	}
	m := newMeanings(vs, talks)
	for _, ts := range turns {
		for n := range ts {
			ts[n].vector = m.vector(ts[n].said)
		}
	}
	meant := newSenses(judgedOf(turns[corpus.Train], ""), 0.1)
	learnt, leans := map[string]odds{}, make([][]float64, len(models.Emotions))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n, e := range models.Emotions {
		wg.Go(func() {
			o, l := learnOdds(judgedOf(turns[corpus.Train], e), thrift{least: 5, keep: 0.4, calm: 3}, meant)
			mu.Lock()
			learnt[e], leans[n] = o, l
			mu.Unlock()
		})
	}
	wg.Wait()
	table := oddsTable("How much each clue speaks for each feeling; emotions_weighed.go says more.", trainingDigest(t), models.Emotions, learnt)
	for name, b := range map[string][]byte{"emotions_weighed.tsv": table, "emotions_leanings.bin": m.table(leans)} {
		if err := os.WriteFile("lexicon/"+name, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, side := range corpus.Unread {
		fmt.Printf("average precision on the %s side, mean of the feelings:", side)
		sum, of := 0.0, 0
		for n, e := range models.Emotions {
			if ts := judgedOf(turns[side], e); anyYes(ts) {
				sum += averagePrecision(ts, func(t judged) float64 { return learnt[e].of(t.clues) + dot(leans[n], t.vector) })
				of++
			}
		}
		fmt.Printf(" %.3f of %d\n", sum/float64(max(1, of)), of)
	}
}

// feltTurn is a turn of the client, with what they feel.
type feltTurn struct {
	said   *utterance
	clues  []string
	vector []float64
	felt   map[string]bool
}

func feltTurns(g goldSession) ([]feltTurn, []utterance) {
	felt := map[int]map[string]bool{}
	for _, e := range g.Gold.Emotions {
		if felt[e.Segment] == nil {
			felt[e.Segment] = map[string]bool{}
		}
		felt[e.Segment][e.Emotion] = true
	}
	never := func() bool { return false }
	l := New(Config{}).ledger(g.Transcript, readTranscript(g.Transcript, never).talk)
	has, refused := readFeelings(l.talk, never)
	found, not := byUtterance(has, len(l.talk)), byUtterance(refused, len(l.talk))
	var out []feltTurn
	for i := range l.talk {
		if u := &l.talk[i]; u.client {
			out = append(out, feltTurn{said: u, clues: l.clues.felt(i, found[i], not[i]), felt: felt[u.seq]})
		}
	}
	return out, l.talk
}

func judgedOf(ts []feltTurn, emotion string) []judged {
	out := make([]judged, len(ts))
	for n, t := range ts {
		out[n] = judged{clues: t.clues, yes: t.felt[emotion], vector: t.vector}
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
