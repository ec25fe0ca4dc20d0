package extract

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

// Finding the dialogue acts of the AMI corpus that belong to action items is
// the nearest public task to ours. It has four speakers and no therapist, so
// the ledger does not apply; what is measured is a linear model over words and
// over the frames and times that our rules read, trained on the training
// meetings and scored once on the development ones.

// act is one dialogue act.
type act struct {
	Meeting, Speaker, Text string
	Action                 int
	features               []uint32
}

const amiBits = 20 // of the feature hash

func readAMI(t *testing.T, file string) []act {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	var out []act
	for sc.Scan() {
		var a act
		if err := json.Unmarshal(sc.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	amiFeatures(out)
	return out
}

// amiFeatures hashes an act's words, its frames, its neighbours' words and how
// far into the meeting it stands.
func amiFeatures(all []act) {
	us := make([]utterance, len(all))
	begin, size := map[string]int{}, map[string]int{}
	for i, a := range all {
		us[i] = readSegment(models.Segment{Text: a.Text}, true)
		if _, ok := begin[a.Meeting]; !ok {
			begin[a.Meeting] = i
		}
		size[a.Meeting]++
	}
	cal := calendar{today: models.Date("2026-03-05").Time()}
	for i := range all {
		a := &all[i]
		add := func(kind, s string) {
			h := fnv.New32a()
			h.Write([]byte(kind + "\x00" + s))
			a.features = append(a.features, h.Sum32()>>(32-amiBits))
		}
		u := &us[i]
		add("", "")
		add("place", fmt.Sprint(20*(i-begin[a.Meeting])/size[a.Meeting]))
		add("length", fmt.Sprint(min(6, len(u.toks)/4)))
		for k := range u.toks {
			add("w", u.word(k))
			add("ww", u.word(k)+" "+u.word(k+1))
			add("stem", stem(u.word(k)))
		}
		for _, s := range u.sentences {
			for _, f := range u.frames(s) {
				add("frame", fmt.Sprint(f.subj, f.mood, f.neg))
				add("verb", fmt.Sprint(f.mood, f.lemma))
			}
		}
		if w := cal.readWhen(u, 0, len(u.toks)); !w.empty() {
			add("when", fmt.Sprint(w.due != "", w.recurrence != "", w.next))
		}
		for d := -4; d <= 4; d++ {
			if j := i + d; d != 0 && j >= 0 && j < len(all) && all[j].Meeting == a.Meeting {
				side := "before"
				if d > 0 {
					side = "after"
				}
				for k := range us[j].toks {
					if w := us[j].word(k); !stopWords[w] || modals[w] {
						add(side, w)
						add("near", stem(w))
					}
				}
				for _, s := range us[j].sentences {
					for _, f := range us[j].frames(s) {
						add("nearframe", fmt.Sprint(f.subj, f.mood))
					}
				}
			}
		}
	}
}

// amiTrain fits a logistic model by AdaGrad; every run gives the same weights.
func amiTrain(all []act) []float64 {
	w, sum := make([]float64, 1<<amiBits), make([]float64, 1<<amiBits)
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 6 {
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			a := &all[i]
			scale := 1 / math.Sqrt(float64(len(a.features)))
			err := amiScore(w, a) - float64(a.Action)
			if a.Action == 1 {
				err *= 4 // one act in eighty is an action
			}
			for _, f := range a.features {
				g := err*scale + 1e-6*w[f]
				sum[f] += g * g
				w[f] -= 0.1 * g / math.Sqrt(sum[f]+1e-6)
			}
		}
	}
	return w
}

func amiScore(w []float64, a *act) float64 {
	z := 0.0
	for _, f := range a.features {
		z += w[f]
	}
	return 1 / (1 + math.Exp(-z/math.Sqrt(float64(len(a.features)))))
}

func amiF1(scores []float64, all []act, at float64) f1 {
	var out f1
	for i, s := range scores {
		switch {
		case s >= at && all[i].Action == 1:
			out.tp++
		case s >= at:
			out.fp++
		case all[i].Action == 1:
			out.fn++
		}
	}
	return out
}

// amiThreshold is the one that scores best on training meetings that the model
// was not trained on.
func amiThreshold(train []act) float64 {
	const folds = 4
	scores := make([]float64, len(train))
	fold := func(a act) int {
		h := fnv.New32a()
		h.Write([]byte(a.Meeting))
		return int(h.Sum32() % folds)
	}
	for k := range folds {
		w := amiTrain(slices.DeleteFunc(slices.Clone(train), func(a act) bool { return fold(a) == k }))
		for i := range train {
			if fold(train[i]) == k {
				scores[i] = amiScore(w, &train[i])
			}
		}
	}
	best, most := 0.5, 0.0
	for at := 0.02; at < 1; at += 0.02 {
		if v := amiF1(scores, train, at).percent(); v > most {
			best, most = at, v
		}
	}
	return best
}

func benchAMI(t *testing.T, dir string) {
	t.Helper()
	train, dev := readAMI(t, filepath.Join(dir, "train.jsonl.gz")), readAMI(t, filepath.Join(dir, "dev.jsonl.gz"))
	at := amiThreshold(train)
	w := amiTrain(train)
	scores := make([]float64, len(dev))
	for i := range dev {
		scores[i] = amiScore(w, &dev[i])
	}
	f := amiF1(scores, dev, at)
	fmt.Printf("| AMI dialogue acts of action items, train → dev | F1 | precision | recall | published F1 |\n| --- | ---: | ---: | ---: | ---: |\n")
	fmt.Printf("| %d acts, %d of them positive | %.1f | %.1f | %.1f | 43.1 |\n", len(dev), f.tp+f.fn, f.percent(), f.precision(), f.recall())
}
