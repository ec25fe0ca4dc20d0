package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/afterword/afterword/models"
)

const (
	idleStop  = 2 * time.Minute // then the worker's memory is given back
	maxStarts = 3               // times that a worker may die before it is ready
	muteRetry = 5 * time.Second
)

// keepWorker runs the local worker while there is work, and starts it again
// when it dies. Where no worker can be had, a hub that stays tries again now and
// then: the model may have been fetched meanwhile.
func (h *hub) keepWorker(ctx context.Context) error {
	id, err := h.a.localWorker()
	if err != nil {
		return err
	}
	order := workerOrder{Secret: id.Secret(), URL: h.a.set.NATS.URL, Creds: h.a.set.NATS.Creds, States: h.a.set.States}
	if h.server != nil {
		order.URL = h.server.URL()
	}
	deaths := 0
	for n := 1; ctx.Err() == nil; n++ {
		if err := h.waitForWork(ctx); err != nil {
			return err
		}
		order.Name = fmt.Sprintf("local-%d-%d", os.Getpid(), n)
		wasReady, err := h.tryWorker(ctx, order)
		if err == nil || wasReady {
			deaths = 0
		}
		if err == nil {
			continue
		}
		if models.CodeOf(err) != models.NoModel {
			deaths++
			if deaths >= maxStarts {
				err = models.WithHint(fmt.Errorf("start speech engine: it ended %d times before it was ready: %w", deaths, err), "run 'afterword doctor'")
			}
		}
		if models.CodeOf(err) == models.NoModel || deaths >= maxStarts {
			if !h.stays {
				return err
			}
			h.setMute(err)
			if err := h.waitForModel(ctx); err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(deaths) * time.Second):
		}
	}
	return nil
}

// waitForModel sleeps until a model that is missing or damaged is whole, or, where
// it was not that, for a while.
func (h *hub) waitForModel(ctx context.Context) error {
	for missing := false; ; missing = true {
		_, err := h.a.model(h.a.set.Model)
		if err == nil && missing {
			h.setMute(nil)
			return nil
		}
		if err != nil {
			h.setMute(err)
		}
		select {
		case <-ctx.Done():
			return context.Canceled
		case <-time.After(muteRetry):
		}
		if err == nil {
			return nil
		}
	}
}

// tryWorker runs one worker to its end; nil where it was told to. NoModel if its
// weights are missing, damaged or of no use to it.
func (h *hub) tryWorker(ctx context.Context, o workerOrder) (wasReady bool, err error) {
	if o.Weights, err = h.model(); err != nil {
		return false, err
	}
	wasReady, err = h.runWorker(ctx, o)
	if gone := h.queue.WorkerGone(context.WithoutCancel(ctx), o.Name); gone != nil {
		h.a.log.Warn("chunks of a worker that ended wait for their time-out", "error", gone.Error())
	}
	if ctx.Err() != nil || err == nil {
		return wasReady, nil
	}
	if h.takeBack(o.Weights) {
		h.a.log.Warn("another model cannot be used", "error", err.Error())
		return wasReady, nil
	}
	h.a.log.Warn("worker died", "worker", o.Name, "ready", wasReady, "error", err.Error())
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == exitSetup {
		err = models.WithHint(models.Errorf(models.NoModel, "the speech model cannot be used"), "'afterword models verify' tells why; 'afterword models get %s' fetches it again", h.a.set.Model)
	}
	return wasReady, err
}

// lend has what waits now written down with another model.
func (h *hub) lend(path string) {
	h.mu.Lock()
	h.lent = path
	h.mu.Unlock()
	wake(h.swap)
}

// model is the path of the model for the next worker.
func (h *hub) model() (string, error) {
	h.mu.Lock()
	select { // it is about to have the right one
	case <-h.swap:
	default:
	}
	lent := h.lent
	h.mu.Unlock()
	if lent != "" {
		return lent, nil
	}
	return h.a.model(h.a.set.Model)
}

// takeBack returns to the usual model if path is the one that was lent.
func (h *hub) takeBack(path string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lent == "" || h.lent != path {
		return false
	}
	h.lent = ""
	return true
}

// waitForWork sleeps until chunks may be waiting.
func (h *hub) waitForWork(ctx context.Context) error {
	for {
		st, err := h.queue.Stats(ctx)
		if err == nil && st.Waiting+st.InHand > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Canceled
		case <-h.work:
			return nil
		case <-time.After(time.Second):
		}
	}
}

// workerProcess is one run of the local worker.
type workerProcess struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser // its end tells the worker to stop
	ready chan struct{}  // closed once the model is loaded
	ended chan error
	said  bytes.Buffer // the beginning of its stderr; read once it has ended
}

func startWorker(o workerOrder) (*workerProcess, error) {
	exe, err := self()
	if err != nil {
		return nil, err
	}
	p := &workerProcess{cmd: exec.Command(exe, "worker", "--local"), ready: make(chan struct{}), ended: make(chan error, 1)}
	// One thread per state is fastest; OpenMP threads that wait must sleep.
	p.cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive", "GOMAXPROCS="+strconv.Itoa(o.States+1))
	p.cmd.Stderr = &firstBytes{&p.said, 2048}
	childAttributes(p.cmd)
	stdout, err := p.cmd.StdoutPipe()
	if err == nil {
		p.stdin, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start worker: %w", err)
	}
	line, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("start worker: %w", err)
	}
	_, _ = p.stdin.Write(append(line, '\n')) // if it is gone already, ended says so
	go func() {
		if got, _ := bufio.NewReader(stdout).ReadString('\n'); got == workerReady {
			close(p.ready)
		}
		_, _ = io.Copy(io.Discard, stdout)
		p.ended <- p.cmd.Wait()
	}()
	return p, nil
}

// finish asks the worker to take no more chunks, and to end with those that it
// has in hand.
func (p *workerProcess) finish() { _, _ = io.WriteString(p.stdin, workerFinish) }

// stop asks the worker to end, and ends it if it does not.
func (p *workerProcess) stop() {
	p.stdin.Close()
	t := time.AfterFunc(3*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer t.Stop()
	<-p.ended
}

// runWorker runs one worker process to its end. A nil error means that it was
// told to stop: because nothing was left to do, or because a recording had made
// it slow and has ended.
func (h *hub) runWorker(ctx context.Context, o workerOrder) (ready bool, err error) {
	p, err := startWorker(o)
	if err != nil {
		return false, err
	}
	idle := time.NewTicker(idleStop / 4)
	defer idle.Stop()
	slow := time.NewTicker(time.Second)
	defer slow.Stop()
	slowed, finishing := false, false
	var tooLong <-chan time.Time
	leave := func() {
		if !finishing {
			finishing = true
			p.finish()
			tooLong = time.After(workerMost + workerMost/5)
		}
	}
	lastBusy := time.Now()
	isReady := p.ready
	for {
		switch on := h.recording.Load(); {
		case on && !slowed: // a recording must never wait for a transcription
			slowed = true
			if err := lowerPriority(p.cmd.Process.Pid); err != nil {
				h.a.log.Debug("worker keeps its priority", "error", err.Error())
			}
		case !on && slowed:
			leave()
		}
		select {
		case <-slow.C:
		case <-h.swap:
			leave()
		case <-ctx.Done():
			p.stop()
			return ready, nil
		case <-tooLong:
			p.stop()
			return ready, nil
		case <-isReady:
			ready, isReady = true, nil
			h.setMute(nil)
		case err := <-p.ended:
			p.stdin.Close()
			if finishing {
				return ready, nil
			}
			if err == nil {
				err = errors.New("it ended by itself")
			}
			if !ready && p.said.Len() > 0 {
				err = fmt.Errorf("%w: %s", err, oneLine(p.said.String()))
			}
			return ready, err
		case <-idle.C:
			st, err := h.queue.Stats(ctx)
			if err != nil || st.Waiting+st.InHand > 0 {
				lastBusy = time.Now()
			} else if time.Since(lastBusy) >= idleStop || h.takeBack(o.Weights) {
				p.stop()
				return ready, nil
			}
		}
	}
}

// firstBytes keeps the beginning of what is written to it.
type firstBytes struct {
	b    *bytes.Buffer
	left int
}

func (f *firstBytes) Write(p []byte) (int, error) {
	n := min(f.left, len(p))
	f.b.Write(p[:n])
	f.left -= n
	return len(p), nil
}
