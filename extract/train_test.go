package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
	"github.com/afterword/afterword/models"
)

// TestTrain learns the leanings of words and the order of themes, and writes
// both tables: what `go run ./cmd/build train` does. AFTERWORD_TRAIN_WORDS
// names the package with the word vectors (all-MiniLM-L6-v2). The same corpus
// gives the same bytes. It prints how well sessions that were left out are
// read, with the rules' order and with the learnt one.
func TestTrain(t *testing.T) {
	path := os.Getenv("AFTERWORD_TRAIN_WORDS")
	if path == "" {
		t.Skip("run by 'go run ./cmd/build train'")
	}
	vs, err := readVectors(path)
	if err != nil {
		t.Fatal(err)
	}
	c := newCourse(t, vs)
	c.crossValidate(t)
	lean := c.solve(nil)
	write := func(name string, b []byte) {
		if err := os.WriteFile("lexicon/"+name, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("leanings.bin", c.table(lean))
	o, us, co := c.learn(nil)
	write("theme_order.tsv", o.table(trainingDigest(t)))
	write("theme_usual.tsv", us.table())
	write("theme_company.tsv", co.table())
	write("situation_usual.tsv", situationTable(c.situations))
}

// How much is learnt from what.
const (
	folds     = 5
	stiffness = 60 // of the regression
	sayings   = 10 // how many utterances of a session one of corpus/themes-*.txt weighs
	caution   = 30 // of the order's regression
)

// course is all that is learnt from.
type course struct {
	meanings
	lots  []lot
	parts [folds]*sums // of the sessions of a fold
	said  *sums

	situations []likeness // as usual over the sessions
}

// lot is one session of the training side, or of an unread one, which is only measured on.
type lot struct {
	fold  int
	talk  []utterance
	about []float64 // 1 for its themes
	found weighed
	train bool
}

func newCourse(t *testing.T, vs vectors) *course {
	t.Helper()
	c := &course{said: newSums()}
	for _, g := range readSessions(t, "testdata/validation/sessions") {
		c.lots = append(c.lots, newLot(g, true))
	}
	ss, err := corpus.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ss {
		c.lots = append(c.lots, newLot(gold(s), s.Side() == corpus.Train))
	}
	var talks [][]utterance
	for _, l := range c.lots {
		if l.train {
			talks = append(talks, l.talk)
		}
	}
	c.meanings = newMeanings(vs, talks)
	weights := make([][]float64, len(situations()))
	for _, l := range c.lots {
		for k, t := range l.found.told {
			if l.train {
				weights[k] = append(weights[k], t.weight)
			}
		}
	}
	c.situations = likenesses(weights)
	c.fill(t)
	return c
}

func newLot(s goldSession, train bool) lot {
	h := fnv.New32a()
	h.Write([]byte("fold " + s.ID))
	l := lot{fold: int(h.Sum32() % folds), about: make([]float64, len(models.Themes)), train: train}
	never := func() bool { return false }
	ledger := New(Config{}).ledger(s.Transcript, readTranscript(s.Transcript, never).talk)
	l.talk = ledger.talk
	for _, th := range s.Gold.Themes {
		l.about[themeIndex(th.Theme)] = 1
	}
	if train { // it must not be known from its own count
		all := rarities
		defer func() { rarities = all }()
		r := all().without(s)
		rarities = func() rarity { return r }
	}
	has, refused := readFeelings(l.talk, never)
	l.found = weighThemes(l.talk, weighFeelings(ledger.clues, has, refused, never), never)
	return l
}

// without is the count of all other sessions.
func (r rarity) without(g goldSession) rarity {
	out := rarity{r.sessions - 1, maps.Clone(r.counts)}
	for p := range phrasesOf(g) {
		if out.counts[p]--; out.counts[p] <= 0 {
			delete(out.counts, p)
		}
	}
	return out
}

// fill adds up the regression's sums.
func (c *course) fill(t *testing.T) {
	t.Helper()
	for k := range c.parts {
		c.parts[k] = newSums()
	}
	for _, l := range c.lots {
		for i := range l.talk {
			if l.train {
				c.parts[l.fold].add(append(c.vector(&l.talk[i]), 1), l.about, 1)
			}
		}
	}
	list, err := corpus.Sayings()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		y := make([]float64, len(models.Themes))
		for n := range y {
			y[n] = -1 / float64(len(y))
		}
		for _, th := range s.Themes {
			y[themeIndex(th)]++
		}
		u := readSegment(models.Segment{Text: s.Text}, true)
		c.said.add(append(c.vector(&u), 0), y, sayings)
	}
}

// solve does the regression over all folds but those left out: for each theme
// a weight of every input.
func (c *course) solve(out []int) [][]float64 {
	s := newSums()
	s.plus(c.said)
	for f, p := range c.parts {
		if !slices.Contains(out, f) {
			s.plus(p)
		}
	}
	return s.solve()
}

func (c *course) lean(w [][]float64) func(*utterance) []float64 {
	return func(u *utterance) []float64 {
		out := make([]float64, len(models.Themes))
		v := c.vector(u)
		for n := range out {
			out[n] = dot(v, w[n])
		}
		return out
	}
}

// learn learns the order of themes, what is usual and what goes together, from
// the training side but for the folds left out. Each session has the leanings
// and the company that were learnt without its fold, so that the order does not
// trust them too far.
func (c *course) learn(out []int) (themeOrders, usual, company) {
	var all [][]traits
	var ls []*lot
	for f := range folds {
		if slices.Contains(out, f) {
			continue
		}
		lean := c.lean(c.solve(append([]int{f}, out...)))
		for i := range c.lots {
			if l := &c.lots[i]; l.fold == f && l.train {
				all = append(all, l.found.traits(l.talk, lean, c.situations))
				ls = append(ls, l)
			}
		}
	}
	us := usualOf(all)
	for _, ts := range all {
		us.measure(ts)
	}
	first := orderOf(all, ls, -1)
	companyless := make([]themeOrder, folds)
	for f := range folds {
		companyless[f] = orderOf(all, ls, f)
	}
	for f := range folds {
		co := companyOf(ls, f)
		for i, ts := range all {
			if ls[i].fold == f {
				co.measure(ts, companyless[f])
			}
		}
	}
	return themeOrders{first, orderOf(all, ls, -1)}, us, companyOf(ls, -1)
}

// orderOf learns the order from all sessions but those of a fold.
func orderOf(all [][]traits, ls []*lot, without int) themeOrder {
	var es []example
	for i, ts := range all {
		if ls[i].fold == without {
			continue
		}
		for n, tr := range ts {
			es = append(es, example{tr, ls[i].about[n] > 0})
		}
	}
	return learnOrder(es)
}

// crossValidate reads each training session with what was learnt from the
// others, and the unread sides with what was learnt from them all.
func (c *course) crossValidate(t *testing.T) {
	t.Helper()
	var rules, learnt, rulesUnread, learntUnread ratio
	measure := func(out []int, which func(*lot) bool, rules, learnt *ratio) {
		o, us, co := c.learn(out)
		lean := c.lean(c.solve(out))
		for i := range c.lots {
			if l := &c.lots[i]; which(l) {
				ts := l.found.traits(l.talk, lean, c.situations)
				us.measure(ts)
				co.measure(ts, o.first)
				first5(l, func(n int) float64 { return l.found.totals[n] }, rules)
				first5(l, func(n int) float64 { return o.then.likely(ts[n]) }, learnt)
			}
		}
	}
	for f := range folds {
		measure([]int{f}, func(l *lot) bool { return l.train && l.fold == f }, &rules, &learnt)
	}
	measure(nil, func(l *lot) bool { return !l.train }, &rulesUnread, &learntUnread)
	fmt.Printf("themes, recall at 5: left out of training %.1f %% (by the lexicon alone %.1f %%), unread %.1f %% (%.1f %%)\n",
		learnt.percent(), rules.percent(), learntUnread.percent(), rulesUnread.percent())
}

// first5 counts how many of a reader's themes are among the five that score
// highest.
func first5(l *lot, score func(int) float64, r *ratio) {
	var found []int
	for n, v := range l.found.totals {
		if v > 0 || len(l.found.evidence(n, l.talk)) > 0 {
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, func(a, b int) int {
		if score(a) > score(b) {
			return -1
		}
		return 1
	})
	for n, v := range l.about {
		if v > 0 {
			r.add(slices.Contains(found[:min(5, len(found))], n))
		}
	}
}

// digestLine begins the line of a table that says what was learnt from.
const digestLine = "# Learnt from: "

// trainingDigest tells one state of what is learnt from from another.
func trainingDigest(t *testing.T) string {
	t.Helper()
	list, err := corpus.Sayings()
	if err != nil {
		t.Fatal(err)
	}
	ss, err := corpus.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	ps, err := corpus.EmotionPairs()
	if err != nil {
		t.Fatal(err)
	}
	as, err := corpus.ActionPairs()
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	fmt.Fprintln(h, models.Themes, traitNames, list, situationText)
	for _, s := range ss {
		if s.Side() == corpus.Train {
			fmt.Fprintln(h, s.ID, s.Themes, s.Segments, s.Emotions, s.Actions)
		}
	}
	for _, p := range ps {
		if p.Side() == corpus.Train {
			fmt.Fprintln(h, p.ID, p.Before, p.Text, p.Emotions)
		}
	}
	for _, p := range as {
		if p.Side() == corpus.Train {
			fmt.Fprintln(h, p.ID, p.Before, p.Text, p.Status)
		}
	}
	madeUp(t, dialogues, func(said, want string) { fmt.Fprintln(h, said, want) })
	return hex.EncodeToString(h.Sum(nil)[:8])
}
