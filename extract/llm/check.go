package llm

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
)

// proposal is an item as the model words it. Nothing in it is believed.
type proposal struct {
	Kind    string `json:"kind"`
	Segment int    `json:"segment"`
	Quote   string `json:"quote"`
	Text    string `json:"text"`
	Label   string `json:"label"`
	Status  string `json:"status"`
	Owner   string `json:"owner"`
	Due     string `json:"due"`
}

// maxProposals bounds what one part can bring.
const maxProposals = 60

// proposals reads an answer as far as it can be read: one that was cut off has
// its first items. ok is false where there is no list at all; spoilt counts
// items of another shape.
func proposals(answer string) (list []proposal, spoilt int, ok bool) {
	begin := strings.IndexByte(answer, '{')
	if begin < 0 {
		return nil, 0, false
	}
	d := json.NewDecoder(strings.NewReader(answer[begin:]))
	if _, err := d.Token(); err != nil {
		return nil, 0, false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, 0, false
		}
		if key != "items" {
			var skipped json.RawMessage
			if d.Decode(&skipped) != nil {
				return nil, 0, false
			}
			continue
		}
		if begin, err := d.Token(); err != nil || begin != json.Delim('[') {
			return nil, 0, false
		}
		for d.More() && len(list)+spoilt < maxProposals {
			var raw json.RawMessage
			if d.Decode(&raw) != nil {
				break
			}
			var p proposal
			if json.Unmarshal(raw, &p) != nil {
				spoilt++
				continue
			}
			list = append(list, p)
		}
		return list, spoilt, true
	}
	return nil, 0, false
}

// verdict is what became of a proposal.
type verdict uint8

const (
	fine     verdict = iota
	unproved         // its quote does not stand in the segment that it names
	outside          // of no known kind, label or status, or with no usable text
)

var (
	statuses = []models.ActionStatus{models.Assigned, models.Committed, models.Suggested, models.Hypothetical, models.Declined, models.DoneAlready, models.ByTherapist}
	owners   = []string{"client", "therapist", "other"}
)

// check makes an item of a proposal, with words of the transcript for proof.
func (p part) check(in proposal, session models.Date) (models.Item, verdict) {
	it := models.Item{Kind: models.Kind(in.Kind), Engine: models.EngineLLM}
	s, shown := p.segments[in.Segment]
	quote, stands := find(s.Text, in.Quote)
	if !shown || !stands {
		return it, unproved
	}
	at := strings.Index(s.Text, quote)
	e := models.Evidence{Segment: s.Seq, Span: s.Span, Quote: quote}
	if n := extract.Narrow(s, at, at+len(quote)); n != (models.Span{}) {
		e.Span = n
	}
	it.Evidence = []models.Evidence{e}
	ok := slices.Contains(models.Kinds, it.Kind)
	switch it.Kind {
	case models.KindTheme:
		it.Label, it.Score = in.Label, themeScore
		ok = slices.Contains(models.Themes, it.Label)
	case models.KindEmotion:
		it.Label, it.Holder, it.Basis, it.Intensity = in.Label, models.Client, "inferred", feltIntensity
		ok = slices.Contains(models.Emotions, it.Label) && s.Speaker != models.Therapist // who says what they feel
	case models.KindAction:
		ok = action(&it, in, s.Speaker, session)
	}
	if it.Kind != models.KindTheme && it.Kind != models.KindEmotion {
		it.Text = plain(in.Text)
		ok = ok && it.Text != "" && related(it.Text, s.Text)
	}
	if !ok {
		return it, outside
	}
	return it, fine
}

// What a model says of strength is not comparable with what is counted: its
// findings stand in the middle, so that no threshold of the report card hides
// them and they come after what the rules are sure of.
const (
	themeScore    = 0.46
	feltIntensity = 0.5
)

func action(it *models.Item, in proposal, speaker models.Speaker, session models.Date) bool {
	it.Status, it.Owner = models.ActionStatus(in.Status), in.Owner
	if it.Status == models.Committed && speaker == models.Therapist {
		it.Status = models.Suggested // nobody has said that they will
	}
	it.Due = plausible(in.Due, session)
	if it.Status != models.Assigned && it.Status != models.Committed && it.Status != models.Suggested {
		it.Due = ""
	}
	return slices.Contains(statuses, it.Status) && slices.Contains(owners, it.Owner) && (it.Status != models.ByTherapist || it.Owner != "client")
}

// plausible is a day within half a year after the session, else none.
func plausible(s string, session models.Date) models.Date {
	due, err := models.ParseDate(s)
	if err != nil || session == "" {
		return ""
	}
	if days := due.Time().Sub(session.Time()).Hours() / 24; days < 0 || days > 183 {
		return ""
	}
	return due
}

// maxText bounds the wording of an item, in characters.
const maxText = 160

// plain is a text on one line without what does not print, or nothing where it
// is too long to be a wording.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > maxText {
		return ""
	}
	return s
}

// related reports whether a wording has anything of the words that it rests
// on: four letters in a row, two where a character is a syllable or more.
func related(text, said string) bool {
	n := 4
	if strings.IndexFunc(said, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
	}) >= 0 {
		n = 2
	}
	said = strings.ToLower(said)
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		letters := []rune(w)
		for i := 0; i+n <= len(letters); i++ {
			if strings.Contains(said, string(letters[i:i+n])) {
				return true
			}
		}
	}
	return false
}

// Bounds of a quote: fewer letters prove nothing, more bytes are no quote.
const (
	minLetters = 8
	maxQuote   = 240
)

// find looks a quote up in a text and returns the text's own words: line breaks
// and the shape of apostrophes may differ, letters may not.
func find(text, quote string) (string, bool) {
	quote = strings.Trim(strings.TrimSpace(quote), "\"“”…")
	letters := 0
	for _, r := range quote {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			letters++ // each says more
		}
	}
	if letters < minLetters {
		return "", false
	}
	flatText, places := flat(text)
	flatQuote, _ := flat(quote)
	flatQuote = strings.TrimSpace(flatQuote)
	k := strings.Index(flatText, flatQuote)
	if k < 0 {
		return "", false
	}
	from, to := places[k], places[k+len(flatQuote)]
	if to-from > maxQuote {
		to = from + maxQuote
		for !utf8.RuneStart(text[to]) {
			to--
		}
		if cut := strings.LastIndexFunc(text[from:to], unicode.IsSpace); cut > maxQuote/2 {
			to = from + cut
		}
	}
	found := strings.TrimSpace(text[from:to])
	return found, utf8.ValidString(found)
}

// flat is a text with single spaces and straight quotation marks; places says
// for each of its bytes, and for its end, where that stands in the text.
func flat(text string) (out string, places []int) {
	var b strings.Builder
	space := false
	for i, r := range text {
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
				places = append(places, i)
			}
			space = true
			continue
		}
		space = false
		switch r {
		case '’', '‘':
			r = '\''
		case '“', '”':
			r = '"'
		}
		n := b.Len()
		b.WriteRune(r)
		for range b.Len() - n {
			places = append(places, i)
		}
	}
	return b.String(), append(places, len(text))
}
