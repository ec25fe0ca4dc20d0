package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// Sound goes when its time is over, a week after the client was told so and no
// sooner; its words stay, and so does the sound that the client wants to stay.
func TestSoundGoesAsChosen(t *testing.T) {
	newTestHome(t, t.TempDir())
	before := clock
	t.Cleanup(func() { clock = before })
	var now time.Time
	clock = func() time.Time { return now }
	on := func(day string) {
		var err error
		if now, err = time.Parse(time.RFC3339, day+"T15:00:00Z"); err != nil {
			t.Fatal(err)
		}
	}
	on("2026-03-05")
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	ctx := t.Context()
	sound := func(title string) models.SessionID {
		t.Helper()
		id, err := seed(ctx, "testdata/hour.json", title, "Dr. Weber")
		if err != nil {
			t.Fatal(err)
		}
		ring, err := a.sessionRing(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		w, err := a.spool.Writer(id, ring, 16000, 1, false)
		if err == nil {
			err = w.Write(make([]int16, 32000))
		}
		if err == nil {
			err = w.Close()
		}
		if err == nil {
			err = a.store.SavePeaks(ctx, id, []byte{1, 2})
		}
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if err := a.configure(nil); err != nil {
		t.Fatal(err)
	}
	if err := a.open(ctx); err != nil {
		t.Fatal(err)
	}
	id := sound("First hour")
	kept := sound("Kept hour")
	b := a.pages()
	words, err := a.store.Transcript(ctx, id)
	if err != nil || len(words.Segments) == 0 {
		t.Fatal(err)
	}
	look := func(day string, told, left int) {
		t.Helper()
		on(day)
		if err := a.letSoundGo(ctx, b); err != nil {
			t.Fatal(err)
		}
		if told >= 0 {
			if all, err := b.Leaving(ctx); err != nil || len(all) != told {
				t.Errorf("%s: told of %v, want %d (%v)", day, all, told, err)
			}
		}
		if files, _ := filepath.Glob(filepath.Join(a.home.Spool(), "*", "*")); len(files) != left {
			t.Errorf("%s: %d files of sound, want %d", day, len(files), left)
		}
	}
	was, _ := filepath.Glob(filepath.Join(a.home.Spool(), "*", "*"))
	all, half := len(was), len(was)/2
	look("2036-03-05", 0, all) // nobody chose anything: it stays for good

	on("2026-03-06")
	r, err := b.Retention(ctx)
	r.Sound = 3
	if _, serr := b.SaveRetention(ctx, r); err != nil || models.CodeOf(serr) != models.Invalid {
		t.Errorf("three days: %v, %v", err, serr)
	}
	r.Sound = 30
	if _, err := b.SaveRetention(ctx, r); err != nil {
		t.Fatal(err)
	}
	look("2026-03-27", 0, all)
	look("2026-04-20", -1, all) // nobody was told
	look("2026-04-20", 2, all)
	if leaving, _ := b.Leaving(ctx); leaving[0].Day != "2026-04-27" {
		t.Errorf("goes on %s", leaving[0].Day)
	}
	if _, err := b.KeepSound(ctx, kept, true); err != nil {
		t.Fatal(err)
	}
	look("2026-04-26", 1, all)
	look("2026-04-27", 0, half)
	if _, err := a.spool.Scan(id, nil); models.CodeOf(err) != models.NotFound {
		t.Errorf("the sound is there: %v", err)
	}
	if p, err := a.store.Peaks(ctx, id); p != nil || err != nil {
		t.Errorf("its shape is there: %v, %v", p, err)
	}
	if now, err := a.store.Transcript(ctx, id); err != nil || len(now.Segments) != len(words.Segments) {
		t.Errorf("%d segments are left: %v", len(now.Segments), err)
	}
	if _, err := b.KeepSound(ctx, kept, false); err != nil {
		t.Fatal(err)
	}
	look("2026-06-01", 1, half) // told anew
	r, _ = b.Retention(ctx)
	r.Sound = 60
	if _, err := b.SaveRetention(ctx, r); err != nil {
		t.Fatal(err)
	}
	look("2026-06-20", 1, half) // another length is told anew too
	look("2026-06-27", 0, 0)
}
