package capture

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

const session = models.SessionID("0123456789ab")

// tone is n frames of c channels that never repeat, so that a sample in the
// wrong place is found out.
func tone(n, c int) []int16 {
	r := rand.New(rand.NewPCG(uint64(n), uint64(c)))
	out := make([]int16, n*c)
	for i := range out {
		out[i] = int16(i%1999) + int16(r.IntN(9)) + 1
	}
	return out
}

func write(t testing.TB, s *Spool, k keys, pcm []int16, rate, channels, portion int, sync bool) {
	t.Helper()
	w, err := s.Writer(session, k, rate, channels, sync)
	if err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(pcm, portion*channels) {
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func span(from, to int64, rate int) models.Span {
	return models.Span{Start: timeAt(from, rate), End: timeAt(to, rate)}
}

func TestSpoolGivesBackWhatItGot(t *testing.T) {
	tests := []struct {
		name                    string
		samples, rate, channels int
		portion                 int
		sync                    bool
	}{
		{"import, two minutes and a bit", 125*8000 + 77, 8000, 1, 4096, false},
		{"recording, a minute and a bit", 65 * 8000, 8000, 1, 800, true},
		{"stereo", 70 * 8000, 8000, 2, 1000, false},
		{"exactly a minute", 60 * 8000, 8000, 1, 8000, false},
		{"one sample", 1, 16000, 1, 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, k := OpenSpool(filepath.Join(t.TempDir(), "spool")), &testKeys{}
			pcm := tone(tt.samples, tt.channels)
			write(t, s, k, pcm, tt.rate, tt.channels, tt.portion, tt.sync)
			n := int64(tt.samples)
			got, rate, channels, err := s.Read(session, k, models.Span{End: timeAt(n, tt.rate) + time.Microsecond})
			if err != nil || rate != tt.rate || channels != tt.channels || !slices.Equal(got, pcm) {
				t.Fatalf("Read: %d samples, %d Hz, %d channels, %v", len(got), rate, channels, err)
			}
			c, err := s.Scan(session, k)
			if err != nil || c.Samples != n || len(c.Damaged) != 0 {
				t.Fatalf("Scan: %+v, %v", c, err)
			}
			if want := (tt.samples + 60*tt.rate - 1) / (60 * tt.rate); k.made != want {
				t.Errorf("%d keys made, want one a minute: %d", k.made, want)
			}
			ids, err := s.Sessions()
			if err != nil || !slices.Equal(ids, []models.SessionID{session}) {
				t.Errorf("Sessions: %v, %v", ids, err)
			}
			modes(t, s.dir)
		})
	}
}

func modes(t *testing.T, dir string) {
	if runtime.GOOS == "windows" {
		return
	}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		fi, _ := d.Info()
		if fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, fi.Mode())
		}
		return err
	})
}

func TestReadAnySpan(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	const rate = 8000
	pcm := tone(130*rate, 1)
	write(t, s, k, pcm, rate, 1, 5000, false)
	r := rand.New(rand.NewPCG(1, 1))
	for range 60 {
		from := r.Int64N(130 * rate / 8)
		to := min(from+r.Int64N(rate*20/8), 130*rate/8)
		got, _, _, err := s.Read(session, k, span(from*8, to*8, rate))
		if err != nil || !slices.Equal(got, pcm[from*8:to*8]) {
			t.Fatalf("samples %d to %d: %d samples, %v", from*8, to*8, len(got), err)
		}
	}
	got, _, _, err := s.Read(session, k, span(129*rate, 132*rate, rate))
	var missing *Missing
	if !errors.As(err, &missing) || models.CodeOf(err) != models.Partial || missing.Spans[0] != span(130*rate, 132*rate, rate) {
		t.Errorf("beyond the end: %v", err)
	}
	if len(got) != 3*rate || got[0] != pcm[129*rate] || got[2*rate] != 0 {
		t.Error("beyond the end: not zeros behind what there is")
	}
}

// A Writer that is killed leaves a file cut anywhere. Every prefix must read.
func TestEveryPrefixIsARecording(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	const rate, frame = 200, 50
	pcm := tone(3*frame, 1)
	write(t, s, k, pcm, rate, 1, frame, true)
	path := filepath.Join(s.folder(session), "000000.minute")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := len(whole)
	if _, size, ok := parseMinuteHeader(whole); ok {
		head = size
	}
	seen := map[int64]bool{}
	for cut := range whole {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := s.Scan(session, k)
		if cut < head {
			if models.CodeOf(err) != models.NotFound {
				t.Fatalf("cut at %d, within the header: %v", cut, err)
			}
			continue
		}
		if err != nil || c.Samples%frame != 0 || len(c.Damaged) != 0 {
			t.Fatalf("cut at %d: %+v, %v", cut, c, err)
		}
		seen[c.Samples/frame] = true
		got, _, _, err := s.Read(session, k, span(0, c.Samples, rate))
		if err != nil || !slices.Equal(got, pcm[:c.Samples]) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	if !seen[0] || !seen[1] || !seen[2] {
		t.Errorf("lengths seen: %v", seen)
	}
}

func TestDamageCostsOnlyItsOwnFrame(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	const rate, second = 400, 400
	pcm := tone(5*second, 1)
	write(t, s, k, pcm, rate, 1, second, true)
	path := filepath.Join(s.folder(session), "000000.minute")
	whole, _ := os.ReadFile(path)
	at := bytes.Index(whole, []byte(frameMark))
	size := (len(whole) - at) / 5
	for pos := at + 2*size; pos < at+3*size; pos += 3 {
		b := slices.Clone(whole)
		b[pos] ^= 0x20
		os.WriteFile(path, b, 0o600)
		c, err := s.Scan(session, k)
		if err != nil || c.Samples != 5*second || len(c.Damaged) == 0 || total(c.Damaged) > 2*time.Second {
			t.Fatalf("byte %d damaged: %+v, %v", pos, c, err)
		}
		got, _, _, err := s.Read(session, k, span(0, 5*second, rate))
		if models.CodeOf(err) != models.Partial || !slices.Equal(got[4*second:], pcm[4*second:]) || !slices.Equal(got[:second], pcm[:second]) {
			t.Fatalf("byte %d damaged: %v", pos, err)
		}
	}
}

func total(spans []models.Span) (d time.Duration) {
	for _, s := range spans {
		d += s.Len()
	}
	return d
}

func TestRecordingGoesOnAfterAKill(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{sealOnly: true} // capture cannot read what it writes
	const rate = 1000
	pcm := tone(70*rate, 1)
	w, err := s.Writer(session, k, rate, 1, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(pcm[:2200]); err != nil {
		t.Fatal(err)
	}
	w.file.WriteAt([]byte(frameMark+"torn"), w.size) // killed here: 0.2 s and a torn frame are left behind

	w, err = s.Writer(session, k, rate, 1, true)
	if err != nil || w.Position() != 2000 {
		t.Fatalf("goes on at %d, %v", w.Position(), err)
	}
	if err := errors.Join(w.Skip(1500), w.Write(pcm[3500:]), w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := s.Read(session, k, span(0, 100, rate)); models.CodeOf(err) != models.Locked {
		t.Errorf("reading with keys that only seal: %v", err)
	}
	open := &testKeys{}
	got, _, _, err := s.Read(session, open, span(0, 70*rate, rate))
	var missing *Missing
	if !errors.As(err, &missing) || !slices.Equal(missing.Spans, []models.Span{span(2000, 3500, rate)}) {
		t.Errorf("the gap: %v", err)
	}
	if !slices.Equal(got[:2000], pcm[:2000]) || !slices.Equal(got[3500:], pcm[3500:]) {
		t.Error("around the gap: other samples")
	}
	if _, err := s.Writer(session, k, rate, 2, true); models.CodeOf(err) != models.Conflict {
		t.Errorf("going on with another number of channels: %v", err)
	}
}

// An import that is killed and run again must at no moment lose what the
// first run had, and leave one copy at the end.
func TestImportRunAgain(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	const rate = 1000
	pcm := tone(200*rate, 1)
	w, err := s.Writer(session, k, rate, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(pcm[:150*rate]), w.Sync()); err != nil {
		t.Fatal(err)
	}
	have := func(n int64, when string) {
		t.Helper()
		got, _, _, err := s.Read(session, k, span(0, n*rate, rate))
		if err != nil || !slices.Equal(got, pcm[:n*rate]) {
			t.Fatalf("%s: %v", when, err)
		}
	}
	have(150, "killed after 150 s")
	w, err = s.Writer(session, k, rate, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	have(150, "run again, before its first sample")
	for at := 0; at < 200; at += 10 {
		if err := w.Write(pcm[at*rate : (at+10)*rate]); err != nil {
			t.Fatal(err)
		}
		have(150, "run again, on its way")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	have(200, "complete")
	entries, _ := os.ReadDir(s.folder(session))
	if len(entries) != 4 {
		t.Errorf("%d files for four minutes", len(entries))
	}
	write(t, s, k, tone(30*rate, 2), rate, 2, 1000, false)
	if c, err := s.Scan(session, k); err != nil || c.Channels != 2 || c.Samples != 30*rate {
		t.Errorf("imported anew in another form: %+v, %v", c, err)
	}
}

func TestForgetLeavesNothing(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	write(t, s, k, tone(70*1000, 1), 1000, 1, 1000, false)
	path := filepath.Join(s.folder(session), "000000.minute")
	link := filepath.Join(t.TempDir(), "link") // keeps the file's content in sight
	if err := os.Link(path, link); err != nil {
		t.Skip("no hard links here")
	}
	if err := s.Forget(session); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(link); len(b) == 0 || b[0] != 0 || bytes.Contains(b[:60], []byte(minuteMark)) {
		t.Error("the key was not overwritten")
	}
	if _, err := os.Stat(s.folder(session)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the folder is still there")
	}
	if _, _, _, err := s.Read(session, k, span(0, 1, 1000)); models.CodeOf(err) != models.NotFound {
		t.Errorf("Read after Forget: %v", err)
	}
	if err := s.Forget(session); err != nil {
		t.Errorf("Forget twice: %v", err)
	}
}

func TestFramesCannotBeMoved(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	write(t, s, k, tone(2000, 1), 1000, 1, 1000, false)
	from := s.folder(session)
	to := s.folder("ffffffffffff")
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Scan("ffffffffffff", k); err != nil || c.Samples != 0 {
		t.Errorf("sound of one session read as another's: %+v, %v", c, err)
	}
}

func TestFullDiskKeepsWhatCannotBeWritten(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	const rate = 1000
	pcm := tone(10*rate, 1)
	w, err := s.Writer(session, k, rate, 1, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(pcm[:2*rate]); err != nil {
		t.Fatal(err)
	}
	good := w.file
	if w.file, err = os.Open(w.path); err != nil { // cannot be written: as good as full
		t.Fatal(err)
	}
	if err := w.Write(pcm[2*rate : 4*rate]); err == nil {
		t.Fatal("no error from a disk that takes nothing")
	}
	w.file.Close()
	w.file = good
	if err := errors.Join(w.Write(pcm[4*rate:]), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, _, _, err := s.Read(session, k, span(0, 10*rate, rate))
	if err != nil || !slices.Equal(got, pcm) {
		t.Errorf("after there was room again: %v", err)
	}
}

func TestSpoolRefusesStrangeNames(t *testing.T) {
	s := OpenSpool(t.TempDir())
	for _, id := range []models.SessionID{"", "..", "../../etc", "ABC", "0123456789abcd"} {
		if _, err := s.Writer(id, &testKeys{}, 16000, 1, false); models.CodeOf(err) != models.Invalid {
			t.Errorf("Writer(%q): %v", id, err)
		}
		if err := s.Forget(id); models.CodeOf(err) != models.Invalid {
			t.Errorf("Forget(%q): %v", id, err)
		}
	}
}

func FuzzMinuteFile(f *testing.F) {
	h := minuteHeader{minute: 3, rate: 1000, channels: 1, wrapped: make([]byte, 16)}
	fr, _ := sealFrame(&testKeys{}, h, session, 180000, tone(1000, 1))
	f.Add(append(h.encode(), fr.encode()...))
	f.Add(append(h.encode(), []byte(frameMark+frameMark+"\xff\xff\xff\xff")...))
	f.Add([]byte(minuteMark + "\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, size, ok := parseMinuteHeader(b)
		if !ok {
			return
		}
		for b = b[size:]; ; {
			fr, used, ok := nextFrame(b)
			if !ok {
				return
			}
			if pcm, err := openFrame(&testKeys{}, h, session, fr); err == nil && len(pcm) != fr.samples*fr.channels {
				t.Fatal("a frame of another length than it says")
			}
			b = b[used:]
		}
	})
}
