package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// The test binary runs itself as another process that uses the same database.
const childRole = "AFTERWORD_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		if err := child(role, os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(role, path string) error {
	ctx := context.Background()
	ring := &testRing{root: [32]byte{1, 2, 3}}
	fmt.Println("ready")
	if role == "open" {
		_, _ = io.ReadAll(os.Stdin) // all begin when the parent closes it
	}
	s, err := Open(ctx, Config{Path: path, Ring: ring})
	if err != nil {
		return err
	}
	defer s.Close()
	if role == "open" {
		_, err := s.SaveSession(ctx, models.Session{Title: "of a child", Source: models.SourceImport})
		return err
	}
	if _, err := s.ReturnChunks(ctx); err != nil {
		return err
	}
	pending, err := s.PendingChunks(ctx)
	if err != nil {
		return err
	}
	for _, c := range pending {
		if _, err := s.BeginChunk(ctx, c.Session, c.Seq); err != nil {
			return err
		}
		if _, err := s.SaveResult(ctx, c.Session, c.Seq, models.Heard{Language: "en", Segments: segments(c.Seq, "one", "two", "three")}); err != nil {
			return err
		}
		fmt.Println(c.Seq)
	}
	return nil
}

func start(t *testing.T, role, path string) (*exec.Cmd, *bufio.Scanner, io.WriteCloser) {
	t.Helper()
	cmd := exec.Command(os.Args[0], path)
	cmd.Env = append(os.Environ(), childRole+"="+role)
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())(t)
	in := must(cmd.StdinPipe())(t)
	ok(t, cmd.Start())
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatal("the child did not start")
	}
	return cmd, lines, in
}

// A result that was acknowledged is there, whole and once, whenever the
// process is killed.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts processes")
	}
	const kills, chunkCount = 20, 4000
	h := newHome(t)
	s := must(h.SaveSession(t.Context(), models.Session{Source: models.SourceImport}))(t)
	all := make([]models.ChunkState, chunkCount)
	for i := range all {
		all[i] = models.Pending
	}
	ok(t, h.SaveChunks(t.Context(), chunks(s.ID, all...)))
	must(h.FinishIngest(t.Context(), s.ID, 20*time.Second*chunkCount))(t)
	ok(t, h.Close())

	acknowledged := map[string]bool{}
	for range kills {
		cmd, lines, _ := start(t, "write", h.path)
		if lines.Scan() { // it works
			acknowledged[lines.Text()] = true
		}
		time.AfterFunc(rand.N(60*time.Millisecond), func() { _ = cmd.Process.Kill() })
		for lines.Scan() {
			if acknowledged[lines.Text()] {
				t.Errorf("chunk %s was acknowledged twice", lines.Text())
			}
			acknowledged[lines.Text()] = true
		}
		_ = cmd.Wait()
	}
	h.Store = nil
	h.reopen()
	ok(t, h.IntegrityCheck(t.Context()))
	found := map[int]int{}
	for _, g := range must(h.Transcript(t.Context(), s.ID))(t).Segments {
		found[g.Chunk]++
	}
	done := 0
	for _, c := range must(h.Chunks(t.Context(), s.ID))(t) {
		want := 0
		if c.State == models.Done {
			want = 3
			done++
		}
		if found[c.Seq] != want {
			t.Errorf("chunk %d is %s and has %d segments", c.Seq, c.State, found[c.Seq])
		}
		if acknowledged[fmt.Sprint(c.Seq)] && c.State != models.Done {
			t.Errorf("chunk %d was acknowledged and is %s", c.Seq, c.State)
		}
	}
	t.Logf("%d acknowledged, %d done", len(acknowledged), done)
	if done < len(acknowledged) || done > len(acknowledged)+kills {
		t.Errorf("%d chunks are done, %d were acknowledged", done, len(acknowledged))
	}
}

// Several processes make, or migrate, one database at once.
func TestOpenedByManyAtOnce(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts processes")
	}
	const children = 4
	last := len(steps(t))
	copied := fmt.Sprintf(".before-%04d", last)
	for _, existing := range []bool{false, true, false} {
		path := filepath.Join(t.TempDir(), "new", "afterword.db")
		want := children
		if existing { // one migration behind, with data
			s := must(open(t.Context(), Config{Path: path, Ring: &testRing{root: [32]byte{1, 2, 3}}}, steps(t)[:last-1]))(t)
			must(s.SaveSession(t.Context(), models.Session{Title: "before", Source: models.SourceImport}))(t)
			ok(t, s.Close())
			want++
		}
		var cmds []*exec.Cmd
		var stdins []io.WriteCloser
		for range children {
			cmd, _, in := start(t, "open", path)
			cmds, stdins = append(cmds, cmd), append(stdins, in)
		}
		for _, in := range stdins {
			_ = in.Close()
		}
		for _, cmd := range cmds {
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		}
		s := must(Open(t.Context(), Config{Path: path, Ring: &testRing{root: [32]byte{1, 2, 3}}}))(t)
		ok(t, s.IntegrityCheck(t.Context()))
		if got := must(s.Sessions(t.Context()))(t); len(got) != want {
			t.Errorf("%d sessions, want %d", len(got), want)
		}
		ok(t, s.Close())
		var names []string
		for _, e := range must(os.ReadDir(filepath.Dir(path)))(t) {
			names = append(names, strings.TrimPrefix(e.Name(), "afterword.db"))
		}
		if got, want := strings.Join(names, " "), map[bool]string{false: "", true: " " + copied}[existing]; got != want {
			t.Errorf("files: %q, want %q", got, want)
		}
		if existing {
			old := must(open(t.Context(), Config{Path: path + copied, Ring: &testRing{root: [32]byte{1, 2, 3}}}, steps(t)[:last-1]))(t)
			if got := must(old.Sessions(t.Context()))(t); len(got) != 1 || got[0].Title != "before" {
				t.Errorf("the copy holds %+v", got)
			}
			ok(t, old.Close())
		}
	}
}

func contextWithDeadline(t *testing.T, in time.Duration) (context.Context, context.CancelFunc) {
	return context.WithDeadline(t.Context(), time.Now().Add(in))
}
