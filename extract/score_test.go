package extract

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// The scorer compares items with what a careful reader wrote down. An action
// is found where a segment of its evidence is at most one away; an emotion
// likewise; a theme where it is among the first five.

type goldAction struct {
	Text       string
	Status     models.ActionStatus
	Owner      string
	Segments   []int
	Due        models.Date
	Recurrence string
}

type goldSession struct {
	models.Transcript
	Gold struct {
		Themes []struct {
			Theme    string
			Segments []int
		}
		Emotions    []goldEmotion
		EmotionsNot []goldEmotion `json:"emotions_not"`
		Actions     []goldAction
	}
}

type goldEmotion struct {
	Emotion string
	Segment int
	Why     string
}

func (g *goldSession) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &g.Transcript); err != nil {
		return err
	}
	var only struct {
		Gold json.RawMessage `json:"gold"`
	}
	if err := json.Unmarshal(b, &only); err != nil {
		return err
	}
	return json.Unmarshal(only.Gold, &g.Gold)
}

// ratio is a share that prints and compares as percent.
type ratio struct{ hits, of int }

func (r *ratio) add(hit bool) {
	r.of++
	if hit {
		r.hits++
	}
}

func (r ratio) percent() float64 {
	if r.of == 0 {
		return 100
	}
	return 100 * float64(r.hits) / float64(r.of)
}

type f1 struct{ tp, fp, fn int }

func (f f1) percent() float64 {
	if f.tp == 0 {
		return 0
	}
	return 200 * float64(f.tp) / float64(2*f.tp+f.fp+f.fn)
}

func (f f1) precision() float64 { return 100 * float64(f.tp) / float64(max(1, f.tp+f.fp)) }
func (f f1) recall() float64    { return 100 * float64(f.tp) / float64(max(1, f.tp+f.fn)) }

type score struct {
	actions, emotions, families f1
	traps, emotionTraps         ratio
	status, due, recurrence     ratio
	themes                      ratio
	verbatim                    ratio
	noEvidence                  int
}

func segments(it models.Item) []int {
	var out []int
	for _, e := range it.Evidence {
		out = append(out, e.Segment)
	}
	return out
}

func apart(a, b []int) int {
	best := 1 << 30
	for _, x := range a {
		for _, y := range b {
			best = min(best, max(x-y, y-x))
		}
	}
	return best
}

// pairUp matches predictions with gold one to one, the closest first.
func pairUp(pred []models.Item, gold []goldAction) [][2]int {
	type cand struct{ d, i, j int }
	var cs []cand
	for i, p := range pred {
		for j, g := range gold {
			if d := apart(segments(p), g.Segments); d <= 1 {
				cs = append(cs, cand{d, i, j})
			}
		}
	}
	slices.SortFunc(cs, func(a, b cand) int { return cmp.Or(a.d-b.d, a.i-b.i, a.j-b.j) })
	var out [][2]int
	usedP, usedG := map[int]bool{}, map[int]bool{}
	for _, c := range cs {
		if !usedP[c.i] && !usedG[c.j] {
			usedP[c.i], usedG[c.j] = true, true
			out = append(out, [2]int{c.i, c.j})
		}
	}
	return out
}

func isClient(s models.ActionStatus) bool { return s == models.Assigned || s == models.Committed }

func (sc *score) session(g goldSession, items models.Items) {
	var acts, mine []models.Item
	var felt []goldEmotion
	var themes []string
	for _, it := range items.List {
		if len(it.Evidence) == 0 {
			sc.noEvidence++
		}
		for _, e := range it.Evidence {
			sc.verbatim.add(e.In(g.Transcript))
		}
		switch it.Kind {
		case models.KindAction:
			acts = append(acts, it)
			if isClient(it.Status) && it.Owner == "client" {
				mine = append(mine, it)
			}
		case models.KindEmotion:
			for _, s := range segments(it) {
				felt = append(felt, goldEmotion{Emotion: it.Label, Segment: s})
			}
		case models.KindTheme:
			themes = append(themes, it.Label)
		}
	}
	sc.sessionActions(g, acts, mine)
	sc.sessionEmotions(g, felt)
	for _, t := range g.Gold.Themes {
		sc.themes.add(slices.Contains(themes[:min(5, len(themes))], t.Theme))
	}
}

func (sc *score) sessionActions(g goldSession, acts, mine []models.Item) {
	var want, traps []goldAction
	for _, a := range g.Gold.Actions {
		if isClient(a.Status) {
			want = append(want, a)
		} else {
			traps = append(traps, a)
		}
	}
	pairs := pairUp(mine, want)
	taken := map[int]bool{}
	for _, p := range pairs {
		taken[p[0]] = true
		sc.due.add(mine[p[0]].Due == want[p[1]].Due)
		sc.recurrence.add(mine[p[0]].Recurrence == want[p[1]].Recurrence)
	}
	sc.actions.tp += len(pairs)
	sc.actions.fp += len(mine) - len(pairs)
	sc.actions.fn += len(want) - len(pairs)
	for _, t := range traps {
		hit := false
		for i, p := range mine {
			hit = hit || !taken[i] && apart(segments(p), t.Segments) == 0
		}
		sc.traps.add(hit)
	}
	for _, p := range pairUp(acts, g.Gold.Actions) {
		a, b := acts[p[0]], g.Gold.Actions[p[1]]
		sc.status.add(a.Status == b.Status || isClient(a.Status) && isClient(b.Status) || b.Status == models.ByTherapist && a.Owner != "client")
	}
}

func (sc *score) sessionEmotions(g goldSession, felt []goldEmotion) {
	same := func(e string) string { return e }
	fold := func(e string) string { return family[e] }
	sc.emotions.emotions(felt, g.Gold.Emotions, same)
	sc.families.emotions(felt, g.Gold.Emotions, fold)
	for _, t := range g.Gold.EmotionsNot {
		sc.emotionTraps.add(slices.ContainsFunc(felt, func(e goldEmotion) bool { return e.Emotion == t.Emotion && e.Segment == t.Segment }))
	}
}

func (f *f1) emotions(pred, gold []goldEmotion, fold func(string) string) {
	uniq := func(in []goldEmotion) []goldEmotion {
		var out []goldEmotion
		for _, e := range in {
			e = goldEmotion{Emotion: fold(e.Emotion), Segment: e.Segment}
			if !slices.Contains(out, e) {
				out = append(out, e)
			}
		}
		slices.SortFunc(out, func(a, b goldEmotion) int { return cmp.Or(strings.Compare(a.Emotion, b.Emotion), a.Segment-b.Segment) })
		return out
	}
	p, q := uniq(pred), uniq(gold)
	usedP, usedQ := map[int]bool{}, map[int]bool{}
	for slack := range 2 {
		for k, a := range p {
			for m, b := range q {
				if !usedP[k] && !usedQ[m] && a.Emotion == b.Emotion && max(a.Segment-b.Segment, b.Segment-a.Segment) == slack {
					usedP[k], usedQ[m] = true, true
				}
			}
		}
	}
	f.tp += len(usedP)
	f.fp += len(p) - len(usedP)
	f.fn += len(q) - len(usedQ)
}

// pairScore scores minimal pairs.
type pairScore struct {
	accuracy, falsePositives, dates ratio
	emotions                        f1
	traps                           ratio
}

type goldPair struct {
	ID, Speaker, Before, Text string
	Label                     json.RawMessage
	Date, Due                 models.Date
	Recurrence                string
}

// status is the label of an action pair.
func (p goldPair) status() (s models.ActionStatus) {
	if err := json.Unmarshal(p.Label, &s); err != nil {
		panic(p.ID + ": " + err.Error())
	}
	return s
}

// transcript puts a pair's utterance behind the one before it; it returns the
// number of its last segment too.
func (p goldPair) transcript() (models.Transcript, int) {
	other := map[string]models.Speaker{"client": models.Therapist, "therapist": models.Client}
	t := models.Transcript{ID: p.ID, Date: p.Date}
	if p.Before != "" {
		t.Segments = append(t.Segments, models.Segment{Speaker: other[p.Speaker], Text: p.Before})
	}
	n := len(t.Segments)
	t.Segments = append(t.Segments, models.Segment{Seq: n, Speaker: models.Speaker(p.Speaker), Text: p.Text})
	return t, n
}

func (sc *pairScore) action(p goldPair, items models.Items) bool {
	label := p.status()
	var found *models.Item
	for i, it := range items.List {
		if it.Kind == models.KindAction && isClient(it.Status) && it.Owner == "client" {
			found = &items.List[i]
			break
		}
	}
	want, got := isClient(label), found != nil
	sc.accuracy.add(want == got)
	if !want {
		sc.falsePositives.add(got)
	}
	if want && got {
		ok := found.Due == p.Due && found.Recurrence == p.Recurrence
		sc.dates.add(ok)
		return ok
	}
	return want == got
}

func (sc *pairScore) emotion(p goldPair, last int, items models.Items) bool {
	var want []string
	_ = json.Unmarshal(p.Label, &want)
	var got []string
	for _, it := range items.List {
		if it.Kind == models.KindEmotion && slices.Contains(segments(it), last) {
			got = append(got, it.Label)
		}
	}
	right := 0
	for _, e := range got {
		if slices.Contains(want, e) {
			right++
		}
	}
	sc.emotions.tp += right
	sc.emotions.fp += len(got) - right
	sc.emotions.fn += len(want) - right
	if len(want) == 0 {
		sc.traps.add(len(got) > 0)
	}
	return right == len(got) && right == len(want)
}

func readLines[T any](t testing.TB, path string) []T {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", filepath.Base(path), err)
		}
		out = append(out, v)
	}
	return out
}

func readSessions(t testing.TB, folder string) []goldSession {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sessions in %s", folder)
	}
	var out []goldSession
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var g goldSession
		if err := json.Unmarshal(b, &g); err != nil {
			t.Fatalf("%s: %v", filepath.Base(f), err)
		}
		out = append(out, g)
	}
	return out
}

func extractAll(t testing.TB, tr models.Transcript) models.Items {
	t.Helper()
	items, err := New(Config{}).Extract(context.Background(), tr)
	if err != nil {
		t.Fatal(err)
	}
	return items
}
