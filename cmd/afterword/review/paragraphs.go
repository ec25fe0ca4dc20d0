package review

import (
	"strconv"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

const (
	quietFrom  = 3 * time.Second // pauses from here on are shown
	breakKnown = 2 * time.Second // a pause of one voice that begins a new paragraph
	breakOther = 700 * time.Millisecond
	maxWords   = 90 // in a paragraph, so that items stand near their words
)

// row is one line of the transcript as it is drawn: a paragraph, or what lies
// between two.
type row struct {
	Para  *paragraph
	Quiet time.Duration // silence of that length
	Gap   *models.Stretch
	Held  *segment      // text that was held back
	Skip  time.Duration // left out by a filter, up to the next row
	At    time.Duration
}

// paragraph is one voice's words without a long pause.
type paragraph struct {
	ID       int // Seq of the first segment
	Speaker  models.Speaker
	Name     string // empty where nobody knows
	Class    string // of the speaker's colour
	Segments []segment
	Notes    []itemView
	Marks    []markView
	Hard     bool
	Moment   *moment // where it is hard
	NewVoice bool    // another voice than in the paragraph before
	Spots    string
	Session  models.SessionID
	words    int
}

func (p paragraph) Start() time.Duration { return p.Segments[0].Span.Start }

// LastName is the spot of its last segment.
func (p paragraph) LastName() string { return p.Segments[len(p.Segments)-1].Name() }

// Edited reports whether any of it was corrected.
func (p paragraph) Edited() bool {
	for _, s := range p.Segments {
		if s.Edited {
			return true
		}
	}
	return false
}

// segment is a segment as it is drawn.
type segment struct {
	models.Segment
	Pieces []piece
	Starts string // of its words, ms after the segment's start; empty if they do not match the text
}

func (s segment) StartMS() int64 { return s.Span.Start.Milliseconds() }
func (s segment) EndMS() int64   { return s.Span.End.Milliseconds() }

// Why is the reason for which text was held back.
func (s segment) Why() string {
	for _, d := range s.Suspect {
		if k := "doubt." + string(d); hasText(k) {
			return text(k)
		}
	}
	return text("doubt.other")
}

// piece is a run of text, underlined or not.
type piece struct {
	Text  string
	Doubt bool
	Word  int // its number in the segment, where it is a doubtful word
}

// draw works out which words of a segment are doubtful and when each is said.
func draw(g models.Segment) segment {
	out := segment{Segment: g}
	shown := isolate(g.Text)
	fields := strings.Fields(shown)
	if len(g.Words) == 0 || len(g.Words) != len(fields) {
		out.Pieces = []piece{{Text: shown}}
		return out
	}
	var starts []string
	for i, w := range g.Words {
		starts = append(starts, strconv.FormatInt((w.Span.Start-g.Span.Start).Milliseconds(), 10))
		space := " "
		if i == 0 {
			space = ""
		}
		if w.P < models.Unsure && w.P > 0 && fields[i] == isolate(w.Text) { // not one that was corrected
			out.plain(space)
			out.Pieces = append(out.Pieces, piece{fields[i], true, i})
		} else {
			out.plain(space + fields[i])
		}
	}
	out.Starts = strings.Join(starts, ",")
	return out
}

// plain adds text that nobody doubts.
func (s *segment) plain(t string) {
	if n := len(s.Pieces); n > 0 && !s.Pieces[n-1].Doubt {
		s.Pieces[n-1].Text += t
	} else if t != "" {
		s.Pieces = append(s.Pieces, piece{Text: t})
	}
}

// speakerName is how the page calls a voice; empty where nobody knows whose it
// is.
func speakerName(s models.Speaker) string {
	switch s {
	case models.Client:
		return text("speaker.client")
	case models.Therapist:
		return text("speaker.therapist")
	case models.Unknown, "":
		return ""
	}
	return isolate(string(s))
}

// speakerClass chooses between two colours; the name says the rest.
func speakerClass(s models.Speaker) string {
	switch s {
	case models.Client, "S1":
		return "a"
	case models.Therapist, "S2":
		return "b"
	case models.Unknown, "":
		return "n"
	}
	return "c"
}

// paragraphs joins the segments of a transcript, with pauses, gaps and what
// was held back between them.
func paragraphs(t models.Transcript, c models.Coverage, hard map[models.Spot]bool) []row {
	var rows []row
	var now *paragraph
	var end time.Duration
	var before models.Speaker
	gaps := missing(c)
	for _, g := range t.Segments {
		for len(gaps) > 0 && gaps[0].Start <= g.Span.Start {
			rows = append(rows, row{Gap: &gaps[0], At: gaps[0].Start})
			end = max(end, gaps[0].End)
			gaps, now = gaps[1:], nil
		}
		if quiet := g.Span.Start - end; quiet >= quietFrom {
			rows = append(rows, row{Quiet: quiet, At: end})
			now = nil
		}
		if g.HeldBack() {
			s := draw(g)
			rows = append(rows, row{Held: &s, At: g.Span.Start})
			now, end = nil, max(end, g.Span.End)
			continue
		}
		if strings.TrimSpace(g.Text) == "" {
			continue
		}
		if !joins(now, g, end, hard[g.Spot()]) {
			now = &paragraph{
				ID: g.Seq, Session: g.Session, Speaker: g.Speaker, Name: speakerName(g.Speaker), Class: speakerClass(g.Speaker),
				Hard: hard[g.Spot()], NewVoice: len(rows) == 0 || before != g.Speaker,
			}
			rows = append(rows, row{Para: now, At: g.Span.Start})
			before = g.Speaker
		}
		now.Segments = append(now.Segments, draw(g))
		now.words += len(strings.Fields(g.Text))
		now.Spots += " " + spotName(g.Spot())
		end = max(end, g.Span.End)
	}
	for i := range gaps {
		rows = append(rows, row{Gap: &gaps[i], At: gaps[i].Start})
	}
	return rows
}

// joins reports whether a segment goes on with a paragraph.
func joins(p *paragraph, g models.Segment, end time.Duration, hard bool) bool {
	if p == nil || p.Speaker != g.Speaker || p.Hard != hard || p.words >= maxWords {
		return false
	}
	pause := breakKnown
	if p.Name == "" {
		pause = breakOther
	}
	return g.Span.Start-end < pause
}

// missing is where the session has sound or time without words that a reader
// must know of.
func missing(c models.Coverage) []models.Stretch {
	var out []models.Stretch
	for _, s := range c.Stretches {
		switch s.Fate {
		case models.FateFailed, models.FateGap, models.FateStruck, models.FatePending:
			if s.Len() >= 500*time.Millisecond {
				out = append(out, s)
			}
		}
	}
	return out
}

// spotName writes a spot for addresses and forms.
func spotName(s models.Spot) string { return strconv.Itoa(s.Chunk) + "." + strconv.Itoa(s.Index) }

// parseSpot reads what spotName wrote. An Invalid error for anything else.
func parseSpot(s string) (models.Spot, error) {
	chunk, index, ok := strings.Cut(s, ".")
	c, err := strconv.Atoi(chunk)
	i, err2 := strconv.Atoi(index)
	if !ok || err != nil || err2 != nil || c < 0 || i < 0 {
		return models.Spot{}, models.Errorf(models.Invalid, "read place %q: want two numbers and a dot", s)
	}
	return models.Spot{Chunk: c, Index: i}, nil
}

func parseSpots(s string) ([]models.Spot, error) {
	var out []models.Spot
	for f := range strings.FieldsSeq(s) {
		spot, err := parseSpot(f)
		if err != nil {
			return nil, err
		}
		out = append(out, spot)
	}
	if len(out) == 0 {
		return nil, models.Errorf(models.Invalid, "read places: there are none")
	}
	return out, nil
}
