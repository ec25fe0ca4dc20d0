package models

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// Transcript is the fixed transcript file: what `transcribe --format json`
// prints and `extract` reads. Times are seconds with three decimals; start,
// end, words, suspect and duration may be absent on input.
type Transcript struct {
	ID       string
	Title    string
	Date     Date
	Language string
	Duration time.Duration
	Segments []Segment
}

// Segment finds the segment with number seq; numbers need not be indices in
// a transcript from elsewhere.
func (t Transcript) Segment(seq int) (Segment, bool) {
	if seq >= 0 && seq < len(t.Segments) && t.Segments[seq].Seq == seq {
		return t.Segments[seq], true
	}
	for _, s := range t.Segments {
		if s.Seq == seq {
			return s, true
		}
	}
	return Segment{}, false
}

// Heard is the transcript without what is held back.
func (t Transcript) Heard() Transcript {
	t.Segments = slices.DeleteFunc(slices.Clone(t.Segments), Segment.HeldBack)
	return t
}

type seconds float64

func (s seconds) duration() time.Duration {
	return time.Duration(math.Round(float64(s)*1000)) * time.Millisecond
}

// endless bounds a time in a transcript file, in seconds: a third of a year.
const endless = 1e7

// UnmarshalJSON refuses what is no place in a session.
func (s *seconds) UnmarshalJSON(b []byte) error {
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("a time is not a number of seconds")
	}
	if f < 0 || f > endless {
		return fmt.Errorf("a time is %g seconds", f)
	}
	*s = seconds(f)
	return nil
}

func toSeconds(d time.Duration) seconds { return seconds(float64(d.Milliseconds()) / 1000) }

func some(d time.Duration) *seconds { s := toSeconds(d); return &s }

type transcriptJSON struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Date     Date          `json:"date,omitempty"`
	Language string        `json:"language,omitempty"`
	Duration *seconds      `json:"duration,omitempty"`
	Segments []segmentJSON `json:"segments"`
}

type segmentJSON struct {
	Seq     *int       `json:"seq"`
	Start   *seconds   `json:"start,omitempty"`
	End     *seconds   `json:"end,omitempty"`
	Speaker Speaker    `json:"speaker"`
	Text    *string    `json:"text"`
	Words   []wordJSON `json:"words,omitempty"`
	Suspect []Doubt    `json:"suspect,omitempty"`
	Edited  bool       `json:"edited,omitempty"`
}

type wordJSON struct {
	Text  string  `json:"text"`
	Start seconds `json:"start"`
	End   seconds `json:"end"`
	P     float64 `json:"p"`

	Alternatives []string `json:"alternatives,omitempty"`
}

func (t Transcript) MarshalJSON() ([]byte, error) {
	out := transcriptJSON{ID: t.ID, Title: t.Title, Date: t.Date, Language: t.Language, Segments: []segmentJSON{}}
	if t.Duration > 0 {
		out.Duration = some(t.Duration)
	}
	for _, s := range t.Segments {
		j := segmentJSON{Seq: &s.Seq, Speaker: s.Speaker, Text: &s.Text, Suspect: s.Suspect, Edited: s.Edited}
		if j.Speaker == "" {
			j.Speaker = Unknown
		}
		if s.Span != (Span{}) {
			j.Start, j.End = some(s.Span.Start), some(s.Span.End)
		}
		for _, w := range s.Words {
			p := math.Round(float64(w.P)*100) / 100
			j.Words = append(j.Words, wordJSON{w.Text, toSeconds(w.Span.Start), toSeconds(w.Span.End), p, w.Alternatives})
		}
		out.Segments = append(out.Segments, j)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads a transcript file. Missing numbers are given in order;
// a doubled number, a time that is not one or a missing text is an Invalid
// error that says where.
func (t *Transcript) UnmarshalJSON(b []byte) error {
	var in transcriptJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return Errorf(Invalid, "read transcript: %w", err)
	}
	if in.Segments == nil {
		return Errorf(Invalid, `read transcript: it has no "segments"`)
	}
	*t = Transcript{ID: in.ID, Title: in.Title, Date: in.Date, Language: in.Language}
	if in.Date != "" {
		if _, err := ParseDate(string(in.Date)); err != nil {
			return err
		}
	}
	if in.Duration != nil {
		t.Duration = in.Duration.duration()
	}
	seen := map[int]bool{}
	for i, j := range in.Segments {
		if j.Text == nil {
			return Errorf(Invalid, `read transcript: segment %d has no "text"`, i)
		}
		s := Segment{Seq: i, Speaker: j.Speaker, Text: *j.Text, Suspect: j.Suspect, Edited: j.Edited}
		if j.Seq != nil {
			s.Seq = *j.Seq
		}
		if seen[s.Seq] {
			return Errorf(Invalid, "read transcript: segment %d: number %d is used twice", i, s.Seq)
		}
		seen[s.Seq] = true
		if s.Speaker == "" {
			s.Speaker = Unknown
		}
		if j.Start != nil && j.End != nil {
			s.Span = Span{j.Start.duration(), j.End.duration()}
		}
		for _, w := range j.Words {
			s.Words = append(s.Words, Word{w.Text, Span{w.Start.duration(), w.End.duration()}, float32(w.P), w.Alternatives})
		}
		if err := checkTimes(s); err != nil {
			return Errorf(Invalid, "read transcript: segment %d: %w", i, err)
		}
		t.Segments = append(t.Segments, s)
	}
	return nil
}

func checkTimes(s Segment) error {
	if s.Span.End < s.Span.Start {
		return fmt.Errorf("it runs from %v to %v", s.Span.Start, s.Span.End)
	}
	for i, w := range s.Words {
		if w.Span.End < w.Span.Start {
			return fmt.Errorf("word %d runs from %v to %v", i, w.Span.Start, w.Span.End)
		}
		if w.P < 0 || w.P > 1 {
			return fmt.Errorf("word %d has the probability %g", i, w.P)
		}
	}
	return nil
}

// Items is what was found in one session. Its JSON is fixed: one object with
// a list for each kind. Stored items carry their id and decision as well.
type Items struct {
	ID      string
	Summary string
	List    []Item
	Phrases []Phrase
}

// Phrase is a turn of words that the client came back to in a session.
type Phrase struct {
	Text     string     // as it was said
	Evidence []Evidence // there, and where its main word was said before or after
}

type itemsJSON struct {
	ID        string     `json:"id"`
	Summary   string     `json:"summary"`
	Themes    []itemJSON `json:"themes"`
	Emotions  []itemJSON `json:"emotions"`
	Actions   []itemJSON `json:"actions"`
	Goals     []itemJSON `json:"goals"`
	Triggers  []itemJSON `json:"triggers"`
	Coping    []itemJSON `json:"coping"`
	OpenLoops []itemJSON `json:"open_loops"`
	Questions []itemJSON `json:"questions"`
	Takeaways []itemJSON `json:"takeaways"`

	Phrases []phraseJSON `json:"phrases,omitempty"`
}

type phraseJSON struct {
	Text     string         `json:"text"`
	Evidence []evidenceJSON `json:"evidence"`
}

func (in *itemsJSON) list(k Kind) *[]itemJSON {
	return map[Kind]*[]itemJSON{
		KindTheme: &in.Themes, KindEmotion: &in.Emotions, KindAction: &in.Actions, KindGoal: &in.Goals, KindTrigger: &in.Triggers,
		KindCoping: &in.Coping, KindOpenLoop: &in.OpenLoops, KindQuestion: &in.Questions, KindTakeaway: &in.Takeaways,
	}[k]
}

type itemJSON struct {
	ID         ItemID         `json:"id,omitempty"`
	Theme      string         `json:"theme,omitempty"`
	Emotion    string         `json:"emotion,omitempty"`
	Text       string         `json:"text,omitempty"`
	Score      *float64       `json:"score,omitempty"`
	Holder     Speaker        `json:"holder,omitempty"`
	Basis      string         `json:"basis,omitempty"`
	Intensity  *float64       `json:"intensity,omitempty"`
	Status     ActionStatus   `json:"status,omitempty"`
	Owner      string         `json:"owner,omitempty"`
	Due        *Date          `json:"due,omitempty"`
	Recurrence *string        `json:"recurrence,omitempty"`
	When       string         `json:"when,omitempty"`
	Where      string         `json:"where,omitempty"`
	Skill      string         `json:"skill,omitempty"`
	Helped     *bool          `json:"helped,omitempty"`
	Engine     string         `json:"engine,omitempty"` // absent for the rules
	Evidence   []evidenceJSON `json:"evidence"`
	Decision   Decision       `json:"decision,omitempty"`
	Finished   bool           `json:"finished,omitempty"`
	Stale      bool           `json:"stale,omitempty"`
}

type evidenceJSON struct {
	Segment int      `json:"segment"`
	Start   *seconds `json:"start,omitempty"`
	End     *seconds `json:"end,omitempty"`
	Quote   string   `json:"quote"`
}

func round2(f float64) *float64 { f = math.Round(f*100) / 100; return &f }

func toJSON(it Item) itemJSON {
	j := itemJSON{ID: it.ID, Text: it.Text, Evidence: evidenceToJSON(it.Evidence), Decision: it.Decision, Finished: it.Finished, Stale: it.Stale, Engine: it.Engine}
	switch it.Kind {
	case KindTheme:
		j.Theme, j.Text, j.Score = it.Label, "", round2(it.Score)
	case KindEmotion:
		j.Emotion, j.Text, j.Holder, j.Basis, j.Intensity = it.Label, "", it.Holder, it.Basis, round2(it.Intensity)
	case KindAction:
		j.Status, j.Owner, j.When, j.Where, j.Skill = it.Status, it.Owner, it.When, it.Where, it.Skill
		if it.Due != "" {
			j.Due = &it.Due
		}
		if it.Recurrence != "" {
			j.Recurrence = &it.Recurrence
		}
	case KindCoping:
		j.Helped = it.Helped
	}
	return j
}

func evidenceToJSON(list []Evidence) []evidenceJSON {
	out := []evidenceJSON{}
	for _, e := range list {
		ej := evidenceJSON{Segment: e.Segment, Quote: e.Quote}
		if e.Span != (Span{}) {
			ej.Start, ej.End = some(e.Span.Start), some(e.Span.End)
		}
		out = append(out, ej)
	}
	return out
}

func (in Items) MarshalJSON() ([]byte, error) {
	out := itemsJSON{ID: in.ID, Summary: in.Summary}
	for _, k := range Kinds {
		*out.list(k) = []itemJSON{}
	}
	for _, it := range in.List {
		l := out.list(it.Kind)
		if l == nil {
			return nil, Errorf(Invalid, "write items: unknown kind %q", it.Kind)
		}
		*l = append(*l, toJSON(it))
	}
	for _, p := range in.Phrases {
		out.Phrases = append(out.Phrases, phraseJSON{p.Text, evidenceToJSON(p.Evidence)})
	}
	return json.Marshal(out)
}
