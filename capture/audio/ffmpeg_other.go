//go:build !unix

package audio

import (
	"io"
	"os"
)

// ffmpegInput gives ffmpeg the path, as there are no files with numbers here.
func ffmpegInput(_ *os.File, path string) (args []string, stdin io.Reader) {
	return ffmpegByPath(path)
}
