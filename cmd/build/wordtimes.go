package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// lexicon knows the phones of words, as flite speaks them one by one.
type lexicon struct{ words sync.Map }

// phones are those of one word, without pauses.
func (l *lexicon) phones(ctx context.Context, word string) ([]string, error) {
	if known, ok := l.words.Load(word); ok {
		return known.([]string), nil
	}
	said, err := quiet(command(ctx, "", "flite", "-voice", "slt", "-ps", "-t", word, "-o", "none"))
	if err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(strings.Fields(said), func(p string) bool { return p == "pau" })
	l.words.Store(word, out)
	return out, nil
}

// starts tells when each word of a text begins: flite says when each phone of
// the text ends (said: "pau:0.209 hh:0.291 …"), and the phones of the words, one
// by one, are found again among these. A word whose first phone is spoken
// otherwise in the sentence is left out.
func (l *lexicon) starts(ctx context.Context, text, said string) (out []timedWord, err error) {
	var names []string
	var begins []time.Duration
	var at time.Duration
	for _, f := range strings.Fields(said) {
		name, end, _ := strings.Cut(f, ":")
		s, err := strconv.ParseFloat(end, 64)
		if err != nil {
			return nil, fmt.Errorf("read phones: %w", err)
		}
		if name != "pau" {
			names, begins = append(names, name), append(begins, at)
		}
		at = seconds(s)
	}
	var alone []string
	var firsts []int // of each word, in alone
	words := strings.Fields(text)
	for _, w := range words {
		firsts = append(firsts, len(alone))
		p, err := l.phones(ctx, strings.Trim(w, ".,?!"))
		if err != nil {
			return nil, err
		}
		alone = append(alone, p...)
	}
	place := map[int]int{}
	for _, pair := range common(alone, names) {
		place[pair[0]] = pair[1]
	}
	for i, w := range words {
		if j, ok := place[firsts[i]]; ok {
			if n := normal(w); len(n) > 0 {
				out = append(out, timedWord{n[0], begins[j]})
			}
		}
	}
	return out, nil
}

// startsOff is how far the beginnings of words are from where they are, sorted,
// for those words that are in both texts.
func startsOff(ref, heard []timedWord) (off []time.Duration) {
	for _, pair := range common(texts(ref), texts(heard)) {
		off = append(off, (heard[pair[1]].at - ref[pair[0]].at).Abs())
	}
	slices.Sort(off)
	return off
}

// spread gives each word of a text, as it is compared, the moment at which the
// text begins.
func spread(text string, at float64) (out []timedWord) {
	for _, w := range normal(text) {
		out = append(out, timedWord{w, seconds(at)})
	}
	return out
}

// transcriptText is the text of our own transcript file, as it is shown: what was
// held back is marked in the file, and left out here.
func transcriptText(said string) (string, error) {
	var t models.Transcript
	if err := json.Unmarshal([]byte(said), &t); err != nil {
		return "", fmt.Errorf("read the transcript: %w", err)
	}
	var all []string
	for _, g := range t.Heard().Segments {
		all = append(all, g.Text)
	}
	return strings.Join(all, "\n"), nil
}

// transcriptTimes are the words of our own transcript file.
func transcriptTimes(said string) (out []timedWord, err error) {
	var t struct {
		Segments []struct {
			Words []struct {
				Text  string
				Start float64
			}
		}
	}
	if err := json.Unmarshal([]byte(said), &t); err != nil {
		return nil, fmt.Errorf("read the transcript: %w", err)
	}
	for _, g := range t.Segments {
		for _, w := range g.Words {
			out = append(out, spread(w.Text, w.Start)...)
		}
	}
	return out, nil
}

// whisperLine is a line of whisper-cli: when, and what.
var whisperLine = regexp.MustCompile(`^\[(\d+):(\d+):([\d.]+) --> [\d:.]+\](.*)$`)

// whisperText leaves the times of the lines out. (With -nt it prints none, but
// leaves out a fifth of the words of a session with pauses, too.)
func whisperText(said string) (string, error) {
	var all []string
	for line := range strings.Lines(said) {
		if m := whisperLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			all = append(all, m[4])
		}
	}
	return strings.Join(all, "\n"), nil
}

// whisperTimes reads lines of one word each.
func whisperTimes(said string) (out []timedWord, err error) {
	for line := range strings.Lines(said) {
		if m := whisperLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			h, _ := strconv.ParseFloat(m[1], 64)
			min, _ := strconv.ParseFloat(m[2], 64)
			s, _ := strconv.ParseFloat(m[3], 64)
			out = append(out, spread(m[4], h*3600+min*60+s)...)
		}
	}
	return out, nil
}

// fasterTimes reads lines of a time in seconds and a word.
func fasterTimes(said string) (out []timedWord, err error) {
	for line := range strings.Lines(said) {
		at, word, _ := strings.Cut(strings.TrimSpace(line), " ")
		s, err := strconv.ParseFloat(at, 64)
		if err != nil {
			return nil, fmt.Errorf("read word times: %w", err)
		}
		out = append(out, spread(word, s)...)
	}
	return out, nil
}
