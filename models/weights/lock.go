package weights

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Lock takes the lock file at path, waiting while another process holds it.
// The system itself drops the lock when its holder ends, however it ends, so a
// lock is never stale. The file holds the process id of the holder; waiting
// (may be nil) is called once, with that id or "", before the wait begins.
// The file stays behind: removing it would let two holders in.
func Lock(ctx context.Context, path string, waiting func(pid string)) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make folder for lock: %w", err)
	}
	for told := false; ; told = true {
		f, err := tryLock(path)
		if err == nil {
			f.Truncate(0)
			fmt.Fprintf(f, "%d\n", os.Getpid())
			return func() { f.Close() }, nil
		}
		if !isHeld(err) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if !told && waiting != nil {
			b, _ := os.ReadFile(path) // unreadable while held on Windows: then no id is told
			waiting(strings.TrimSpace(string(b)))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
