package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stretches recognises stretches of words in bytes of any kind. A stretch is five
// words in a row, or a whole text of three or four; case, punctuation and
// apostrophes do not matter. It keeps hashes only.
type stretches struct {
	hashes []uint64
}

const (
	stretch   = 5  // words
	shortest  = 3  // words of a text that is shorter than a stretch
	fewest    = 12 // letters of such a text: shorter ones stand in any file
	longWord  = 40 // bytes; what is longer is no word, but noise between separators
	hashPrime = 1099511628211
	hashStart = 14695981039346656037
)

// add takes a text in.
func (p *stretches) add(text string) {
	var r lastWords
	letters := 0
	for i := 0; i <= len(text); i++ {
		c := byte(' ')
		if i < len(text) {
			c = text[i]
		}
		if r.take(c) && r.n >= stretch {
			p.hashes = append(p.hashes, r.hash(stretch))
		}
		if kinds[c] == wordByte {
			letters++
		}
	}
	if r.n >= shortest && r.n < stretch && letters >= fewest {
		p.hashes = append(p.hashes, r.hash(r.n))
	}
}

// ready ends the adding.
func (p *stretches) ready() {
	slices.Sort(p.hashes)
	p.hashes = slices.Compact(p.hashes)
}

func (p *stretches) len() int { return len(p.hashes) }

// countIn counts stretches in what r holds, up to its end or its first error.
func (p *stretches) countIn(r io.Reader) (hits int) {
	var seen lastWords
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		for _, c := range buf[:n] {
			hits += p.take(&seen, c)
		}
		if err != nil {
			return hits + p.take(&seen, ' ')
		}
	}
}

// take reads a byte and counts the stretches that it ends.
func (p *stretches) take(seen *lastWords, c byte) (hits int) {
	if !seen.take(c) {
		return 0
	}
	for n := shortest; n <= min(seen.n, stretch); n++ {
		if _, ok := slices.BinarySearch(p.hashes, seen.hash(n)); ok {
			hits++
		}
	}
	return hits
}

type byteKind uint8

const (
	wordByte  byteKind = iota
	separator          // ends a word
	nothing            // stands for nothing: apostrophes, and the zeros of UTF-16
	junk               // does not occur in text
)

// kinds tells what a byte is.
var kinds = func() (kinds [256]byteKind) {
	for c := range kinds {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80:
			kinds[c] = wordByte
		case c == '\'' || c == 0:
			kinds[c] = nothing
		case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7f:
			kinds[c] = junk
		default:
			kinds[c] = separator
		}
	}
	return kinds
}()

// lastWords is the last words that were read.
type lastWords struct {
	words [stretch]uint64 // hashes, the newest last
	n     int             // words in a row, however many
	word  uint64          // hash of the one that is being read
	size  int             // its bytes
}

// take reads a byte; true if it ends a word.
func (r *lastWords) take(c byte) bool {
	switch kinds[c] {
	case nothing:
		return false
	case junk:
		*r = lastWords{}
		return false
	case wordByte:
		if r.size == 0 {
			r.word = hashStart
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		r.word = (r.word ^ uint64(c)) * hashPrime
		r.size++
		return false
	}
	if r.size == 0 {
		return false
	}
	if r.size > longWord {
		*r = lastWords{}
		return false
	}
	copy(r.words[:], r.words[1:])
	r.words[stretch-1] = r.word
	r.n, r.size = r.n+1, 0
	return true
}

// hash is that of the last n words.
func (r *lastWords) hash(n int) uint64 {
	h := uint64(n)
	for _, w := range r.words[stretch-n:] {
		h = (h ^ w) * hashPrime
		h ^= h >> 29
	}
	return h
}

// eachString gives f every text in JSON, keys left out.
func eachString(b []byte, f func(string)) {
	var v any
	if json.Unmarshal(b, &v) != nil {
		f(string(b))
		return
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			f(v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
}

// scanned is what a scan of all files saw. Files are named by path.
type scanned struct {
	files         int
	bytes         int64
	uploads       int // sound that the page was given and that is being read in
	words, sounds []string
	unread        []string
}

// soundMarks are how files begin that any player opens: WAV, FLAC, Ogg, MP3 and
// WebM.
var soundMarks = [][]byte{[]byte("RIFF"), []byte("fLaC"), []byte("OggS"), []byte("ID3"), {0x1a, 0x45, 0xdf, 0xa3}}

func isSound(head []byte) bool {
	mp4 := len(head) >= 8 && string(head[4:8]) == "ftyp"
	return mp4 || slices.ContainsFunc(soundMarks, func(m []byte) bool { return bytes.HasPrefix(head, m) })
}

// scanFiles reads every file in the folders of Afterword, which makes files
// nowhere else, and in others.
func (a *app) scanFiles(ctx context.Context, words *stretches, others []string) (scanned, error) {
	var s scanned
	files, total := s.list(append([]string{a.home.Data, a.home.Config, a.home.State, a.home.Runtime}, others...))
	bar := a.newProgress("")
	defer bar.Close()
	for _, path := range files {
		if ctx.Err() != nil {
			return s, context.Cause(ctx)
		}
		s.read(path, words)
		bar.SayBytes("reading", s.bytes, max(s.bytes, total))
	}
	return s, nil
}

// list is every file below some folders, each once, and how many bytes they
// hold.
func (s *scanned) list(roots []string) (files []string, total int64) {
	for _, root := range roots {
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist): // it went away meanwhile, and holds nothing
			case err != nil:
				s.unread = append(s.unread, path)
			case d.Type().IsRegular():
				files = append(files, path)
				if fi, err := d.Info(); err == nil {
					total += fi.Size()
				}
			}
			return nil
		})
	}
	slices.Sort(files)
	return slices.Compact(files), total
}

func (s *scanned) read(path string, words *stretches) {
	f, err := os.Open(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.unread = append(s.unread, path)
		}
		return
	}
	defer f.Close()
	s.files++
	head := make([]byte, 16)
	n, _ := f.ReadAt(head, 0)
	switch {
	case !isSound(head[:n]):
	case strings.HasPrefix(filepath.Base(path), uploadPrefix):
		s.uploads++
	default:
		s.sounds = append(s.sounds, path)
	}
	in := &countedFile{r: f}
	if words.countIn(in) > 0 {
		s.words = append(s.words, path)
	}
	if s.bytes += in.n; in.err != nil {
		s.unread = append(s.unread, path)
	}
}

// countedFile counts what is read.
type countedFile struct {
	r   io.Reader
	n   int64
	err error
}

func (c *countedFile) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.n += int64(n); err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}
