package extract

import (
	"fmt"
	"strings"

	"github.com/afterword/afterword/models"
)

// summarise says the session back in five to eight sentences, each made of
// items that were found and of nothing else.
func summarise(items []models.Item, length int) string {
	if length == 0 {
		return "There is no speech in this transcript."
	}
	by := map[models.Kind][]models.Item{}
	for _, it := range items {
		by[it.Kind] = append(by[it.Kind], it)
	}
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if t := labels(by[models.KindTheme], 3); t != "" {
		add("You talked about %s.", t)
	}
	heavy, light := moods(by[models.KindEmotion])
	if heavy != "" {
		add("You spoke of %s.", heavy)
	}
	if light != "" {
		add("There was also %s.", light)
	}
	if g := by[models.KindGoal]; len(g) > 0 {
		add("Something that matters to you, in your words: “%s”.", quoteOf(g[0]))
	}
	if c := helpedBy(by[models.KindCoping]); c != "" {
		add("You said that %s helped.", c)
	}
	actions(by[models.KindAction], add)
	if t := by[models.KindTakeaway]; len(t) > 0 {
		add("What stayed with you: “%s”.", quoteOf(t[0]))
	}
	if l := by[models.KindOpenLoop]; len(l) > 0 {
		add("%s left open, and can be picked up next time.", counted(len(l), "One thing was", "things were"))
	}
	if len(out) == 0 {
		return "Nothing in this conversation was clear enough to note."
	}
	closing := []string{
		"Each point below shows the words it rests on.",
		"Anything that does not fit can be changed or rejected.",
		"There is no hurry to go through it.",
		"It can be read in one go or piece by piece.",
	}
	for n := 0; len(out) < 5 && n < len(closing); n++ {
		out = append(out, closing[n])
	}
	return strings.Join(out[:min(len(out), 8)], " ")
}

func actions(as []models.Item, add func(string, ...any)) {
	var mine, done []models.Item
	for _, a := range as {
		switch {
		case (a.Status == models.Assigned || a.Status == models.Committed) && a.Owner == "client":
			mine = append(mine, a)
		case a.Status == models.DoneAlready:
			done = append(done, a)
		}
	}
	if len(done) > 0 {
		add("You told of something that you had set out to do and did: “%s”.", answerOf(done[0]))
	}
	if len(mine) > 0 {
		texts := make([]string, 0, 3)
		for _, a := range mine[:min(len(mine), 3)] {
			texts = append(texts, lowerFirst(a.Text))
		}
		more := ""
		if n := len(mine) - len(texts); n > 0 {
			more = fmt.Sprintf(" (and %d more)", n)
		}
		add("%s until next time: %s%s.", counted(len(mine), "One thing was agreed", "things were agreed"), strings.Join(texts, "; "), more)
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	words := []string{"", "", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"}
	if n < len(words) {
		return words[n] + " " + many
	}
	return fmt.Sprintf("%d %s", n, many)
}

// quoteOf is the first quote of an item.
func quoteOf(it models.Item) string { return short(it.Evidence[0].Quote) }

// answerOf is the last one: where the therapist asked, it is what the client
// said.
func answerOf(it models.Item) string { return short(it.Evidence[len(it.Evidence)-1].Quote) }

// short is a quote that is cut at a word where it is long.
func short(quote string) string {
	q := strings.Trim(strings.Join(strings.Fields(quote), " "), `"`)
	const limit = 120
	if len(q) > limit {
		if k := strings.LastIndexByte(q[:limit], ' '); k > 0 {
			q = q[:k] + "…"
		}
	}
	return strings.TrimSuffix(q, ".")
}

var themeNames = map[string]string{
	"work-stress": "work", "partner-relationship": "your relationship", "family-conflict": "your family", "caregiving": "caring for someone", "low-mood": "low mood",
	"self-criticism": "being hard on yourself", "procrastination": "putting things off", "communication": "how to say things", "people-pleasing": "pleasing others",
	"health-illness": "your health", "substance-use": "drinking or using", "identity": "who you are", "life-transition": "a time of change", "purpose": "what matters to you",
	"guilt-shame": "guilt and shame", "coping-skills": "ways to cope", "safety": "keeping safe", "body-image": "your body", "career-change": "changing work",
	"social-anxiety": "being among people", "breakup": "a parting", "trauma": "something painful that happened", "money": "money", "school": "school or studies",
}

func labels(ts []models.Item, n int) string {
	var out []string
	for _, t := range ts[:min(len(ts), n)] {
		name := themeNames[t.Label]
		if name == "" {
			name = strings.ReplaceAll(t.Label, "-", " ")
		}
		out = append(out, name)
	}
	return enumerate(out)
}

func enumerate(w []string) string {
	if len(w) < 2 {
		return strings.Join(w, "")
	}
	return strings.Join(w[:len(w)-1], ", ") + " and " + w[len(w)-1]
}

// moods are the heavy and the light emotions, those said most first.
func moods(es []models.Item) (heavy, light string) {
	var h, l []string
	for _, e := range es {
		name := e.Label
		if name == "overwhelm" {
			name = "feeling overwhelmed"
		}
		if f := family[e.Label]; f == "joy" || f == "calm" {
			l = append(l, name)
		} else {
			h = append(h, name)
		}
	}
	return enumerate(h[:min(len(h), 3)]), enumerate(l[:min(len(l), 3)])
}

func helpedBy(cs []models.Item) string {
	for _, c := range cs {
		if c.Helped != nil && *c.Helped && len(c.Text) < 40 {
			return lowerFirst(c.Text)
		}
	}
	return ""
}
