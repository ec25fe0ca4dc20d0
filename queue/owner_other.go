//go:build !unix

package queue

import "io/fs"

// private: where modes tell nothing, the user's folder for temporary files is
// their own.
func private(info fs.FileInfo) bool { return info.IsDir() }
