package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func (h *home) full() models.SessionID {
	h.t.Helper()
	ctx := h.t.Context()
	id := h.extracting("I will write", "Good")
	tr := must(h.Transcript(ctx, id))(h.t)
	must(h.EditSegment(ctx, tr.Segments[1], "Better"))(h.t)
	ok(h.t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 0, "I will"), item(models.KindGoal, "Goal", 1, "Better"))))
	must(h.Decide(ctx, h.named(id, "Write").ID, models.Accepted, nil))(h.t)
	return id
}

func TestForgetSession(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id, other := h.full(), h.full()
	ok(t, h.Close())
	// Copies from before migrations hold it too; one of them is damaged.
	s := must(open(ctx, Config{Path: h.path, Ring: h.ring}, steps(t, "CREATE TABLE more (x INTEGER) STRICT")))(t)
	defer s.Close()
	h.Store = s
	broken := h.path + ".before-0001"
	ok(t, os.WriteFile(broken, bytes.Repeat([]byte("broken"), 1000), 0o600))
	bystander := filepath.Join(filepath.Dir(h.path), "other.db.before-0001")
	ok(t, os.WriteFile(bystander, []byte("not ours"), 0o600))

	key := must(h.SessionKey(ctx, id))(t)
	var secrets [][]byte
	for _, q := range []string{"SELECT data_key FROM session WHERE id = ?", "SELECT title FROM session WHERE id = ?", "SELECT text FROM segment WHERE session = ? AND idx = 0"} {
		var b []byte
		ok(t, h.reader.QueryRow(q, id).Scan(&b))
		secrets = append(secrets, b)
	}
	got := must(h.ForgetSession(ctx, id))(t)
	want := Receipt{Session: id, Chunks: 1, Segments: 2, Revisions: 1, Items: 2, Evidence: 2, Decisions: 1, Backups: 2, Log: true}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(h.ring.forgotten) != 1 || !bytes.Equal(h.ring.forgotten[0], key) {
		t.Error("the ring still knows the key")
	}
	_, err := h.FindSession(ctx, id)
	wants(t, err, models.NotFound)
	_, err = h.ForgetSession(ctx, id)
	wants(t, err, models.NotFound)
	_, err = h.SaveResult(ctx, id, 0, models.Heard{Language: "en"})
	wants(t, err, models.NotFound)
	if got := h.said(other); len(got) != 2 {
		t.Errorf("another session lost items: %v", got)
	}
	if _, err := os.Stat(broken); err == nil {
		t.Error("a copy that nobody can look into stays")
	}
	must(os.Stat(bystander))(t)

	ok(t, h.Close()) // reading the files while they are open would drop SQLite's locks
	for _, path := range must(filepath.Glob(h.path + "*"))(t) {
		b := must(os.ReadFile(path))(t)
		for i, secret := range secrets {
			if bytes.Contains(b, secret) {
				t.Errorf("%s still holds secret %d", filepath.Base(path), i)
			}
		}
		if bytes.Contains(b, []byte(id)) {
			t.Errorf("%s still holds the ID", filepath.Base(path))
		}
	}
	old := must(Open(ctx, Config{Path: fmt.Sprintf("%s.before-%04d", h.path, len(steps(t))+1), Ring: h.ring}))(t)
	defer old.Close()
	if all := must(old.Sessions(ctx))(t); len(all) != 1 || all[0].ID != other {
		t.Errorf("the copy holds %v", all)
	}
}

// While somebody reads, the log cannot be emptied: said, and done later.
func TestForgetBesideAReader(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the time that SQLite waits")
	}
	h := newHome(t)
	ctx := t.Context()
	id := h.full()
	tx := must(h.reader.BeginTx(ctx, nil))(t)
	var n int
	ok(t, tx.QueryRow("SELECT count(*) FROM session").Scan(&n))
	must(h.writer.Exec("PRAGMA busy_timeout = 20"))(t)
	r, err := h.ForgetSession(ctx, id)
	wants(t, err, models.Busy)
	if r.Log || r.Segments != 2 {
		t.Errorf("%+v", r)
	}
	ok(t, tx.Rollback())
	ok(t, h.EmptyLog(ctx))
	if info := must(os.Stat(h.path + "-wal"))(t); info.Size() != 0 {
		t.Errorf("the log has %d bytes", info.Size())
	}
}

func TestBackup(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.full()
	path := filepath.Join(t.TempDir(), "a'b?.db")
	ok(t, h.Backup(ctx, path))
	wants(t, h.Backup(ctx, path), models.Conflict)
	if info := must(os.Stat(path))(t); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	s := must(Open(ctx, Config{Path: path, Ring: h.ring}))(t)
	defer s.Close()
	a, b := must(h.Transcript(ctx, id))(t), must(s.Transcript(ctx, id))(t)
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
	ok(t, s.IntegrityCheck(ctx))
	wants(t, h.Backup(ctx, filepath.Join(t.TempDir(), "no", "folder")), models.Unusable)
}

func TestEndedContextWritesNoBackup(t *testing.T) {
	h := newHome(t)
	dir := t.TempDir()
	ctx, cancel := contextWithDeadline(t, -time.Second)
	defer cancel()
	if err := h.Backup(ctx, filepath.Join(dir, "x")); err == nil {
		t.Error("no error")
	}
	if left := must(os.ReadDir(dir))(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
