package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

// said is a result of a 20 s chunk: a word each second, segments parted by "|".
func said(model, text string) models.Heard {
	h := models.Heard{Language: "en", Model: model}
	at := time.Duration(0)
	for part := range strings.SplitSeq(text, "|") {
		g := models.Segment{Text: strings.TrimSpace(part), Span: models.Span{Start: at}, Speaker: models.Unknown}
		for w := range strings.FieldsSeq(part) {
			g.Words = append(g.Words, models.Word{Text: w, Span: models.Span{Start: at, End: at + time.Second}, P: 0.5})
			at += time.Second
		}
		g.Span.End = at
		h.Segments = append(h.Segments, g)
	}
	return h
}

// heardAgain runs a session of one chunk, ready, through another result.
func (h *home) heardAgain(id models.SessionID, r models.Heard) {
	h.t.Helper()
	ctx := h.t.Context()
	if n := must(h.RunAgain(ctx, id, Again{All: true}))(h.t); n != 1 {
		h.t.Fatalf("%d chunks are run again", n)
	}
	must(h.SaveResult(ctx, id, 0, r))(h.t)
	ok(h.t, h.SaveItems(ctx, id, list()))
}

func (h *home) ready(r models.Heard) models.SessionID {
	h.t.Helper()
	ctx := h.t.Context()
	id := h.session(models.Pending)
	must(h.SaveResult(ctx, id, 0, r))(h.t)
	must(h.FinishIngest(ctx, id, 20*time.Second))(h.t)
	ok(h.t, h.SaveItems(ctx, id, list()))
	return id
}

func (h *home) texts(id models.SessionID) (out []string) {
	h.t.Helper()
	for _, g := range must(h.Transcript(h.t.Context(), id))(h.t).Segments {
		text := g.Text
		if g.Edited {
			text += " *"
		}
		out = append(out, text)
	}
	return out
}

func TestEarlierTextIsKeptAndChosen(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.ready(said("tiny", "I was scarred | of the dock"))
	h.heardAgain(id, said("base", "I was scared of the dog"))
	takes := must(h.Takes(ctx, id))(t)
	if len(takes) != 1 || takes[0].Model != "tiny" || takes[0].Shown != "base" || takes[0].Number != 1 || len(takes[0].Segments) != 2 || takes[0].Span.End != 20*time.Second {
		t.Fatalf("%+v", takes)
	}
	h.heardAgain(id, said("base", "I was scared of the dog")) // the same is no other text
	if n := len(must(h.Takes(ctx, id))(t)); n != 1 {
		t.Errorf("%d takes", n)
	}
	for _, want := range [][]string{{"I was scarred", "of the dock"}, {"I was scared of the dog"}} {
		ok(t, h.ChooseTake(ctx, takes[0]))
		if d := cmp.Diff(want, h.texts(id)); d != "" {
			t.Error(d)
		}
		if h.state(id) != models.Extracting || must(h.Voicing(ctx, id))(t).Done {
			t.Error("nothing is due")
		}
		if again := must(h.Takes(ctx, id))(t); len(again) != 1 || again[0].Model == again[0].Shown {
			t.Errorf("%+v", again)
		}
	}
	takes[0].Number = 7
	wants(t, h.ChooseTake(ctx, takes[0]), models.NotFound)
	must(h.Strike(ctx, id, models.Span{Start: time.Second, End: 2 * time.Second}))(t)
	if n := len(must(h.Takes(ctx, id))(t)); n != 0 {
		t.Error("another text of what was struck is still there")
	}
}

func TestCorrectionsAreCarriedOver(t *testing.T) {
	tests := []struct {
		name, first, edit, to, again string
		want                         []string
		takes                        int
	}{
		{"the same words", "how are you | fine thanks", "fine thanks", "Fine, thank you.", "How are you? | Fine, thanks.", []string{"How are you?", "Fine, thank you. *"}, 1},
		{"cut elsewhere", "how are you | fine thanks | good", "fine thanks", "Fine!", "how are you fine thanks good", []string{"how are you", "Fine! *", "good"}, 0},
		{"at an end", "how are you | fine thanks", "how are you", "How are you doing", "how are you fine things", []string{"How are you doing *", "fine things"}, 1},
		{"the words are gone", "how are you | fine thanks", "fine thanks", "Fine!", "how are you find tanks", []string{"how are you", "Fine! *"}, 1},
		{"no words at all", "how are you", "how are you", "Who are you", "", []string{"Who are you *"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			ctx := t.Context()
			id := h.ready(said("tiny", tt.first))
			for _, g := range must(h.Transcript(ctx, id))(t).Segments {
				if g.Text == tt.edit {
					must(h.EditSegment(ctx, g, tt.to))(t)
				}
			}
			again := said("base", tt.again)
			if tt.again == "" {
				again.Segments = nil
			}
			h.heardAgain(id, again)
			if d := cmp.Diff(tt.want, h.texts(id)); d != "" {
				t.Error(d)
			}
			if n := len(must(h.Takes(ctx, id))(t)); n != tt.takes {
				t.Errorf("%d takes, want %d", n, tt.takes)
			}
			for _, g := range must(h.Transcript(ctx, id))(t).Segments {
				if g.Edited {
					if past := must(h.Revisions(ctx, g))(t); len(past) != 1 || past[0].Text == "" {
						t.Errorf("what it said before: %+v", past)
					}
				}
			}
		})
	}
}

func TestAnEditedTakeComesBackEdited(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.ready(said("tiny", "one two | three"))
	h.heardAgain(id, said("base", "one too | three"))
	must(h.EditSegment(ctx, must(h.Transcript(ctx, id))(t).Segments[0], "one, two"))(t)
	must(h.SetPace(ctx, id, func(p *models.Pace) {
		p.Fold([]models.Spot{{Chunk: 0, Index: 1}}, true)
		p.Place = &models.Spot{Chunk: 0, Index: 1}
	}))(t)
	k := must(h.Takes(ctx, id))(t)[0]
	ok(t, h.ChooseTake(ctx, k))
	if d := cmp.Diff([]string{"one two", "three"}, h.texts(id)); d != "" {
		t.Error(d)
	}
	ok(t, h.ChooseTake(ctx, k))
	if d := cmp.Diff([]string{"one, two *", "three"}, h.texts(id)); d != "" {
		t.Error(d)
	}
	p := must(h.Pace(ctx, id))(t)
	if len(p.Hard) != 1 || p.Hard[0].Index != 1 || p.Place == nil || p.Place.Index != 1 {
		t.Errorf("%+v", p)
	}
	g := must(h.Transcript(ctx, id))(t).Segments[0]
	if past := must(h.Revisions(ctx, g))(t); len(past) != 1 || past[0].Text != "one too" {
		t.Errorf("%+v", past)
	}
}

func TestRestoredTextIsCarriedOver(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	held := said("tiny", "thank you | one")
	held.Segments[0].Suspect = []models.Doubt{models.DoubtNoSpeech}
	id := h.ready(held)
	ok(t, h.SetRestored(ctx, must(h.Transcript(ctx, id))(t).Segments[0], true))
	again := said("base", "thank you | won")
	again.Segments[0].Suspect = []models.Doubt{models.DoubtNoSpeech}
	h.heardAgain(id, again)
	if g := must(h.Transcript(ctx, id))(t).Segments; g[0].HeldBack() || g[1].Text != "won" {
		t.Errorf("%+v", g)
	}
}

func TestRunAgainTakesWhatWasAskedFor(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending, models.Pending, models.Silent)
	must(h.SaveResult(ctx, id, 0, models.Heard{Segments: segments(0, "a")}))(t)
	must(h.SaveResult(ctx, id, 1, models.Heard{Segments: segments(1, "b"), Wordless: []models.Span{{Start: 22 * time.Second, End: 24 * time.Second}}}))(t)
	must(h.FailChunk(ctx, id, 2, "crash"))(t)
	must(h.FinishIngest(ctx, id, 80*time.Second))(t)
	for again, want := range map[Again]int{{}: 1, {Wordless: true}: 2, {All: true}: 3} {
		if n := must(h.RunAgain(ctx, id, again))(t); n != want {
			t.Errorf("%+v: %d chunks", again, n)
		}
		for _, c := range must(h.Chunks(ctx, id))(t) {
			if c.State != models.Pending {
				continue
			}
			if c.Seq == 2 {
				must(h.FailChunk(ctx, id, 2, "crash"))(t)
				continue
			}
			must(h.SaveResult(ctx, id, c.Seq, models.Heard{Segments: segments(c.Seq, string(rune('a'+c.Seq))), Wordless: c.Wordless}))(t)
		}
	}
}

// What was taken for silence can be run again; what a strike left silent, and
// what has its words, cannot be doubted.
func TestDoubtSilence(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Silent, models.Silent)
	must(h.SaveResult(ctx, id, 0, models.Heard{Segments: segments(0, "a")}))(t)
	must(h.FinishIngest(ctx, id, 60*time.Second))(t)
	chunks := must(h.Chunks(ctx, id))(t)
	must(h.Strike(ctx, id, models.Span{Start: chunks[2].Span.Start + time.Second, End: chunks[2].Span.End}))(t)
	for seq := range 3 {
		ok(t, h.DoubtSilence(ctx, id, seq, []models.Span{chunks[seq].Span}))
	}
	chunks = must(h.Chunks(ctx, id))(t)
	if chunks[0].State != models.Done || chunks[1].State != models.Failed || chunks[2].State != models.Silent {
		t.Fatalf("%+v", chunks)
	}
	if n := must(h.RunAgain(ctx, id, Again{}))(t); n != 1 {
		t.Errorf("%d chunks", n)
	}
	if c := must(h.Chunks(ctx, id))(t)[1]; c.State != models.Pending || len(c.Voiced) != 1 {
		t.Errorf("%+v", c)
	}
	must(h.SaveResult(ctx, id, 1, models.Heard{Segments: segments(1, "b")}))(t)
	if g := must(h.Transcript(ctx, id))(t).Segments; len(g) != 2 || len(must(h.Takes(ctx, id))(t)) != 0 {
		t.Errorf("%+v", g)
	}
}
