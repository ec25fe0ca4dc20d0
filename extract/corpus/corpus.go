// Package corpus holds therapy sessions and minimal pairs that were written for
// this project, with what a careful reader would note in them. The rules of
// extract are measured on it, and the phrases of the themes are counted in it;
// it is no part of the program.
//
// README.md says how it was written and how it is split. A session reads:
//
//	= c01 2026-01-12 CBT, health worry (postal worker, 37)     name, day, title
//	= themes worry sleep                                       the most important first
//	T So where shall we start?                                 T therapist, C client
//	C I can't leave it alone. ## anxiety ; -fear:past          what is noted of a line, parted by ";"
//	C Sunday, then. ## @committed due=2026-01-18 -2: visit Colm
//
// An emotion that stands there is felt by the client now; with a minus before
// it, it is a trap and the reason follows. An action is @status, then due=,
// rec= and owner= where they apply, -n or +n for so many lines before or after
// that belong to it too, and its wording. A pair reads:
//
//	% 2026-03-05                                               the day of those that follow
//	committed due=2026-03-06 | Any plan? | I'll ring tomorrow.   label | what was said before | the words
package corpus

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

//go:embed *.txt
var files embed.FS

// Session is a transcript and what is to be found in it.
type Session struct {
	models.Transcript
	Themes   []string
	Emotions []Emotion
	Traps    []Emotion // words of emotion that the client does not feel now
	Actions  []Action
	side     Side
}

// Emotion is felt in the segment with number Segment. Why is empty, or the
// reason why a trap is one.
type Emotion struct {
	Emotion string
	Segment int
	Why     string
}

// Action is what was agreed, or not, with the segments that it was talked over
// in.
type Action struct {
	Text       string
	Status     models.ActionStatus
	Owner      string
	Segments   []int
	Due        models.Date
	Recurrence string
}

// Pair is one utterance, most of them beside others that differ in one thing.
type Pair struct {
	ID           string
	Date         models.Date
	Speaker      models.Speaker
	Before, Text string
	Emotions     []string // of an emotion pair; empty for a trap
	Status       string   // of an action pair: an action's status, or "none"
	Due          models.Date
	Recurrence   string
	side         Side
}

// Side is a part of the corpus.
type Side string

const (
	Train  Side = "train"  // has been read: rules are written and tables learnt from it
	Fresh4 Side = "fresh4" // counted only, by an author who had not read the rules
	Fresh5 Side = "fresh5" // the same, by two more
	Fresh6 Side = "fresh6" // the same, by two more still
	Fresh7 Side = "fresh7" // the same, by another
	Fresh8 Side = "fresh8" // the same, by one more
	Fresh9 Side = "fresh9" // talk as it is really spoken, by two more
)

// Unread are the sides that tell how well sessions are read that nobody learnt
// from: the validation half of the corpus.
var Unread = []Side{Fresh4, Fresh5, Fresh6, Fresh7, Fresh8, Fresh9}

// Side is the part that the session belongs to.
func (s Session) Side() Side { return s.side }

// Side is the part that the pair belongs to.
func (p Pair) Side() Side { return p.side }

// Sessions reads every session, in order.
func Sessions() ([]Session, error) {
	var out []Session
	err := each("*sessions-*.txt", func(name, text string) error {
		ss, err := ParseSessions(text)
		for i := range ss {
			ss[i].side = sideOf(name)
		}
		out = append(out, ss...)
		return err
	})
	return out, err
}

// EmotionPairs and ActionPairs read the minimal pairs, in order.
func EmotionPairs() ([]Pair, error) { return pairs("*emotions-*.txt", emotionLabel) }

func ActionPairs() ([]Pair, error) { return pairs("*actions-*.txt", actionLabel) }

// sideOf a file: "fresh5-sessions-01.txt" is of Fresh5, and what bears the name
// of no unread side is of Train.
func sideOf(name string) Side {
	for _, side := range Unread {
		if strings.HasPrefix(name, string(side)+"-") {
			return side
		}
	}
	return Train
}

func each(glob string, read func(name, text string) error) error {
	names, err := fs.Glob(files, glob)
	if err != nil {
		return fmt.Errorf("list corpus: %w", err)
	}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read corpus: %w", err)
		}
		if err := read(name, string(b)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// ParseSessions reads sessions in the form of the package comment.
func ParseSessions(text string) ([]Session, error) {
	var out []Session
	var s *Session
	for n, line := range strings.Split(text, "\n") {
		var err error
		switch {
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "= themes "):
			if s == nil {
				err = fmt.Errorf("themes before a session")
				break
			}
			s.Themes = strings.Fields(line)[2:]
			err = known(s.Themes, models.Themes)
		case strings.HasPrefix(line, "= "):
			f := strings.SplitN(line, " ", 4)
			if len(f) != 4 {
				err = fmt.Errorf("want '= name day title'")
				break
			}
			out = append(out, Session{Transcript: models.Transcript{ID: f[1], Date: models.Date(f[2]), Title: f[3]}})
			s = &out[len(out)-1]
		case s == nil:
			err = fmt.Errorf("a line before the first session")
		default:
			err = s.line(line)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	for i := range out {
		if err := out[i].trim(); err != nil {
			return nil, fmt.Errorf("session %s: %w", out[i].ID, err)
		}
	}
	return out, nil
}

func (s *Session) line(line string) error {
	who, rest, _ := strings.Cut(line, " ")
	text, notes, _ := strings.Cut(rest, " ## ")
	speaker, ok := map[string]models.Speaker{"T": models.Therapist, "C": models.Client}[who]
	if !ok {
		return fmt.Errorf("want T or C before the words")
	}
	seq := len(s.Segments)
	s.Segments = append(s.Segments, models.Segment{Seq: seq, Speaker: speaker, Text: text})
	for _, note := range strings.Split(notes, " ; ") {
		if err := s.note(strings.TrimSpace(note), seq); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) note(note string, seq int) error {
	switch {
	case note == "" || note == "-":
		return nil
	case strings.HasPrefix(note, "@"):
		a, err := action(note[1:], seq)
		s.Actions = append(s.Actions, a)
		return err
	case strings.HasPrefix(note, "-"):
		e, why, ok := strings.Cut(note[1:], ":")
		if !ok {
			return fmt.Errorf("trap %q gives no reason", note)
		}
		s.Traps = append(s.Traps, Emotion{e, seq, why})
		return known([]string{e}, models.Emotions)
	}
	s.Emotions = append(s.Emotions, Emotion{note, seq, ""})
	return known([]string{note}, models.Emotions)
}

func action(note string, seq int) (Action, error) {
	head, text, ok := strings.Cut(note, ": ")
	f := strings.Fields(head)
	if !ok || len(f) == 0 {
		return Action{}, fmt.Errorf("action %q has no wording", note)
	}
	a := Action{Text: text, Status: models.ActionStatus(f[0]), Owner: "client", Segments: []int{seq}}
	if a.Status == models.ByTherapist {
		a.Owner = "therapist"
	}
	for _, x := range f[1:] {
		key, val, _ := strings.Cut(x, "=")
		switch n, err := strconv.Atoi(x); {
		case err == nil && n < 0:
			for k := seq + n; k < seq; k++ {
				a.Segments = append(a.Segments, k)
			}
		case err == nil:
			for k := seq + 1; k <= seq+n; k++ {
				a.Segments = append(a.Segments, k)
			}
		case key == "due":
			a.Due = models.Date(val)
		case key == "rec":
			a.Recurrence = val
		case key == "owner":
			a.Owner = val
		default:
			return a, fmt.Errorf("action %q: %q is unknown", note, x)
		}
	}
	return a, knownStatus(f[0])
}

// trim drops segments that lie outside the session.
func (s *Session) trim() error {
	if len(s.Themes) == 0 || len(s.Segments) == 0 {
		return fmt.Errorf("no themes or no words")
	}
	for _, a := range s.Actions {
		for _, k := range a.Segments {
			if k < 0 || k >= len(s.Segments) {
				return fmt.Errorf("action %q points outside", a.Text)
			}
		}
	}
	return nil
}

func pairs(glob string, label func(*Pair, string) error) ([]Pair, error) {
	var out []Pair
	err := each(glob, func(name, text string) error {
		ps, err := parsePairs(name, text, label)
		out = append(out, ps...)
		return err
	})
	return out, err
}

func parsePairs(name, text string, label func(*Pair, string) error) ([]Pair, error) {
	var out []Pair
	var day models.Date
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if d, ok := strings.CutPrefix(line, "% "); ok {
			day = models.Date(d)
			continue
		}
		f := strings.SplitN(line, " | ", 3)
		if len(f) == 2 && strings.HasPrefix(f[1], "| ") {
			f = []string{f[0], "", f[1][2:]}
		}
		if len(f) != 3 {
			return nil, fmt.Errorf("line %d: want 'label | before | words'", n+1)
		}
		p := Pair{ID: fmt.Sprintf("%s-%d", strings.TrimSuffix(name, ".txt"), n+1), Date: day, Speaker: models.Client, Before: f[1], Text: f[2], side: sideOf(name)}
		if err := label(&p, f[0]); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func emotionLabel(p *Pair, l string) error {
	if l == "-" {
		return nil
	}
	p.Emotions = strings.Split(l, ",")
	return known(p.Emotions, models.Emotions)
}

// actionLabel reads "committed due=2026-03-06". With "t:" before it the words
// are the therapist's.
func actionLabel(p *Pair, l string) error {
	if rest, ok := strings.CutPrefix(l, "t:"); ok {
		p.Speaker, l = models.Therapist, rest
	}
	f := strings.Fields(l)
	if len(f) == 0 {
		return fmt.Errorf("no label")
	}
	p.Status = f[0]
	for _, x := range f[1:] {
		key, val, _ := strings.Cut(x, "=")
		switch key {
		case "due":
			p.Due = models.Date(val)
		case "rec":
			p.Recurrence = val
		default:
			return fmt.Errorf("%q is unknown", x)
		}
	}
	return knownStatus(p.Status)
}

func known(got, all []string) error {
next:
	for _, g := range got {
		for _, a := range all {
			if a == g {
				continue next
			}
		}
		return fmt.Errorf("%q is no label", g)
	}
	return nil
}

func knownStatus(s string) error {
	return known([]string{s}, []string{"assigned", "committed", "suggested", "hypothetical", "declined", "done", "therapist", "none"})
}
