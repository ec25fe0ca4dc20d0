package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/afterword/afterword/models"
)

// voiceTurn is when somebody is known to speak.
type voiceTurn struct {
	models.Span
	who string
}

// voiceCount is how many words have the right speaker.
type voiceCount struct{ words, right, wrong, unknown int }

func (v voiceCount) share() float64 {
	if v.words == 0 {
		return 0
	}
	return float64(v.right) / float64(v.words)
}

// turnsOf are the turns of a script.
func turnsOf(script models.Transcript) (out []voiceTurn) {
	for _, g := range script.Segments {
		out = append(out, voiceTurn{g.Span, string(g.Speaker)})
	}
	return out
}

// speakerWords counts the words with the right speaker. A word counts if its
// middle lies in a turn; where two talk at once, either is right.
func speakerWords(turns []voiceTurn, heard []models.Segment) (v voiceCount) {
	for _, g := range heard {
		if g.HeldBack() {
			continue
		}
		for _, w := range g.Words {
			mid := (w.Span.Start + w.Span.End) / 2
			var who []string
			for _, t := range turns {
				if mid >= t.Start && mid < t.End {
					who = append(who, t.who)
				}
			}
			switch {
			case len(who) == 0:
				continue
			case g.Speaker == models.Unknown:
				v.unknown++
			case slices.Contains(who, string(g.Speaker)):
				v.right++
			default:
				v.wrong++
			}
			v.words++
		}
	}
	return v
}

// bestNames gives each voice that was found the name of a speaker, so that the
// most words are right: in a meeting there is no client. With the count come the
// segments under these names.
func bestNames(turns []voiceTurn, heard []models.Segment) (best voiceCount, by []models.Segment) {
	names := map[string]bool{}
	for _, t := range turns {
		names[t.who] = true
	}
	voices := map[models.Speaker]bool{}
	for _, g := range heard {
		voices[g.Speaker] = g.Speaker != models.Unknown
	}
	maps.DeleteFunc(voices, func(_ models.Speaker, is bool) bool { return !is })
	try := func(as map[models.Speaker]models.Speaker) {
		named := slices.Clone(heard)
		for i := range named {
			if to, ok := as[named[i].Speaker]; ok {
				named[i].Speaker = to
			} else if named[i].Speaker != models.Unknown {
				named[i].Speaker = "nobody"
			}
		}
		if v := speakerWords(turns, named); v.right >= best.right {
			best, by = v, named
		}
	}
	assign(slices.Sorted(maps.Keys(voices)), slices.Sorted(maps.Keys(names)), map[models.Speaker]models.Speaker{}, try)
	return best, by
}

// assign tries every way to give voices different names, or none.
func assign(voices []models.Speaker, names []string, as map[models.Speaker]models.Speaker, try func(map[models.Speaker]models.Speaker)) {
	if len(voices) == 0 {
		try(as)
		return
	}
	assign(voices[1:], names, as, try)
	for i, n := range names {
		as[voices[0]] = models.Speaker(n)
		assign(voices[1:], slices.Delete(slices.Clone(names), i, i+1), as, try)
		delete(as, voices[0])
	}
}

// talkClip is a recording in which it is known who speaks when.
type talkClip struct {
	name, file string // clips of one name share a row
	length     time.Duration
	turns      []voiceTurn
	roles      bool // the turns are of client and therapist
}

// talkRow is how well the voices of clips were told apart.
type talkRow struct {
	name               string
	clips, counted     int // counted: those in which as many voices were found as speak
	length             time.Duration
	words              voiceCount
	mistaken, speaking time.Duration
	used               cost
}

func (r *talkRow) add(x talkRow) {
	r.clips, r.counted, r.length = r.clips+x.clips, r.counted+x.counted, r.length+x.length
	r.words = voiceCount{r.words.words + x.words.words, r.words.right + x.words.right, r.words.wrong + x.words.wrong, r.words.unknown + x.words.unknown}
	r.mistaken, r.speaking = r.mistaken+x.mistaken, r.speaking+x.speaking
	r.used = cost{wall: r.used.wall + x.used.wall, cpu: r.used.cpu + x.used.cpu, peak: max(r.used.peak, x.used.peak)}
}

// mistaken is how long a wrong voice, none or one too many is heard, and how long
// voices speak: the diarization error is their ratio. Unlike in contests nothing
// around a turn is forgiven, two at once count twice, and where a turn is known
// only as a whole its pauses count as missed.
func mistaken(turns []voiceTurn, heard []models.Segment) (wrong, speaking time.Duration) {
	const grid = 10 * time.Millisecond
	var end time.Duration
	for _, t := range turns {
		end = max(end, t.End)
	}
	for _, g := range heard {
		end = max(end, g.Span.End)
	}
	for at := time.Duration(0); at < end; at += grid {
		said, found := map[string]bool{}, map[string]bool{}
		for _, t := range turns {
			if at >= t.Start && at < t.End {
				said[t.who] = true
			}
		}
		right := 0
		for _, g := range heard {
			if who := string(g.Speaker); at >= g.Span.Start && at < g.Span.End && !g.HeldBack() && g.Speaker != models.Unknown && !found[who] {
				found[who] = true
				if said[who] {
					right++
				}
			}
		}
		wrong += grid * time.Duration(max(len(said), len(found))-right)
		speaking += grid * time.Duration(len(said))
	}
	return wrong, speaking
}

// benchSpeakers takes recordings through the program and counts the words that
// have the right speaker.
func benchSpeakers(ctx context.Context, s *shop) error {
	clips, err := s.talks(ctx)
	if err != nil {
		return err
	}
	d, err := s.stage(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(d.home)
	var rows []talkRow
	for _, c := range clips {
		t := s.say.begin("tell voices apart in %s", c.name)
		r, err := d.toldApart(ctx, c)
		t.end(err)
		if err != nil {
			return err
		}
		if n := len(rows); n > 0 && rows[n-1].name == c.name {
			rows[n-1].add(r)
		} else {
			rows = append(rows, r)
		}
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 1, ' ', tabwriter.TabIndent)
	fmt.Fprintln(w, "| recording\t| length\t| words\t| right speaker\t| unknown\t| diarization error\t| voices counted right\t| time\t| CPU\t| peak memory\t|")
	fmt.Fprintln(w, "|---\t|--:\t|--:\t|--:\t|--:\t|--:\t|--:\t|--:\t|--:\t|--:\t|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s\t| %s\t| %d\t| %.1f %%\t| %.1f %%\t| %.1f %%\t| %d of %d\t| %.1f s\t| %.1f s\t| %d MB\t|\n", r.name, r.length.Round(time.Second), r.words.words,
			100*r.words.share(), 100*float64(r.words.unknown)/math.Max(1, float64(r.words.words)), 100*r.mistaken.Seconds()/r.speaking.Seconds(),
			r.counted, r.clips, r.used.wall.Seconds(), r.used.cpu.Seconds(), r.used.peak>>20)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\nWords by base; time and CPU are those of telling voices apart alone; %s.\n", thisCPU())
	return nil
}

// talks are the sample and, where there are any, clips of two on one channel, of
// one voice, and dialogues made of the latter.
func (s *shop) talks(ctx context.Context) ([]talkClip, error) {
	b, err := os.ReadFile(s.sample("json"))
	var script models.Transcript
	if err == nil {
		err = json.Unmarshal(b, &script)
	}
	if err != nil {
		return nil, fmt.Errorf("read the script: %w", err)
	}
	out := []talkClip{{"the sample session, rendered", s.sample("opus"), script.Duration, turnsOf(script), true}}
	dir := s.clipsDir()
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		s.say.line("note: no clips of real talk; AFTERWORD_BENCH_AUDIO names a folder with them and their manifest.jsonl")
		return out, nil
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	var alone []talkClip
	for in.Scan() {
		c, ok, err := readTalk(in.Bytes(), dir)
		switch {
		case err != nil:
			return nil, err
		case ok && c.name == oneVoice:
			alone = append(alone, c)
		case ok:
			out = append(out, c)
		}
	}
	if in.Err() != nil {
		return nil, in.Err()
	}
	made, err := s.dialogues(ctx, alone)
	return slices.Concat(out, alone, made), err
}

// readTalk reads a line of the manifest; ok if two speak in it on one channel, or
// one in English for long enough that there could be two.
func readTalk(line []byte, dir string) (c talkClip, ok bool, err error) {
	var m struct {
		File, Kind         string
		Language           string
		Seconds            float64
		Speakers, Channels int
		Turns              []struct {
			Start, End float64
			Speaker    string
		}
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return c, false, models.Errorf(models.Unusable, "read clips: %w", err)
	}
	two := m.Kind == "diarization" && m.Speakers == 2
	one := m.Kind == "wer" && m.Speakers == 1 && m.Language == "en" && m.Seconds >= aloneFor
	if !two && !one || m.Channels > 1 || !filepath.IsLocal(m.File) {
		return c, false, nil
	}
	seconds := func(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }
	c = talkClip{name: strings.TrimSuffix(m.File, filepath.Ext(m.File)), file: filepath.Join(dir, m.File), length: seconds(m.Seconds)}
	if one {
		c.name, c.turns = oneVoice, []voiceTurn{{models.Span{End: c.length}, "the one"}}
	}
	for _, t := range m.Turns {
		c.turns = append(c.turns, voiceTurn{models.Span{Start: seconds(t.Start), End: seconds(t.End)}, t.Speaker})
	}
	return c, true, nil
}

// toldApart imports a clip, and tells its voices apart once more to measure that
// alone.
func (d *demonstration) toldApart(ctx context.Context, c talkClip) (r talkRow, err error) {
	out, err := d.command(ctx, "import", "--quiet", "--language", "en", c.file).Output()
	if err != nil {
		return r, fmt.Errorf("import %s: %w", c.name, err)
	}
	id := strings.TrimSpace(string(out))
	r = talkRow{name: c.name, clips: 1, length: c.length}
	if r.used, _, err = measure(d.command(ctx, "speakers", id, "--again", "--json")); err != nil {
		return r, fmt.Errorf("tell voices apart in %s: %w", c.name, err)
	}
	if out, err = d.command(ctx, "transcript", id, "--format", "json").Output(); err != nil {
		return r, fmt.Errorf("read the transcript: %w", err)
	}
	var t models.Transcript
	if err := json.Unmarshal(out, &t); err != nil {
		return r, fmt.Errorf("read the transcript: %w", err)
	}
	speak, found := map[string]bool{}, map[models.Speaker]bool{}
	for _, v := range c.turns {
		speak[v.who] = true
	}
	for _, g := range t.Segments {
		if g.Speaker != models.Unknown && !g.HeldBack() {
			found[g.Speaker] = true
		}
	}
	if len(found) == len(speak) {
		r.counted = 1
	}
	named := t.Segments
	if c.roles {
		r.words = speakerWords(c.turns, named)
	} else {
		r.words, named = bestNames(c.turns, t.Segments)
	}
	r.mistaken, r.speaking = mistaken(c.turns, named)
	return r, nil
}
