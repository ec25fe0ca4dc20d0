package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/afterword/afterword/models"
)

// extracting makes a session whose items are due; one segment a text.
func (h *home) extracting(texts ...string) models.SessionID {
	h.t.Helper()
	id := h.session(models.Pending)
	must(h.SaveResult(h.t.Context(), id, 0, models.Heard{Language: "en", Segments: segments(0, texts...)}))(h.t)
	must(h.FinishIngest(h.t.Context(), id, 20*time.Second))(h.t)
	return id
}

func item(kind models.Kind, text string, segment int, quote string) models.Item {
	it := models.Item{Kind: kind, Text: text, Evidence: []models.Evidence{{Segment: segment, Quote: quote}}}
	if kind == models.KindTheme || kind == models.KindEmotion {
		it.Label, it.Text = text, ""
	}
	return it
}

func list(items ...models.Item) models.Items { return models.Items{Summary: "A summary.", List: items} }

// said is what the items of a session say, with their decisions.
func (h *home) said(id models.SessionID) []string {
	h.t.Helper()
	var out []string
	for _, it := range must(h.Items(h.t.Context(), ItemFilter{Session: id, All: true}))(h.t) {
		text := it.Text + it.Label + " " + string(it.Decision)
		if it.Stale {
			text += " stale"
		}
		out = append(out, text)
	}
	return out
}

func (h *home) named(id models.SessionID, text string) models.Item {
	h.t.Helper()
	for _, it := range must(h.Items(h.t.Context(), ItemFilter{Session: id, All: true}))(h.t) {
		if it.Text+it.Label == text {
			return it
		}
	}
	h.t.Fatalf("no item %q", text)
	return models.Item{}
}

func TestItemRoundTrip(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write every evening", "I felt calm")
	no := false
	want := []models.Item{
		{
			Kind: models.KindAction, Text: "Write", Status: models.Committed, Owner: "client", Due: "2026-03-08", Recurrence: "daily", When: "evening",
			Where: "home", Skill: "thought record", Evidence: []models.Evidence{
				{Segment: 0, Span: models.Span{Start: time.Second, End: 2 * time.Second}, Quote: "I will write"}, {Segment: 1, Quote: "calm"},
			},
		},
		item(models.KindTheme, "worry", 0, "will"),
		{Kind: models.KindEmotion, Label: "calm", Holder: models.Client, Basis: "said", Intensity: 0.71, Evidence: []models.Evidence{{Segment: 1, Quote: "I felt calm"}}},
		{Kind: models.KindCoping, Text: "breathing", Helped: &no, Evidence: []models.Evidence{{Segment: 1, Quote: "calm"}}},
	}
	want[1].Score = 0.25
	ok(t, h.SaveItems(ctx, id, list(want[1], want[2], want[0], want[3])))
	got := must(h.Items(ctx, ItemFilter{}))(t)
	// Evidence without a time has that of its segment.
	for i := range want {
		want[i].Session, want[i].Decision = id, models.Proposed
		for j, e := range want[i].Evidence {
			if e.Span == (models.Span{}) {
				want[i].Evidence[j].Span = segments(0, "", "")[e.Segment].Span
			}
		}
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(models.Item{}, "ID")); d != "" {
		t.Error(d)
	}
	s := must(h.FindSession(ctx, id))(t)
	if s.Summary != "A summary." || s.State != models.Ready {
		t.Errorf("%+v", s)
	}
	if d := cmp.Diff(got[0], must(h.FindItem(ctx, got[0].ID))(t)); d != "" {
		t.Error(d)
	}
}

func TestNoQuoteNoItem(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write", "Good")
	good := item(models.KindAction, "Write", 0, "I will")
	for name, bad := range map[string]models.Item{
		"no evidence":         {Kind: models.KindGoal, Text: "x"},
		"another case":        item(models.KindGoal, "x", 0, "i will"),
		"another segment":     item(models.KindGoal, "x", 1, "I will"),
		"no such segment":     item(models.KindGoal, "x", 5, "I will"),
		"an empty quote":      item(models.KindGoal, "x", 0, " "),
		"across two segments": item(models.KindGoal, "x", 0, "write Good"),
		"an unknown kind":     item("poem", "x", 0, "I will"),
	} {
		err := h.SaveItems(ctx, id, list(good, bad))
		wants(t, err, models.Invalid)
		if strings.Contains(err.Error(), "will") {
			t.Errorf("%s: the error says what was said: %v", name, err)
		}
	}
	if got := h.said(id); len(got) != 0 || h.state(id) != models.Extracting {
		t.Errorf("refused, yet stored: %v", got)
	}
	wants(t, h.SaveItems(ctx, "0123456789ab", list()), models.NotFound)
	wants(t, h.SaveItems(ctx, h.session(models.Pending), list()), models.Conflict)
}

func TestStaleItems(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write", "Good")
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 0, "I will"), item(models.KindGoal, "Goal", 1, "Good"))))
	g := must(h.Transcript(ctx, id))(t).Segments[0]
	edited := must(h.EditSegment(ctx, g, "I would write"))(t)
	if d := cmp.Diff([]string{"Write proposed stale", "Goal proposed"}, h.said(id)); d != "" {
		t.Error(d)
	}
	stale := h.named(id, "Write")
	_, err := h.Decide(ctx, stale.ID, models.Accepted, nil)
	wants(t, err, models.Stale)
	_, err = h.Decide(ctx, stale.ID, models.Edited, func(it *models.Item) { it.Text = "x" })
	wants(t, err, models.Stale)
	must(h.EditSegment(ctx, edited, "I will write"))(t)
	if it := must(h.Decide(ctx, stale.ID, models.Accepted, nil))(t); it.Stale {
		t.Error("stale with its words back")
	}
	// A result that has fewer segments takes the words away.
	must(h.writer.Exec("UPDATE segment SET edited = 0"))(t)
	must(h.RetryChunk(ctx, id, 0))(t)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "I will write")}))(t)
	gone := h.named(id, "Goal")
	if !gone.Stale || gone.Evidence[0].Segment != -1 {
		t.Errorf("%+v", gone)
	}
	must(h.Decide(ctx, gone.ID, models.Rejected, nil))(t)
}

func TestDecide(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	clock := time.UnixMilli(1_000_000)
	h.now = func() time.Time { clock = clock.Add(time.Second); return clock }
	id := h.extracting("I will write")
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 0, "I will"))))
	it := h.named(id, "Write")

	accepted := must(h.Decide(ctx, it.ID, models.Accepted, nil))(t)
	if accepted.Decision != models.Accepted || accepted.Decided.IsZero() {
		t.Errorf("%+v", accepted)
	}
	again := must(h.Decide(ctx, it.ID[:3], models.Accepted, nil))(t)
	if d := cmp.Diff(accepted, again); d != "" {
		t.Errorf("accepted twice: %s", d)
	}
	edited := must(h.Decide(ctx, it.ID, models.Edited, func(it *models.Item) {
		it.Text, it.Due = "Write at eight", "2026-03-08"
		it.Kind, it.Evidence, it.Session = models.KindGoal, nil, "x"
	}))(t)
	if d := cmp.Diff(edited, must(h.FindItem(ctx, it.ID))(t)); d != "" {
		t.Error(d)
	}
	if edited.Text != "Write at eight" || edited.Kind != models.KindAction || len(edited.Evidence) != 1 {
		t.Errorf("%+v", edited)
	}
	must(h.Decide(ctx, it.ID, models.Edited, func(it *models.Item) { it.Text = "Write at nine" }))(t)
	must(h.Decide(ctx, it.ID, models.Rejected, nil))(t)
	if got := must(h.Items(ctx, ItemFilter{}))(t); len(got) != 0 {
		t.Error("a rejected item is listed")
	}

	for _, want := range []string{"Write at nine edited", "Write at eight edited", "Write accepted", "Write proposed"} {
		out := must(h.Undo(ctx, it.ID))(t)
		if got := h.said(id)[0]; got != want {
			t.Errorf("after undo: %s, want %s", got, want)
		}
		if d := cmp.Diff(out, must(h.FindItem(ctx, it.ID))(t)); d != "" {
			t.Error(d)
		}
	}
	if got := must(h.FindItem(ctx, it.ID))(t); !got.Decided.IsZero() {
		t.Errorf("decided at %v", got.Decided)
	}
	_, err := h.Undo(ctx, it.ID)
	wants(t, err, models.Conflict)
	must(h.Decide(ctx, it.ID, models.Rejected, nil))(t)
	must(h.Undo(ctx, it.ID))(t)
	changes := must(h.Decisions(ctx, it.ID))(t)
	if len(changes) != 5 || changes[4].To != models.Rejected || changes[4].Undone.IsZero() {
		t.Errorf("%+v", changes)
	}

	_, err = h.Decide(ctx, it.ID, models.Edited, nil)
	wants(t, err, models.Invalid)
	_, err = h.Decide(ctx, it.ID, models.Accepted, func(*models.Item) {})
	wants(t, err, models.Invalid)
	_, err = h.Decide(ctx, it.ID, "burnt", nil)
	wants(t, err, models.Invalid)
}

func TestFinish(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write")
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 0, "I will"), item(models.KindTheme, "worry", 0, "I will"))))
	action := h.named(id, "Write").ID
	ok(t, h.Finish(ctx, action, true))
	ok(t, h.Finish(ctx, action, true))
	if !must(h.FindItem(ctx, action))(t).Finished {
		t.Error("not finished")
	}
	ok(t, h.Finish(ctx, action, false))
	wants(t, h.Finish(ctx, h.named(id, "worry").ID, true), models.Invalid)
	must(h.Decide(ctx, action, models.Rejected, nil))(t)
	wants(t, h.Finish(ctx, action, true), models.Invalid)
}

func TestFindItemByPrefix(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write")
	var many []models.Item
	for range 17 { // of 16 digits, one is first twice
		many = append(many, item(models.KindGoal, "goal", 0, "I will"))
	}
	ok(t, h.SaveItems(ctx, id, list(many...)))
	begin := map[models.ItemID]int{}
	for _, it := range must(h.Items(ctx, ItemFilter{}))(t) {
		begin[it.ID[:1]]++
		if got := must(h.FindItem(ctx, models.ItemID(" "+strings.ToUpper(string(it.ID)))))(t); got.ID != it.ID {
			t.Errorf("found %s for %s", got.ID, it.ID)
		}
	}
	for digit, n := range begin {
		want := models.Code("")
		if n > 1 {
			want = models.Conflict
		}
		_, err := h.FindItem(ctx, digit)
		wants(t, err, want)
		_, err = h.Decide(ctx, digit, models.Rejected, nil)
		wants(t, err, want)
	}
	for _, bad := range []models.ItemID{"zz", "", "123456789", "%", "a' OR 1"} {
		_, err := h.FindItem(ctx, bad)
		wants(t, err, models.Invalid)
	}
	empty := newHome(t)
	_, err := empty.FindItem(ctx, "0")
	wants(t, err, models.NotFound)
	_, err = empty.Undo(ctx, "0")
	wants(t, err, models.NotFound)
	wants(t, empty.Finish(ctx, "0", true), models.NotFound)
}

func TestItemFilter(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	a, b := h.extracting("I will write"), h.extracting("I will call")
	action := item(models.KindAction, "A", 0, "I will")
	action.Status = models.Committed
	for _, id := range []models.SessionID{a, b} {
		ok(t, h.SaveItems(ctx, id, list(item(models.KindTheme, "worry", 0, "I"), action)))
	}
	must(h.Decide(ctx, h.named(a, "A").ID, models.Accepted, nil))(t)
	must(h.Decide(ctx, h.named(b, "worry").ID, models.Rejected, nil))(t)
	for _, tt := range []struct {
		name string
		f    ItemFilter
		want string
	}{
		{"all that stand", ItemFilter{}, "b:A a:A a:worry"},
		{"rejected too", ItemFilter{All: true}, "b:A b:worry a:A a:worry"},
		{"of a session", ItemFilter{Session: a}, "a:A a:worry"},
		{"of a kind", ItemFilter{Kind: models.KindTheme}, "a:worry"},
		{"by decision", ItemFilter{Decision: models.Rejected}, "b:worry"},
		{"by status", ItemFilter{Status: models.Committed, Decision: models.Accepted}, "a:A"},
		{"none", ItemFilter{Status: models.Declined}, ""},
	} {
		var got []string
		for _, it := range must(h.Items(ctx, tt.f))(t) {
			got = append(got, map[models.SessionID]string{a: "a:", b: "b:"}[it.Session]+it.Text+it.Label)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
}

func TestExtractAgain(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write each evening and call my mother", "It makes me anxious and sad", "Good")
	ok(t, h.SaveItems(ctx, id, list(
		item(models.KindAction, "Write", 0, "I will write each evening"),
		item(models.KindAction, "Call", 0, "call my mother"),
		item(models.KindEmotion, "anxiety", 1, "makes me anxious"),
		item(models.KindEmotion, "sadness", 1, "sad"),
		item(models.KindTheme, "worry", 1, "anxious"),
		item(models.KindGoal, "Old goal", 2, "Good"),
		item(models.KindTakeaway, "Kept takeaway", 2, "Good"),
	)))
	must(h.Decide(ctx, h.named(id, "Write").ID, models.Rejected, nil))(t)
	must(h.Decide(ctx, h.named(id, "anxiety").ID, models.Edited, func(it *models.Item) { it.Label = "fear" }))(t)
	must(h.Decide(ctx, h.named(id, "worry").ID, models.Rejected, nil))(t)
	must(h.Decide(ctx, h.named(id, "Kept takeaway").ID, models.Accepted, nil))(t)
	call := h.named(id, "Call")
	ok(t, h.Finish(ctx, call.ID, true))
	sadness := h.named(id, "sadness")

	ok(t, h.ExtractAgain(ctx, id))
	ok(t, h.ExtractAgain(ctx, id))
	if h.state(id) != models.Extracting {
		t.Fatal("not due")
	}
	ok(t, h.SaveItems(ctx, id, models.Items{Summary: "Another.", List: []models.Item{
		item(models.KindAction, "Write it down", 0, "will write each evening"), // rejected before
		item(models.KindAction, "Phone mother", 0, "and call my mother"),       // finished before
		item(models.KindEmotion, "anxiety", 1, "me anxious"),                   // edited before
		item(models.KindEmotion, "sadness", 1, "and sad"),                      // found again
		item(models.KindTheme, "worry", 0, "call"),                             // rejected before, heard elsewhere
		item(models.KindGoal, "New goal", 0, "each evening"),
	}}))
	want := []string{
		"Write rejected", "Call proposed", "worry rejected", "fear edited", "sadness proposed", "New goal proposed", "Kept takeaway accepted",
	}
	if d := cmp.Diff(want, h.said(id)); d != "" {
		t.Error(d)
	}
	if got := h.named(id, "sadness"); got.ID != sadness.ID || got.Evidence[0].Quote != "and sad" {
		t.Errorf("found again: %+v", got)
	}
	if s := must(h.FindSession(ctx, id))(t); s.Summary != "Another." || s.State != models.Ready {
		t.Errorf("%+v", s)
	}
	wants(t, h.ExtractAgain(ctx, h.session(models.Pending)), models.Conflict)
}

// Two actions in one sentence, one of them rejected: only that one stays away.
func TestExtractAgainTellsApart(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write and I will call")
	both := list(item(models.KindAction, "Write", 0, "I will write and I will call"), item(models.KindAction, "Call", 0, "I will write and I will call"))
	ok(t, h.SaveItems(ctx, id, both))
	must(h.Decide(ctx, h.named(id, "Call").ID, models.Rejected, nil))(t)
	for range 2 {
		ok(t, h.SaveItems(ctx, id, both))
		if d := cmp.Diff([]string{"Write proposed", "Call rejected"}, h.said(id)); d != "" {
			t.Error(d)
		}
	}
}

// New results cut the segments elsewhere: what was decided finds its words.
func TestEvidenceIsAnchoredAgain(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("well then", "I will write")
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 1, "I will write"), item(models.KindGoal, "Goal", 1, "will"), item(models.KindGoal, "Lost", 0, "well"))))
	for _, text := range []string{"Write", "Goal", "Lost"} {
		must(h.Decide(ctx, h.named(id, text).ID, models.Accepted, nil))(t)
	}
	must(h.RetryChunk(ctx, id, 0))(t)
	whole := segments(0, "Then I will write")
	whole[0].Span.End = 4 * time.Second
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: whole}))(t)
	if d := cmp.Diff([]string{"Write accepted stale", "Goal accepted stale", "Lost accepted stale"}, h.said(id)); d != "" {
		t.Error(d)
	}
	// One is found again, one only finds its words, one is lost.
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 0, "I will write"))))
	if d := cmp.Diff([]string{"Write accepted", "Goal accepted", "Lost accepted stale"}, h.said(id)); d != "" {
		t.Error(d)
	}
	if it := h.named(id, "Goal"); it.Evidence[0].Segment != 0 {
		t.Errorf("%+v", it)
	}
}

// Items point at chunk and index: later results renumber the transcript only.
func TestItemsFollowRenumbering(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending)
	must(h.FailChunk(ctx, id, 0, "reason"))(t)
	must(h.SaveResult(ctx, id, 1, models.Heard{Language: "en", Segments: segments(1, "I will write")}))(t)
	must(h.FinishIngest(ctx, id, 40*time.Second))(t)
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 0, "I will"))))
	must(h.RetryFailed(ctx, id))(t)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "one", "two")}))(t)
	if it := h.named(id, "Write"); it.Stale || it.Evidence[0].Segment != 2 {
		t.Errorf("%+v", it)
	}
}
