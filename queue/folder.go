package queue

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/afterword/afterword/models"
)

// streamFolder is where the nats-server keeps our stream, below its StoreDir.
func streamFolder(dir string) string {
	return filepath.Join(dir, server.JetStreamStoreDir, "$G", "streams", streamName)
}

func holdsStream(dir string) bool {
	_, err := os.Lstat(streamFolder(dir))
	return err == nil
}

// makePrivate makes dir, or sees that it is a folder with mode 0700. A file in
// its place is put aside.
func makePrivate(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(dir, 0o700)
		if isDiskFull(err) {
			return models.Errorf(models.DiskFull, "make the folder of the queue: %w", err)
		}
	case err == nil && !info.IsDir():
		if err = putAside(dir, time.Now()); err == nil {
			err = os.MkdirAll(dir, 0o700)
		}
	case err == nil && info.Mode().Perm()&0o077 != 0:
		err = os.Chmod(dir, 0o700)
	}
	if err != nil {
		return models.Errorf(models.Unusable, "open the folder of the queue: %w", err)
	}
	return nil
}

// putAside renames the store, for whoever wants to look at it, and removes the
// ones put aside before.
func putAside(dir string, now time.Time) error {
	old := damagedFolders(dir)
	aside := dir + ".damaged-" + now.UTC().Format("20060102T150405.000000")
	if err := os.Rename(dir, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, o := range old {
		_ = os.RemoveAll(o) // best effort: they are only of interest to the curious
	}
	return os.MkdirAll(dir, 0o700)
}

// globQuote makes a path match only itself.
func globQuote(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

func isDiskFull(err error) bool {
	return models.CodeOf(err) == models.DiskFull || errors.Is(err, syscall.ENOSPC) || err != nil && strings.Contains(err.Error(), "no space left")
}

// prove reads every message of a loaded stream, so that the server compares
// its checksums: a bad one would stay there, undelivered and unseen.
func prove(ctx context.Context, stream jetstream.Stream) error {
	info, err := stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("look at the stream: %w", err)
	}
	if info.State.Lost != nil && len(info.State.Lost.Msgs) > 0 {
		return fmt.Errorf("load the stream: %d messages are damaged", len(info.State.Lost.Msgs))
	}
	seen := uint64(0)
	for seq := info.State.FirstSeq; seen < info.State.Msgs; seen++ {
		m, err := stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(">"))
		if err != nil {
			return fmt.Errorf("read message %d of %d: %w", seen+1, info.State.Msgs, err)
		}
		seq = m.Sequence + 1
	}
	return nil
}
