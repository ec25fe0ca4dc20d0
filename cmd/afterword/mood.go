package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newMood(a *app) *cobra.Command {
	var n days.Note
	var day, file, forget string
	var sleep float64
	var ask, list bool
	cmd := &cobra.Command{
		Use: "mood [1-10] [NOTE]", Short: "A minute's note of the day", Args: cobra.ArbitraryArgs,
		Long: `A minute's note of the day: a number from 1 to 10, a few words, what set it off,
what mind and body did, what you tried and whether it helped. Everything is
optional. Without anything it shows the last two weeks; --ask goes through the
questions. A day may have several notes.`,
		Example: `  afterword mood 6 "slept badly, the meeting went fine"
  afterword mood 4 --emotion anxious --trigger "a call from home" --coping breathing --helped partly
  afterword mood --ask
  afterword mood`,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			if forget != "" {
				return a.forgetNote(ctx, b, forget)
			}
			if err := moodArgs(a, args, file, &n); err != nil {
				return err
			}
			if n.Day, err = dayFlag(b, day); err != nil {
				return err
			}
			if cmd.Flags().Changed("sleep") {
				n.Sleep = &sleep
			}
			if ask && a.asks() {
				if err := a.askNote(ctx, &n); err != nil {
					return err
				}
			} else if list || len(args) == 0 && !saysSomething(cmd) {
				return a.showMoods(ctx, b)
			}
			if n, err = b.SaveNote(ctx, n); err != nil {
				return err
			}
			return a.printKept("note", n, "Noted %s.", b.Shown(n.Day))
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&n.Emotions, "emotion", nil, "a feeling, in your own word; may be given more than once")
	f.StringVar(&n.Trigger, "trigger", "", "what set it off")
	f.StringVar(&n.Mind, "mind", "", "what your mind did")
	f.StringVar(&n.Felt, "body", "", "what your body did")
	f.StringVar(&n.Coping, "coping", "", "what you tried")
	f.StringVar(&n.Helped, "helped", "", "whether it helped: yes, partly or no")
	f.Float64Var(&sleep, "sleep", 0, "hours of sleep")
	f.StringVar(&n.Movement, "movement", "", "how you moved")
	f.StringVar(&n.Food, "food", "", "how eating was")
	f.StringVar(&n.Mindful, "mindful", "", "a quiet moment")
	f.StringVar(&n.Win, "win", "", "something small that went well")
	f.StringVar(&day, "day", "", "of which day (default today)")
	f.StringVar(&file, "file", "", "read the note from `FILE`; - is standard input")
	f.StringVar(&forget, "forget", "", "destroy the note with that `ID` for good")
	f.BoolVar(&ask, "ask", false, "go through the questions")
	f.BoolVar(&list, "list", false, "show the last two weeks")
	a.jsonFlag(cmd)
	return cmd
}

// saysSomething reports whether a flag says something of the day.
func saysSomething(cmd *cobra.Command) bool {
	for _, f := range []string{"emotion", "trigger", "mind", "body", "coping", "helped", "sleep", "movement", "food", "mindful", "win", "file"} {
		if cmd.Flags().Changed(f) {
			return true
		}
	}
	return false
}

// moodArgs reads a number, then words.
func moodArgs(a *app, args []string, file string, n *days.Note) (err error) {
	if len(args) > 0 {
		if m, err := strconv.Atoi(args[0]); err == nil {
			if m < 1 || m > 10 {
				return usagef("a mood is a number from 1 to 10, not %d", m)
			}
			n.Mood, args = m, args[1:]
		}
	}
	n.Text, err = a.textOf(args, file)
	n.Text = strings.TrimSpace(n.Text)
	return err
}

func (a *app) askNote(ctx context.Context, n *days.Note) error {
	a.note("Enter skips a question, Ctrl-D ends.\n")
	for _, q := range []struct {
		text string
		keep func(string)
	}{
		{"How is it today, 1 to 10?", func(s string) { n.Mood, _ = strconv.Atoi(s) }},
		{"In a few words?", func(s string) { n.Text = s }},
		{"Which feelings? With commas between them", func(s string) {
			for f := range strings.SplitSeq(s, ",") {
				n.Emotions = append(n.Emotions, strings.TrimSpace(f))
			}
		}},
		{"What set it off?", func(s string) { n.Trigger = s }},
		{"What did your mind do?", func(s string) { n.Mind = s }},
		{"And your body?", func(s string) { n.Felt = s }},
		{"What did you try?", func(s string) { n.Coping = s }},
		{"Did it help? yes, partly or no", func(s string) { n.Helped = strings.ToLower(s) }},
		{"Hours of sleep?", func(s string) {
			if h, err := strconv.ParseFloat(s, 64); err == nil {
				n.Sleep = &h
			}
		}},
		{"Something small that went well?", func(s string) { n.Win = s }},
	} {
		line, err := a.ask(ctx, q.text+" ")
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if line != "" {
			q.keep(line)
		}
	}
	return nil
}

func (a *app) forgetNote(ctx context.Context, b *days.Book, id string) error {
	n, err := b.FindNote(ctx, id)
	if err != nil {
		return err
	}
	if !a.confirm("Destroy the note of " + string(n.Day) + " for good?") {
		return notConfirmed("forget note")
	}
	if err := b.Forget(ctx, n.Entry); err != nil {
		return err
	}
	return a.printKept("forgotten", n.ID, "The note of %s is gone.", n.Day)
}

func notConfirmed(what string) error {
	return models.WithHint(models.Errorf(models.Invalid, "%s: not confirmed; nothing was changed", what), "--yes confirms without asking")
}

func (a *app) showMoods(ctx context.Context, b *days.Book) error {
	notes, err := b.Notes(ctx, models.DateOf(clock().AddDate(0, 0, -13)))
	if err != nil {
		return err
	}
	if a.json {
		if notes == nil {
			notes = []days.Note{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "notes": notes})
	}
	if len(notes) == 0 {
		a.note("No notes in the last two weeks. 'afterword mood 6 \"a few words\"' makes one.")
		return nil
	}
	if line := days.Sparkline(days.Moods(notes), b.Today(), 14); line != "" {
		fmt.Fprintf(a.stdout, "%s  the last two weeks, to today\n\n", line)
	}
	for _, n := range notes {
		mood := "  "
		if n.Mood > 0 {
			mood = fmt.Sprintf("%2d", n.Mood)
		}
		head := strings.Join(append(append([]string{}, n.Emotions...), filled(n.Text)...), " · ")
		fmt.Fprintf(a.stdout, "%s  %-10s %s  %s\n", n.ID, b.Shown(n.Day), mood, oneLine(head))
		for _, x := range [][2]string{{"set off by", n.Trigger}, {"mind", n.Mind}, {"body", n.Felt}, {"tried", strings.TrimSuffix(n.Coping+", helped: "+n.Helped, ", helped: ")}, {"went well", n.Win}} {
			if x[1] != "" {
				fmt.Fprintln(a.stdout, wrap(x[0]+": "+oneLine(x[1]), 76, "            "))
			}
		}
	}
	return nil
}

func filled(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
