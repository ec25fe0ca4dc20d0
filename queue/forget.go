package queue

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/afterword/afterword/models"
)

func splitSubject(subject string) (models.SessionID, int, bool) {
	rest, ok := strings.CutPrefix(subject, chunkPrefix)
	id, seq, cut := strings.Cut(rest, ".")
	n, err := strconv.Atoi(seq)
	return models.SessionID(id), n, ok && cut && err == nil && n >= 0
}

// Forget removes a session's chunks from the queue. With a Server in this
// process no byte of them is left in its files when Forget returns, also of
// chunks that were done long ago: a file that still holds one is rewritten.
func (q *Queue) Forget(ctx context.Context, id models.SessionID) error {
	if err := token(id); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	stream, err := q.js.Stream(ctx, streamName)
	if err == nil {
		err = stream.Purge(ctx, jetstream.WithPurgeSubject(chunkPrefix+string(id)+".*"))
	}
	if err != nil {
		return fmt.Errorf("forget session %s in the queue: %w", id, err)
	}
	q.hub.forget(id)
	if q.cfg.Server == nil {
		return nil
	}
	dir := q.cfg.Server.cfg.Dir
	for _, old := range damagedFolders(dir) {
		if err := os.RemoveAll(old); err != nil {
			return fmt.Errorf("remove a damaged store of the queue: %w", err)
		}
	}
	left, err := holdsBytes(streamFolder(dir), []byte(chunkPrefix+string(id)+"."))
	if err != nil || !left {
		return err
	}
	if err := q.rewrite(ctx, stream); err != nil {
		return fmt.Errorf("rewrite the store of the queue: %w", err)
	}
	if left, err = holdsBytes(streamFolder(dir), []byte(chunkPrefix+string(id)+".")); err == nil && left {
		err = models.Errorf(models.Partial, "forget session %s in the queue: sealed bytes of it are left in a file", id)
	}
	return err
}

// rewrite moves every message to new files, so that the old ones go with what
// was removed from them. A crash in between loses one message at most, and the
// ledger knows of it.
func (q *Queue) rewrite(ctx context.Context, stream jetstream.Stream) error {
	info, err := stream.Info(ctx)
	if err != nil {
		return err
	}
	fillers, err := q.fill(ctx)
	if err != nil {
		return err
	}
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		m, err := stream.GetMsg(ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err == nil {
			err = remove(ctx, stream, seq)
		}
		if err != nil {
			return err
		}
		moved := nats.NewMsg(m.Subject)
		moved.Header, moved.Data = m.Header, m.Data
		if err := q.publish(ctx, moved, m.Subject+"."+rand.Text()); err != nil {
			return err
		}
	}
	for _, seq := range fillers {
		if err := remove(ctx, stream, seq); err != nil {
			return err
		}
	}
	return nil
}

// blockSize is how long a file of a work-queue stream grows before the server
// begins the next one (nats-server 2.15.2).
const blockSize = 4 << 20

// fill publishes what no worker sees until the last file is full, and returns
// the sequences.
func (q *Queue) fill(ctx context.Context) ([]uint64, error) {
	var seqs []uint64
	for n := 0; n <= blockSize; n += MaxPayload - room {
		m := nats.NewMsg(strings.TrimSuffix(fillSubject, "*") + strconv.Itoa(n))
		m.Data = make([]byte, MaxPayload-room)
		ack, err := q.js.PublishMsg(ctx, m)
		if err != nil {
			return nil, err
		}
		seqs = append(seqs, ack.Sequence)
	}
	return seqs, nil
}

// remove deletes a message unless a worker acknowledged it meanwhile.
func remove(ctx context.Context, stream jetstream.Stream, seq uint64) error {
	err := stream.DeleteMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) || errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return nil
	}
	return err
}

// holdsBytes looks for want in the files below dir. An index that names it is
// removed.
func holdsBytes(dir string, want []byte) (bool, error) {
	found := false
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) { // the server removes files of its own accord
			return nil
		}
		if err != nil || found || !d.Type().IsRegular() {
			return err
		}
		has, err := fileHolds(path, want)
		if has && d.Name() == "index.db" { // written anew now and then; without it the server reads the chunks
			has, err = false, os.Remove(path)
		}
		found = found || has
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	})
	return found, err
}

func fileHolds(path string, want []byte) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	buf := make([]byte, 0, 1<<20)
	for {
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if bytes.Contains(buf, want) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		keep := min(len(want)-1, len(buf))
		buf = append(buf[:0], buf[len(buf)-keep:]...)
	}
}
