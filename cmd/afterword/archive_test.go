//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// unzip reads a zip into memory.
func unzip(t *testing.T, name string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		out[f.Name] = b
	}
	return out
}

func makeZip(t testing.TB, files map[string]string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "made.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for n, body := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// What is exported and imported into an empty home is the same there, to the
// last sample and the last decision.
func TestExportComesBack(t *testing.T) {
	_, session := preparedHome(t)
	var items struct{ Actions, Themes []struct{ ID, Status string } }
	if err := json.Unmarshal([]byte(must(t, "items", session, "--json")), &items); err != nil || len(items.Actions) < 2 || len(items.Themes) == 0 {
		t.Fatalf("%+v, %v", items, err)
	}
	edited, agreed := items.Actions[0].ID, ""
	for _, it := range items.Actions {
		if agreed == "" && (it.Status == "assigned" || it.Status == "committed") && it.ID != edited {
			agreed = it.ID
		}
	}
	must(t, "edit", edited, "--text", "In my own words <b>")
	must(t, "done", edited)
	must(t, "speakers", session, "--segment", "0:20=therapist")
	must(t, "accept", agreed)
	must(t, "reject", items.Themes[0].ID)
	must(t, "mood", "6", "a walk helped")
	must(t, "homework", "plan", agreed, "--when", "in the evening")
	must(t, "strike", "--session", session, "--from", "1:00", "--to", "1:05", "--yes")
	page := keepAnswer(t)

	state := func() map[string]string {
		t.Helper()
		out := map[string]string{}
		for _, args := range []string{"transcript " + session + " --format json", "items " + session + " --all --json", "coverage " + session + " --json", "homework --json", "sessions --json"} {
			out[args] = must(t, strings.Fields(args)...)
		}
		return out
	}
	before := state()
	file := filepath.Join(t.TempDir(), "all.zip")
	must(t, "export", "all", "--format", "zip", "-o", file)
	first := unzip(t, file)

	home := newTestHome(t, t.TempDir()) // no speech model is needed
	if out := must(t, "import", file); strings.TrimSpace(out) != session {
		t.Errorf("import says %q", out)
	}
	for what, was := range before {
		if is := state()[what]; is != was {
			t.Errorf("%s:\n%.600s\nwas\n%.600s", what, is, was)
		}
	}
	again := filepath.Join(t.TempDir(), "again.zip")
	must(t, "export", "all", "--format", "zip", "-o", again)
	sounds := 0
	for name, b := range unzip(t, again) {
		if strings.HasPrefix(name, answerPrefix) { // how often it was saved is counted anew
			first[name] = bytes.Replace(first[name], []byte(`"version":3`), []byte(`"version":1`), 1)
		}
		if !bytes.Equal(b, first[name]) {
			i := 0
			for i < len(b) && i < len(first[name]) && b[i] == first[name][i] {
				i++
			}
			around := func(b []byte) []byte { return b[max(0, i-60):min(len(b), i+60)] }
			t.Errorf("%s is another one: %d bytes, %d before: %q, was %q", name, len(b), len(first[name]), around(b), around(first[name]))
		}
		if strings.HasSuffix(name, "sound.wav") {
			sounds++
			r, err := audio.Open(writeTemp(t, b))
			if err != nil {
				t.Fatal(err)
			}
			var list struct{ Sessions []sessionJSON }
			_ = json.Unmarshal([]byte(before["sessions --json"]), &list)
			want := list.Sessions[0].Duration
			if strings.HasPrefix(name, answerPrefix) {
				want = 2
			}
			if got := float64(r.Info().Frames) / float64(r.Info().Rate); got < want-0.001 || got > want+0.001 {
				t.Errorf("%.4f s of sound, the session has %.3f", got, want)
			}
			r.Close()
		}
	}
	if sounds != 2 || len(first) == 0 {
		t.Errorf("%d sounds in %d files", sounds, len(first))
	}
	must(t, "undo", edited)
	if code, _, errs := afterword(t, "import", file); code != exitConflict || !strings.Contains(errs, "here already") {
		t.Errorf("imported again: exit %d, %s", code, errs)
	}
	heard := func() int { all, _ := filepath.Glob(filepath.Join(home, "spool", "*")); return len(all) }
	if n := heard(); n != 2 {
		t.Errorf("%d sounds in the spool", n)
	}
	must(t, "journal", "forget", page, "--yes")
	if n := heard(); n != 1 {
		t.Errorf("%d sounds are left: that of the answer goes with its page", n)
	}
}

// keepAnswer writes a page of the journal that was said, two seconds long, and
// keeps its sound. It returns the page's ID.
func keepAnswer(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(ctx)); err != nil {
		t.Fatal(err)
	}
	b := a.pages()
	said, err := b.Say(ctx, days.Spoken{Field: days.FieldOfPage(days.Page{}), Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.store.SaveSession(ctx, models.Session{ID: said.Recording(), Source: models.SourceRecording})
	if err == nil {
		err = a.storeHeard(ctx, said.Recording(), models.Transcript{Segments: []models.Segment{{Speaker: models.Unknown, Text: "I slept well."}}})
	}
	ring, rerr := a.sessionRing(ctx, said.Recording())
	w, werr := a.spool.Writer(said.Recording(), ring, 16000, 1, false)
	if err := errors.Join(err, rerr, werr); err != nil {
		t.Fatal(err)
	}
	err = errors.Join(w.Write(make([]int16, 32000)), w.Close())
	said, werr = b.WriteDown(ctx, said, "I slept well.")
	page, perr := b.SavePage(ctx, days.Page{Text: "I slept well."})
	if err := errors.Join(err, werr, perr, b.Take(ctx, said, days.FieldOfPage(page))); err != nil {
		t.Fatal(err)
	}
	return string(page.ID)
}

func writeTemp(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestHostileArchives(t *testing.T) {
	home := newTestHome(t, t.TempDir())
	const session = "2026-03-05-0123456789ab/"
	whole := `{"archive_version":1,"entries":[],"Session":{"ID":"0123456789ab","Date":"2026-03-05","Source":"import","Channels":1,"State":"ready"}`
	for _, c := range []struct {
		name  string
		files map[string]string
		code  int
		says  string
	}{
		{"a name that leads out", map[string]string{"../../evil.json": "x", session + "archive.json": whole + "}"}, exitUnusable, "leads out"},
		{"a name from the root", map[string]string{"/etc/evil": "x", session + "archive.json": whole + "}"}, exitUnusable, "leads out"},
		{"a name with a drive", map[string]string{`C:\evil`: "x", session + "archive.json": whole + "}"}, exitUnusable, "leads out"},
		{"no export", map[string]string{"holiday.jpg": "x"}, exitUnusable, "no export"},
		{"no JSON", map[string]string{session + "archive.json": "{"}, exitUnusable, "read archive"},
		{"of a newer program", map[string]string{session + "archive.json": `{"archive_version":99}`}, exitTooNew, "newer"},
		{"another ID", map[string]string{session + "archive.json": strings.Replace(whole, "0123456789ab", "../../../etc/", 1) + "}"}, exitUsage, "no session ID"},
		{"a segment of no chunk", map[string]string{session + "archive.json": whole + `,"Segments":[{"Chunk":7,"Text":"x"}]}`}, exitUsage, "no chunk"},
		{"an item without words", map[string]string{session + "archive.json": whole + `,"Items":[{"ID":"01234567","Kind":"action","Decision":"accepted"}]}`}, exitUsage, "no words"},
		{"a name as a speaker", map[string]string{session + "archive.json": whole + `,"Chunks":[{"State":"done"}],"Segments":[{"Speaker":"Dr. Osei"}]}`}, exitUsage, "speaker"},
		{"settings", map[string]string{session + "archive.json": strings.Replace(whole, `"entries":[]`, `"entries":[{"kind":"reminders","id":"01234567","day":"2026-03-05","content":{}}]`, 1) + "}"}, exitUsage, "reminders"},
		{"an answer that hides a session", map[string]string{session + "archive.json": strings.Replace(whole, `"entries":[]`, `"entries":[{"kind":"spoken","id":"01234567","about":"0123456789ab","day":"2026-03-05","content":{"keep":true,"taken":true}}]`, 1) + "}"}, exitUsage, "wrong folder"},
		{"an answer about another recording", map[string]string{answerPrefix + session + "archive.json": strings.Replace(whole, `"entries":[]`, `"entries":[{"kind":"spoken","id":"01234567","about":"ba9876543210","day":"2026-03-05","content":{"keep":true,"taken":true}}]`, 1) + "}"}, exitUsage, "one recording"},
		{"an answer whose words wait", map[string]string{answerPrefix + session + "archive.json": strings.Replace(whole, `"entries":[]`, `"entries":[{"kind":"spoken","id":"01234567","about":"0123456789ab","day":"2026-03-05","content":{"text":"x"}}]`, 1) + "}"}, exitUsage, "not one whose sound"},
		{"a session as an answer", map[string]string{answerPrefix + session + "archive.json": whole + "}"}, exitUsage, "one recording"},
		{"sound that is none", map[string]string{session + "archive.json": whole + "}", session + "sound.wav": strings.Repeat("x", 100)}, exitUnusable, "form of an export"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, errs := afterword(t, "import", makeZip(t, c.files))
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, want %d: %s", code, c.code, errs)
			}
			if out := must(t, "sessions", "--json"); strings.Contains(out, "0123456789ab") {
				t.Error("something of it stays")
			}
		})
	}
	if found, _ := filepath.Glob(filepath.Join(filepath.Dir(home), "evil*")); len(found) > 0 {
		t.Errorf("%v was written", found)
	}
	must(t, "import", makeZip(t, map[string]string{session + "archive.json": whole + "}"}))
}

func FuzzWavHead(f *testing.F) {
	var b bytes.Buffer
	if err := audio.WriteWAVHeader(&b, 100, 16000, 1); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(bytes.Repeat([]byte{0xff}, 44))
	f.Fuzz(func(t *testing.T, b []byte) {
		rate, channels, n, err := wavHead(bytes.NewReader(b))
		if err == nil && (rate < 1 || channels < 1 || n < 0) {
			t.Fatalf("%d Hz, %d channels, %d bytes", rate, channels, n)
		}
	})
}
