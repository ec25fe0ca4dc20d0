package days

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Page is a page of the journal.
type Page struct {
	models.Entry
	Prompt string `json:"prompt,omitempty"` // what it answers, if it answers one
	Text   string `json:"text"`
}

// SavePage stores a page of the journal, new or changed, exactly as it was
// written but for space at its ends.
func (b *Book) SavePage(ctx context.Context, p Page) (Page, error) {
	p.Kind = models.EntryJournal
	if p.Text = strings.TrimSpace(p.Text); p.Text == "" {
		return p, models.Errorf(models.Invalid, "journal: there is nothing to keep")
	}
	return p, save(ctx, b, &p)
}

// Pages lists the pages of the journal from a day on, the oldest first.
func (b *Book) Pages(ctx context.Context, since models.Date) ([]Page, error) {
	return list[Page](ctx, b, models.EntryFilter{Kind: models.EntryJournal, Since: since})
}

// FindPage finds a page by its ID.
func (b *Book) FindPage(ctx context.Context, name string) (Page, error) {
	return find[Page](ctx, b, models.EntryJournal, name)
}

// Prompt is something to write about, and why it is offered.
type Prompt struct {
	Text string        `json:"text"`
	From string        `json:"from"` // "you spoke of worry in 3 sessions"
	Item models.ItemID `json:"item,omitempty"`
}

// Prompts offers up to n things to write about, drawn from what the client
// spoke of in the last sessions: themes first by how often they came up, then
// what was left open and what helped. Without any session they are general.
func (b *Book) Prompts(ctx context.Context, n int) ([]Prompt, error) {
	items, err := b.past.Items(ctx, addDays(b.Today(), -366), models.KindTheme, models.KindOpenLoop, models.KindCoping)
	if err != nil {
		return nil, err
	}
	const lately = 4 // sessions
	seen := map[models.SessionID]bool{}
	count := map[string]int{}
	first := map[string]models.ItemID{}
	var themes []string
	var rest []Prompt
	for _, it := range items {
		if seen[it.Session] = true; len(seen) > lately {
			break
		}
		switch {
		case it.Kind == models.KindTheme && themePrompts[it.Label] != "":
			if count[it.Label]++; count[it.Label] == 1 {
				first[it.Label] = it.ID
				themes = append(themes, it.Label)
			}
		case it.Kind == models.KindOpenLoop && !it.Finished:
			rest = append(rest, Prompt{"What would you still like to say about this: " + it.Text, "it was left open", it.ID})
		case it.Kind == models.KindCoping && it.Helped != nil && *it.Helped:
			rest = append(rest, Prompt{"When did this help you last, and what was different then: " + it.Text, "you said that it helps", it.ID})
		}
	}
	slices.SortStableFunc(themes, func(x, y string) int { return cmp.Compare(count[y], count[x]) })
	var out []Prompt
	for _, t := range themes {
		out = append(out, Prompt{themePrompts[t], "you spoke of " + strings.ReplaceAll(t, "-", " "), first[t]})
	}
	if len(out) > (n+1)/2 && len(rest) > 0 {
		out = out[:(n+1)/2]
	}
	out = append(out, rest...)
	for _, t := range generalPrompts {
		out = append(out, Prompt{Text: t, From: "for any day"})
	}
	return out[:min(n, len(out))], nil
}

var generalPrompts = []string{
	"What was on your mind when you woke up?", "What went a little better than you expected?", "What did you need today, and did you get it?",
	"If today had a title, what would it be?",
}

// themePrompts has a question for each of models.Themes.
var themePrompts = map[string]string{
	"work-stress":          "When was work heaviest this week, and what made it a little lighter?",
	"school":               "What did studying ask of you this week, and what did you give it?",
	"career-change":        "What would a good working day look like a year from now?",
	"money":                "What does money stand for when you worry about it?",
	"partner-relationship": "When did you feel close this week, and when far apart?",
	"breakup":              "What do you miss, and what do you not miss?",
	"family-conflict":      "What do you wish they understood, and what might they wish of you?",
	"parenting":            "Which moment with your child would you like to keep?",
	"caregiving":           "Who looked after you while you looked after somebody?",
	"friendship":           "Who would you like to hear from, and what keeps you from asking?",
	"loneliness":           "When did you feel least alone this week?",
	"social-anxiety":       "Where were you among people, and what happened that you did not foresee?",
	"worry":                "Which worry came most often, and what became of the last one?",
	"panic":                "What were the first signs in your body, and what helped them pass?",
	"low-mood":             "What did you do on a heavy day that you would do again?",
	"grief":                "Which memory came to you this week, and what did it bring?",
	"trauma":               "What helps you feel safe where you are now?",
	"anger":                "What was under the anger when it came?",
	"self-criticism":       "What did the inner critic say, and what would you say to a friend in that place?",
	"perfectionism":        "What was good enough this week?",
	"procrastination":      "What did you put off, and what is the smallest piece of it?",
	"boundaries":           "Where did you say no, or would have liked to?",
	"communication":        "What did you say that you meant, and what stayed unsaid?",
	"people-pleasing":      "What did you want when you said yes?",
	"body-image":           "What did your body let you do today?",
	"eating":               "How were meals this week, and what was around them?",
	"sleep":                "What was the last hour before bed like, on a better night?",
	"health-illness":       "What was possible today?",
	"substance-use":        "When was the pull strongest, and what did you do with it?",
	"identity":             "When did you feel most like yourself?",
	"life-transition":      "What is ending, and what may begin?",
	"purpose":              "What felt worth the effort this week?",
	"guilt-shame":          "What would you need to hear, and from whom?",
	"coping-skills":        "Which skill did you reach for, and how did it go?",
	"medication":           "What have you noticed since the last change?",
	"safety":               "Who and what keeps you safe when it gets hard?",
}
