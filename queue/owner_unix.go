//go:build unix

package queue

import (
	"io/fs"
	"os"
	"syscall"
)

// private says whether the folder is ours and nobody else may enter it.
func private(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid() && info.IsDir() && info.Mode().Perm()&0o077 == 0
}
