package capture

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func TestStrikeDestroysTheKeysOfItsMinutes(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	const rate = 1000
	pcm := tone(200*rate, 1)
	write(t, s, k, pcm, rate, 1, 1000, true)
	first := filepath.Join(s.folder(session), "000000.minute")
	link := filepath.Join(t.TempDir(), "link") // keeps the file's content in sight
	if err := os.Link(first, link); err != nil {
		t.Skip("no hard links here")
	}
	what := models.Span{Start: 50*time.Second + 100*time.Millisecond, End: 130*time.Second + 700*time.Millisecond}
	for _, again := range []bool{false, true} {
		n, err := s.Strike(session, k, what)
		if err != nil || (n == 0) != again {
			t.Fatalf("strike, again %v: %d frames, %v", again, n, err)
		}
		got, _, _, err := s.Read(session, k, span(0, 200*rate, rate))
		var missing *Missing
		if !errors.As(err, &missing) || len(missing.Spans) != 1 {
			t.Fatalf("holes: %v", err)
		}
		if hole := missing.Spans[0]; hole.Start != what.Start || hole.End-what.End > time.Millisecond || hole.End < what.End {
			t.Errorf("hole %v, struck %v", hole, what)
		}
		if !slices.Equal(got[:50100], pcm[:50100]) || !slices.Equal(got[130701:], pcm[130701:]) {
			t.Error("what stays is not what it was")
		}
	}
	if b, _ := os.ReadFile(link); len(b) == 0 || b[0] != 0 {
		t.Error("the key of the first minute was not overwritten")
	}
	if _, err := os.Stat(filepath.Join(s.folder(session), "000001.minute")); err == nil {
		t.Error("a minute that was struck whole is still there")
	}
	if _, err := s.Strike(session, &testKeys{sealOnly: true}, models.Span{Start: time.Second, End: 2 * time.Second}); models.CodeOf(err) != models.Locked {
		t.Errorf("strike with keys that only seal: %v", err)
	}
}

func TestWhatCannotBeReadIsSetAside(t *testing.T) {
	s, k := OpenSpool(t.TempDir()), &testKeys{}
	write(t, s, k, tone(130*1000, 1), 1000, 1, 1000, true)
	path := filepath.Join(s.folder(session), "000001.minute")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[12] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := s.SetAside(session); n != 1 || err != nil {
		t.Fatalf("%d set aside, %v", n, err)
	}
	if got, err := os.ReadFile(path + aside); err != nil || len(got) != len(b) {
		t.Errorf("it was not kept: %v", err)
	}
	c, err := s.Scan(session, k)
	if err != nil || c.Samples != 130*1000 || len(c.Damaged) != 1 {
		t.Errorf("the rest: %+v, %v", c, err)
	}
	if err := s.Forget(session); err != nil {
		t.Errorf("forget: %v", err)
	}
}

func FuzzJournal(f *testing.F) {
	good, _ := entry{Kind: entryStart, Rate: 48000, Channels: 2}.encode()
	mark, _ := entry{Kind: entryMark, At: 3, Key: []byte{1}, Note: []byte{2}}.encode()
	f.Add(append(good, mark...))
	f.Add([]byte("{} 00000000\n"))
	f.Add(good[:len(good)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		all := parseJournal(b)
		if story, err := tell(session, all, &testKeys{}); err == nil && story.Rate < 1 {
			t.Fatal("a story without a rate")
		}
		// A good line behind anything is read.
		if again := parseJournal(append(append(slices.Clone(b), '\n'), good...)); len(again) < len(all)+1 && len(b) > 0 {
			t.Fatalf("%d entries, then %d", len(all), len(again))
		}
	})
}
