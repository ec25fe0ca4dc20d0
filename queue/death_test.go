package queue

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// child starts this test binary again as another process.
func child(t testing.TB, env string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// workUntilKilled is the body of a child: it takes jobs, says so, and finishes
// none whose payload says "hang". A payload that says "poison" kills it.
func workUntilKilled(url string) {
	q, err := Connect(context.Background(), Config{URL: url, Name: "child"})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	_ = q.Work(context.Background(), 2, func(ctx context.Context, j Job) (Result, error) {
		fmt.Println("began", j.Seq)
		switch {
		case bytes.Contains(j.Payload, []byte("poison")):
			os.Exit(3)
		case bytes.Contains(j.Payload, []byte("hang")):
			<-ctx.Done()
			return Result{}, ctx.Err()
		case bytes.Contains(j.Payload, []byte("slow")):
			time.Sleep(100 * time.Millisecond) // work, not synchronisation
		}
		return echo(ctx, j)
	})
}

func TestAWorkerIsKilledAndAnotherHasItsJobsAtOnce(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	for i := range 2 {
		j := job(i)
		j.Payload = []byte("hang")
		if err := hub.Publish(ctxFor(t), j); err != nil {
			t.Fatal(err)
		}
	}
	cmd, out := child(t, "QUEUE_TEST_WORK="+s.URL())
	for range 2 {
		if !out.Scan() || !strings.HasPrefix(out.Text(), "began") {
			t.Fatalf("the child says %q", out.Text())
		}
	}
	_ = cmd.Process.Kill()
	begin := time.Now()
	startWork(t, mustConnect(t, nil, s.URL(), "other"), 2, echo)
	b.waitDone(t, 2)
	if d := time.Since(begin); d > 1500*time.Millisecond { // AckWait is 2 s
		t.Errorf("the jobs came after %v", d)
	}
	if b.attempts[0] != 2 || b.attempts[1] != 2 {
		t.Errorf("attempts %v", b.attempts)
	}
}

func TestAChunkThatKillsItsWorkerTakesNoNeighbourWithIt(t *testing.T) {
	t.Parallel()
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	for i := range 6 {
		j := job(i)
		if j.Payload = []byte("slow"); i == 1 {
			j.Payload = []byte("poison")
		}
		if err := hub.Publish(ctxFor(t), j); err != nil {
			t.Fatal(err)
		}
	}
	ended := func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.aside[1] && len(b.results) == 5
	}
	deaths := 0
	for ; !ended() && deaths < 20; deaths++ {
		cmd, out := child(t, "QUEUE_TEST_WORK="+s.URL())
		dead := make(chan struct{})
		go func() {
			for out.Scan() {
			}
			_ = cmd.Wait()
			close(dead)
		}()
		for alive := true; alive; {
			b.mu.Lock()
			moved := b.moved
			b.mu.Unlock()
			if ended() {
				break
			}
			select {
			case <-dead:
				alive = false
			case <-moved:
			}
		}
		if ended() {
			_ = cmd.Process.Kill()
		}
		<-dead
	}
	if !ended() || deaths > models.MaxAttempts+1 {
		t.Errorf("after %d deaths: attempts %v, %d results, aside %v", deaths, b.attempts, len(b.results), b.aside)
	}
	for i, n := range b.attempts {
		if i != 1 && n > 2 {
			t.Errorf("chunk %d was tried %d times beside the poisoned one", i, n)
		}
	}
}
