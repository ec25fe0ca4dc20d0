package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models/vault"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/queue"
)

// workerOrder is what a hub tells its own worker, through standard input so
// that no key is ever an argument. A line after it tells it to take no more
// chunks and to end with those in hand; the end of that input tells it to give
// them back, also when the hub was killed.
type workerOrder struct {
	Name    string
	Secret  string // of the worker's identity
	URL     string
	Creds   string
	Weights string
	States  int
}

const (
	workerReady  = "ready\n"
	workerFinish = "finish\n"

	workerGrace = time.Second     // for what is in hand when it is told to stop
	workerMost  = 5 * time.Minute // … and when it is told to finish
)

func newWorker(a *app) *cobra.Command {
	var local, identity bool
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Transcribe for a hub on another computer",
		Long: `Transcribe for a hub on another computer.

The worker takes sealed chunks from a NATS server and answers with sealed text.
It opens only what was sealed to its own key, keeps nothing on disk, and sees
neither the database nor the recordings of the hub.

1. On this computer:  afterword worker --identity
2. On the hub's, put that key into workers.recipients and the server into
   nats.url of config.toml.
3. On this computer:  afterword worker --nats tls://nats.example:4222`,
		Example: "  afterword worker --identity\n  afterword worker --nats tls://nats.example:4222 --creds worker.creds",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if local {
				return a.localWorkerChild(cmd.Context())
			}
			return a.remoteWorker(cmd.Context(), identity)
		},
	}
	cmd.Flags().BoolVar(&local, "local", false, "")
	_ = cmd.Flags().MarkHidden("local")
	cmd.Flags().BoolVar(&identity, "identity", false, "print this worker's public key and leave")
	cmd.Flags().Var(override{a, "nats.url"}, "nats", "server to take chunks from, such as tls://nats.example:4222")
	cmd.Flags().Var(override{a, "nats.creds"}, "creds", "credentials file for that server")
	a.modelFlags(cmd)
	return cmd
}

// localWorkerChild is the body of the hub's own worker process.
func (a *app) localWorkerChild(ctx context.Context) error {
	in := bufio.NewReader(a.stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return usagef("worker --local is started by the program itself")
	}
	var order workerOrder
	if err := json.Unmarshal(line, &order); err != nil {
		return fmt.Errorf("read order: %w", err)
	}
	id, err := vault.ParseIdentity(order.Secret)
	if err != nil {
		return err
	}
	taking, finish := context.WithCancel(ctx)
	defer finish()
	hurry := make(chan struct{})
	go func() {
		if line, _ := in.ReadString('\n'); line == workerFinish {
			finish()
			_, _ = io.Copy(io.Discard, in)
		}
		finish()
		time.AfterFunc(workerGrace, func() { close(hurry) })
	}()
	leave := queue.Config{Grace: workerMost, Hurry: hurry}
	return a.work(taking, leave, order, id, func() { _, _ = io.WriteString(a.stdout, workerReady) })
}

func (a *app) remoteWorker(ctx context.Context, show bool) error {
	if err := a.home.make(); err != nil {
		return err
	}
	a.openLog()
	id, err := a.remoteIdentity()
	if err != nil {
		return err
	}
	if show {
		fmt.Fprintln(a.stdout, id.PublicString())
		return nil
	}
	if a.set.NATS.URL == "" {
		return usagef("worker needs --nats: the server to take chunks from")
	}
	path, err := a.model(a.set.Model)
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	order := workerOrder{Name: fmt.Sprintf("%s-%d", host, os.Getpid()), URL: a.set.NATS.URL, Creds: a.set.NATS.Creds, Weights: path, States: a.set.States}
	err = a.work(ctx, queue.Config{}, order, id, func() { a.note("Working for %s. Ctrl-C ends it; nothing is lost.", order.URL) })
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// remoteIdentity is this computer's key as a worker of others. It lies in a
// file of its own (0600): a worker has no store to unlock.
func (a *app) remoteIdentity() (*vault.Identity, error) {
	file := filepath.Join(a.home.Keys(), "remote-worker.key")
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		id, err := vault.NewIdentity()
		if err != nil {
			return nil, err
		}
		if err := writeNew(file, []byte(id.Secret()+"\n")); err != nil {
			return nil, err
		}
		b, err = os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read worker key: %w", err)
		}
	} else if err != nil {
		return nil, fmt.Errorf("read worker key: %w", err)
	}
	return vault.ParseIdentity(strings.TrimSpace(string(b)))
}

// work loads the model and answers chunks until ctx ends. leave says how long
// it may take then for those in hand.
func (a *app) work(ctx context.Context, leave queue.Config, o workerOrder, id *vault.Identity, ready func()) error {
	if err := proveWeights(o.Weights, weights.Verify); err != nil {
		return err
	}
	desks, err := openDesks(o.Weights, o.States, false)
	if err != nil {
		return err
	}
	defer desks.Close()
	leave.URL, leave.Creds, leave.Name, leave.Log = o.URL, o.Creds, o.Name, a.log
	q, err := queue.Connect(ctx, leave)
	if err != nil {
		return fmt.Errorf("connect to queue: %w", err)
	}
	defer q.Close()
	ready()
	err = q.Work(ctx, o.States, func(ctx context.Context, j queue.Job) (queue.Result, error) {
		return desks.answer(ctx, j, id, o.Name)
	})
	if errors.Is(err, context.Canceled) || ctx.Err() != nil {
		return nil
	}
	return err
}
