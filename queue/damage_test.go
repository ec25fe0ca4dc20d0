package queue

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/afterword/afterword/models"
)

// filled makes a store with n chunks of 40 kB in dir/queue, shut down in good
// order.
func filled(t testing.TB, dir string, n int) {
	t.Helper()
	s := mustStart(t, dir)
	q := mustConnect(t, s, "", "hub")
	for i := range n {
		j := job(i)
		j.Payload = bytes.Repeat([]byte{byte(i)}, 40_000)
		if err := q.Publish(ctxFor(t), j); err != nil {
			t.Fatal(err)
		}
	}
	q.Close()
	_ = s.Close()
}

// each calls f with the files below the stream's folder whose path holds part.
func each(t testing.TB, dir, part string, f func(path string) error) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(streamFolder(filepath.Join(dir, "queue")), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.Contains(path, part) {
			n++
			err = f(path)
		}
		return err
	})
	if err != nil || n == 0 {
		t.Fatalf("damage %d files: %v", n, err)
	}
}

func truncateTo(share float64) func(string) error {
	return func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		return os.Truncate(path, int64(share*float64(info.Size())))
	}
}

func flip(path string) error {
	b, err := os.ReadFile(path)
	if err == nil && len(b) > 0 {
		b[len(b)/2] ^= 0x10
		err = os.WriteFile(path, b, 0o600)
	}
	return err
}

func TestADamagedStoreIsPutAsideAndPublishedAgain(t *testing.T) {
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
		aside  bool // whether the store is put aside; if not, what is left of it is whole
	}{
		{"nothing", func(*testing.T, string) {}, false},
		{"a bit of a chunk", func(t *testing.T, dir string) { each(t, dir, ".blk", flip) }, true},
		{"half of the chunks cut off", func(t *testing.T, dir string) { each(t, dir, ".blk", truncateTo(0.5)) }, false},
		{"chunks emptied", func(t *testing.T, dir string) { each(t, dir, ".blk", truncateTo(0)) }, false},
		{"chunks deleted", func(t *testing.T, dir string) { each(t, dir, ".blk", os.Remove) }, false},
		{"a bit of the description", func(t *testing.T, dir string) { each(t, dir, server.JetStreamMetaFile, flip) }, true},
		{"the description emptied", func(t *testing.T, dir string) { each(t, dir, server.JetStreamMetaFile, truncateTo(0)) }, true},
		{"the description deleted", func(t *testing.T, dir string) { each(t, dir, server.JetStreamMetaFile, os.Remove) }, true},
		{"the index cut off", func(t *testing.T, dir string) { each(t, dir, "index.db", truncateTo(0.5)) }, false},
		{"the index deleted", func(t *testing.T, dir string) { each(t, dir, "index.db", os.Remove) }, false},
		{"the whole folder deleted", func(t *testing.T, dir string) { _ = os.RemoveAll(filepath.Join(dir, "queue")) }, false},
		{"a file in place of the folder", func(t *testing.T, dir string) {
			_ = os.RemoveAll(filepath.Join(dir, "queue"))
			if err := os.WriteFile(filepath.Join(dir, "queue"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			filled(t, dir, 20)
			tt.damage(t, dir)
			s := mustStart(t, dir)
			q := mustConnect(t, s, "", "hub")
			has, err := q.Has(ctxFor(t), session)
			if err != nil {
				t.Fatal(err)
			}
			aside := len(damagedFolders(filepath.Join(dir, "queue"))) > 0
			if aside != tt.aside || aside && len(has) != 0 {
				t.Errorf("put aside: %v, and %d chunks are there", aside, len(has))
			}
			b := newBook()
			serve(t, q, b)
			publish(t, q, 20)
			startWork(t, mustConnect(t, nil, s.URL(), "w"), 2, echo)
			b.waitDone(t, 20)
			waitEmpty(t, q)
		})
	}
}

func TestRandomDamageNeverStopsTheQueue(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 2 s")
	}
	dir := t.TempDir()
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 15 {
		filled(t, dir, 8)
		each(t, dir, "", func(path string) error {
			b, err := os.ReadFile(path)
			if err != nil || len(b) == 0 || rnd.IntN(2) == 0 {
				return err
			}
			for range 1 + rnd.IntN(4) {
				b[rnd.IntN(len(b))] ^= 1 << rnd.IntN(8)
			}
			return os.WriteFile(path, b[:len(b)-rnd.IntN(2)*rnd.IntN(len(b))], 0o600)
		})
		s := mustStart(t, dir)
		q := mustConnect(t, s, "", "hub")
		publish(t, q, 8)
		has, err := q.Has(ctxFor(t), session)
		if err != nil || len(has) != 8 {
			t.Fatalf("round %d: %d chunks, %v", round, len(has), err)
		}
		if err := q.Forget(ctxFor(t), session); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		q.Close()
		_ = s.Close()
	}
	if left := damagedFolders(filepath.Join(dir, "queue")); len(left) > 1 {
		t.Errorf("%d damaged stores are kept", len(left))
	}
}

// serveUntilKilled is the body of a child: it serves, publishes without end,
// and says which chunks are acknowledged.
func serveUntilKilled(dir string) {
	from, _ := strconv.Atoi(os.Getenv("QUEUE_TEST_FROM"))
	s, err := StartServer(context.Background(), ServerConfig{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	q, err := Connect(context.Background(), Config{Server: s})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	for i := from; ; i++ {
		j := job(i)
		j.Payload = bytes.Repeat([]byte(strconv.Itoa(i)), 5_000)
		if err := q.Publish(context.Background(), j); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("published", i)
	}
}

func TestNoAcknowledgedChunkIsLostWhenTheHubIsKilled(t *testing.T) {
	dir := t.TempDir()
	rnd := rand.New(rand.NewPCG(3, 4))
	kills, next := 20, 0
	if testing.Short() {
		kills = 5
	}
	acknowledged := map[int]bool{}
	for kill := range kills {
		t.Setenv("QUEUE_TEST_FROM", strconv.Itoa(next))
		cmd, out := child(t, "QUEUE_TEST_SERVE="+filepath.Join(dir, "queue"))
		// Somewhere within the chunk after a random number of them.
		for range 1 + rnd.IntN(12) {
			if !out.Scan() || !strings.HasPrefix(out.Text(), "published ") {
				t.Fatalf("kill %d: the child says %q", kill, out.Text())
			}
			n, _ := strconv.Atoi(strings.TrimPrefix(out.Text(), "published "))
			acknowledged[n], next = true, n+1
		}
		time.AfterFunc(time.Duration(rnd.IntN(2000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		for out.Scan() {
			if n, err := strconv.Atoi(strings.TrimPrefix(out.Text(), "published ")); err == nil {
				acknowledged[n], next = true, n+1
			}
		}
		_ = cmd.Wait()
	}
	s := mustStart(t, dir)
	q := mustConnect(t, s, "", "hub")
	has, err := q.Has(ctxFor(t), session)
	if err != nil {
		t.Fatal(err)
	}
	for n := range acknowledged {
		if !has[n] {
			t.Errorf("chunk %d of %d was acknowledged and is gone", n, len(acknowledged))
		}
	}
	if left := damagedFolders(filepath.Join(dir, "queue")); len(left) > 0 {
		t.Errorf("a store was put aside: %v", left)
	}
}

func TestAFullDiskStopsPublishingUntilThereIsRoom(t *testing.T) {
	dir := t.TempDir()
	if runtime.GOOS != "linux" || !mountSmall(dir) {
		t.Skip("needs root to mount a small disk")
	}
	t.Cleanup(func() { unmountSmall(dir) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := mustStart(t, dir)
	hub := mustConnect(t, s, "", "hub")
	other := mustConnect(t, nil, s.URL(), "second process")
	var err error
	n := 0
	for ; n < 100 && err == nil; n++ {
		j := job(n)
		j.Payload = make([]byte, 450_000)
		err = hub.Publish(ctxFor(t), j)
	}
	n-- // this one failed
	if models.CodeOf(err) != models.DiskFull || models.HintOf(err) == "" || n == 0 || n == 99 {
		t.Fatalf("after %d chunks: %v", n, err)
	}
	if err := hub.Publish(ctxFor(t), job(n)); models.CodeOf(err) != models.DiskFull {
		t.Errorf("again: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := hub.Publish(ctxFor(t), job(n)); err != nil {
		t.Errorf("with room: %v", err)
	}
	if err := other.Publish(ctxFor(t), job(n+1)); err != nil {
		t.Errorf("from another process: %v", err)
	}
	has, err := hub.Has(ctxFor(t), session)
	if err != nil || len(has) != n+2 {
		t.Errorf("%d chunks of %d are there, %v", len(has), n+2, err)
	}
	if left := damagedFolders(filepath.Join(dir, "queue")); len(left) > 0 {
		t.Error("a good store was put aside")
	}
	b := newBook()
	serve(t, hub, b)
	startWork(t, other, 2, echo)
	b.waitDone(t, n+2)
}

func TestAFullDiskHealsByItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if runtime.GOOS != "linux" || !mountSmall(dir) {
		t.Skip("needs root to mount a small disk")
	}
	t.Cleanup(func() { unmountSmall(dir) })
	s := mustStart(t, dir)
	other := mustConnect(t, nil, s.URL(), "second process")
	age, _ := s.started()
	var err error
	n := 0
	for ; n < 100 && err == nil; n++ {
		j := job(n)
		j.Payload = make([]byte, 450_000)
		err = other.Publish(ctxFor(t), j)
	}
	if err == nil {
		t.Fatal("the disk does not fill")
	}
	if models.CodeOf(err) != models.Unusable || models.HintOf(err) == "" {
		t.Errorf("another process is told: %v", err)
	}
	var full error
	for i := 0; full == nil; i++ {
		full = os.WriteFile(filepath.Join(dir, "ballast"+strconv.Itoa(i)), make([]byte, 16<<10), 0o600)
	}
	if _, serr := StartServer(ctxFor(t), ServerConfig{Dir: filepath.Join(dir, "queue3")}); models.CodeOf(serr) != models.DiskFull {
		t.Errorf("another server starts on a full disk: %v", serr)
	}
	growSmall(dir)
	late := time.After(20 * time.Second)
	for now, _ := s.started(); now == age; now, _ = s.started() {
		s.mu.Lock()
		up := s.up
		s.mu.Unlock()
		select {
		case <-up:
		case <-late:
			t.Fatal("the server does not start again")
		}
	}
	if err := other.Publish(ctxFor(t), job(n)); err != nil {
		t.Errorf("with room: %v", err)
	}
}
