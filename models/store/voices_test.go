package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

// talk is a session, due for its voices, of segments with one word a second.
func (h *home) talk(texts ...string) (models.SessionID, []models.Segment) {
	h.t.Helper()
	ctx := h.t.Context()
	id := h.session(models.Pending)
	var all []models.Segment
	at := time.Duration(0)
	for _, text := range texts {
		g := models.Segment{Text: text, Span: models.Span{Start: at}}
		for w := range strings.FieldsSeq(text) {
			g.Words = append(g.Words, models.Word{Text: w, Span: models.Span{Start: at, End: at + time.Second}, P: 0.5})
			at += time.Second
		}
		g.Span.End = at
		all = append(all, g)
	}
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: all}))(h.t)
	must(h.FinishIngest(ctx, id, 20*time.Second))(h.t)
	return id, must(h.Transcript(ctx, id))(h.t).Segments
}

// cutAt cuts a segment before words and names the pieces in turn.
func cutAt(g models.Segment, who []models.Speaker, places ...int) []models.Segment {
	var out []models.Segment
	from := 0
	for i, to := range append(places, len(g.Words)) {
		p := g
		p.Words = g.Words[from:to]
		p.Span = models.Span{Start: p.Words[0].Span.Start, End: p.Words[len(p.Words)-1].Span.End}
		p.Text = ""
		for _, w := range p.Words {
			p.Text = strings.TrimSpace(p.Text + " " + w.Text)
		}
		p.Speaker = who[i%len(who)]
		out = append(out, p)
		from = to
	}
	return out
}

func (h *home) spoken(id models.SessionID) (out []string) {
	h.t.Helper()
	for _, g := range must(h.Transcript(h.t.Context(), id))(h.t).Segments {
		out = append(out, string(g.Speaker)+": "+g.Text)
	}
	return out
}

var (
	turns = []models.Speaker{"S1", "S2"}
	told  = models.Voicing{Done: true, Outcome: models.VoicesTold, Named: models.NamedByNone}
)

func TestSaveVoicesCutsAndKeepsWhatRestsOnIt(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id, was := h.talk("how are you fine thanks", "I will write it", "good")
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Thanks", 0, "fine thanks"), item(models.KindGoal, "Both", 0, "you fine"), item(models.KindAction, "Write", 1, "I will"))))
	must(h.SetPace(ctx, id, func(p *models.Pace) { p.Fold([]models.Spot{was[0].Spot()}, true) }))(t)
	ok(t, h.VoicesAgain(ctx, id))
	pieces := [][]models.Segment{cutAt(was[0], turns, 3), cutAt(was[1], turns), cutAt(was[2], turns[1:])}
	ok(t, h.SaveVoices(ctx, id, was, pieces, told))
	want := []string{"S1: how are you", "S2: fine thanks", "S1: I will write it", "S2: good"}
	if d := cmp.Diff(want, h.spoken(id)); d != "" {
		t.Error(d)
	}
	if v := must(h.Voicing(ctx, id))(t); v != told {
		t.Errorf("%+v", v)
	}
	for text, stale := range map[string]bool{"Thanks": false, "Write": false, "Both": true} {
		if it := h.named(id, text); it.Stale != stale {
			t.Errorf("%s: stale %v", text, it.Stale)
		}
	}
	if p := must(h.Pace(ctx, id))(t); len(p.Hard) != 2 {
		t.Errorf("folded: %v", p.Hard)
	}
	tr := must(h.Transcript(ctx, id))(t)
	if len(tr.Segments[1].Words) != 2 || tr.Segments[1].Span != (models.Span{Start: 3 * time.Second, End: 5 * time.Second}) {
		t.Errorf("%+v", tr.Segments[1])
	}
	// The pieces are as good as any segment.
	must(h.EditSegment(ctx, tr.Segments[1], "Fine, thanks"))(t)
}

func TestSaveVoicesRefuses(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id, was := h.talk("one two three four")
	lost := cutAt(was[0], turns, 2)
	lost[1].Words = lost[1].Words[1:]
	named := cutAt(was[0], []models.Speaker{"Anna"})
	late := cutAt(was[0], turns, 2)
	late[1].Span.End += time.Second
	reworded := cutAt(was[0], turns, 2)
	reworded[0].Text = "one three"
	for name, pieces := range map[string][]models.Segment{"none": nil, "a word lost": lost, "a name": named, "too late": late, "other words": reworded} {
		if err := h.SaveVoices(ctx, id, was, [][]models.Segment{pieces}, told); models.CodeOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := [][]models.Segment{cutAt(was[0], turns, 2)}
	wants(t, h.SaveVoices(ctx, id, nil, nil, told), models.Conflict)
	h.ring.broken.Store(3)
	if err := h.SaveVoices(ctx, id, was, good, told); err == nil {
		t.Error("no error")
	}
	h.ring.broken.Store(0)
	if d := cmp.Diff([]string{"unknown: one two three four"}, h.spoken(id)); d != "" || must(h.Voicing(ctx, id))(t).Done {
		t.Errorf("half of it was stored: %s", d)
	}
	edited := must(h.EditSegment(ctx, was[0], "one two three for"))(t)
	wants(t, h.SaveVoices(ctx, id, []models.Segment{edited}, [][]models.Segment{cutAt(edited, turns, 2)}, told), models.Invalid)
	ok(t, h.SaveItems(ctx, id, list()))
	wants(t, h.SaveVoices(ctx, id, was, good, told), models.Conflict)
}

// What the client did while the voices were being told apart wins, and stays
// when it is done again with other cuts.
func TestCorrectionsOutliveASecondRun(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id, was := h.talk("one two", "three four five six", "seven")
	must(h.EditSegment(ctx, was[0], "won too"))(t)
	ok(t, h.SetSegmentSpeaker(ctx, was[2], "S2"))
	s1 := turns[:1]
	ok(t, h.SaveVoices(ctx, id, was, [][]models.Segment{cutAt(was[0], s1, 1), cutAt(was[1], s1), cutAt(was[2], s1)}, told))
	want := []string{"unknown: won too", "S1: three four five six", "S2: seven"}
	if d := cmp.Diff(want, h.spoken(id)); d != "" {
		t.Error(d)
	}
	if n := must(h.SetSpeakers(ctx, id, map[models.Speaker]models.Speaker{"S1": "S2", "S2": "S1"}))(t); n != 2 {
		t.Errorf("%d changed places", n)
	}
	ok(t, h.SaveItems(ctx, id, list()))
	ok(t, h.VoicesAgain(ctx, id))
	v := must(h.Voicing(ctx, id))(t)
	if v.Done || v.Named != models.NamedByPerson {
		t.Errorf("%+v", v)
	}
	was = must(h.Transcript(ctx, id))(t).Segments
	first := was[0]
	first.Speaker = "S1"
	ok(t, h.SaveVoices(ctx, id, was, [][]models.Segment{{first}, cutAt(was[1], turns, 2), cutAt(was[2], []models.Speaker{"S3"})}, told))
	want = []string{"S1: won too", "S1: three four", "S2: five six", "S1: seven"}
	if d := cmp.Diff(want, h.spoken(id)); d != "" {
		t.Error(d)
	}
	must(h.Strike(ctx, id, models.Span{Start: 6 * time.Second, End: 7 * time.Second}))(t)
	var n int
	if ok(t, h.reader.QueryRow("SELECT count(*) FROM attribution").Scan(&n)); n != 0 {
		t.Error("who spoke in what was struck is still there")
	}
}

func TestNewWordsMakeVoicesDue(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id, was := h.talk("one two")
	ok(t, h.SaveVoices(ctx, id, was, [][]models.Segment{cutAt(was[0], turns)}, told))
	if again := must(h.RetryChunk(ctx, id, 0))(t); !again {
		t.Fatal("not run again")
	}
	wants(t, h.VoicesAgain(ctx, id), models.Conflict)
	must(h.SaveResult(ctx, id, 0, models.Heard{Segments: was}))(t)
	if must(h.Voicing(ctx, id))(t).Done {
		t.Error("new words, and nobody is to look who spoke")
	}
	_, err := h.Voicing(ctx, "0123456789ab")
	wants(t, err, models.NotFound)
}

// However a session is cut, again and again: its words stay the same, in order.
func TestCutsLoseNoWord(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	r := rand.New(rand.NewPCG(1, 1))
	id, was := h.talk("a b c d e f g", "h i j k", "l", "m n o p q r s t")
	said := func(all []models.Segment) (out string) {
		for _, g := range all {
			out += g.Text + " "
			for _, w := range g.Words {
				out += fmt.Sprint(w) + " "
			}
		}
		return strings.Join(strings.Fields(out), " ")
	}
	var words []models.Word
	for _, g := range was {
		words = append(words, g.Words...)
	}
	for range 6 {
		var pieces [][]models.Segment
		for _, g := range was {
			var places []int
			for i := 1; i < len(g.Words); i++ {
				if r.IntN(3) == 0 {
					places = append(places, i)
				}
			}
			pieces = append(pieces, cutAt(g, turns, places...))
		}
		var want []models.Segment
		for _, p := range pieces {
			want = append(want, p...)
		}
		ok(t, h.SaveVoices(ctx, id, was, pieces, told))
		was = must(h.Transcript(ctx, id))(t).Segments
		if said(was) != said(want) {
			t.Fatalf("got %s\nwant %s", said(was), said(want))
		}
		ok(t, h.SaveItems(ctx, id, list()))
		ok(t, h.VoicesAgain(ctx, id))
	}
	var now []models.Word
	for _, g := range was {
		now = append(now, g.Words...)
	}
	if d := cmp.Diff(words, now); d != "" {
		t.Error(d)
	}
}

func TestPrints(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	if n := must(h.ForgetPrints(ctx))(t); n != 0 || len(must(h.Prints(ctx))(t)) != 0 {
		t.Error("there was none")
	}
	id, _ := h.talk("one two")
	ok(t, h.SavePrint(ctx, models.Print{Embedding: []float32{0.25, -1, 3}}))
	ok(t, h.SavePrint(ctx, models.Print{Session: id, Embedding: []float32{1}}))
	ok(t, h.SavePrint(ctx, models.Print{Embedding: []float32{0.5, -1}}))
	ok(t, h.SavePrint(ctx, models.Print{Session: id, Embedding: []float32{2}}))
	bySource := map[models.SessionID][]float32{}
	for _, p := range must(h.Prints(ctx))(t) {
		bySource[p.Session] = p.Embedding
	}
	if d := cmp.Diff(map[models.SessionID][]float32{"": {0.5, -1}, id: {2}}, bySource); d != "" {
		t.Error(d)
	}
	wants(t, h.SavePrint(ctx, models.Print{}), models.Invalid)
	wants(t, h.SavePrint(ctx, models.Print{Session: "0123456789ab", Embedding: []float32{1}}), models.NotFound)
	must(h.ForgetSession(ctx, id))(t)
	if got := must(h.Prints(ctx))(t); len(got) != 1 || got[0].Session != "" {
		t.Errorf("after its session was forgotten: %+v", got)
	}
	var sealed []byte
	ok(t, h.reader.QueryRow("SELECT print FROM voiceprint").Scan(&sealed))
	if n := must(h.ForgetPrints(ctx))(t); n != 1 {
		t.Errorf("%d were forgotten", n)
	}
	if b := must(os.ReadFile(h.path))(t); strings.Contains(string(b), string(sealed)) {
		t.Error("the file still holds it")
	}
}
