//go:build unix

package audio

import (
	"io"
	"os"
)

// ffmpegInput hands the file to ffmpeg as its stdin, which it opens by number:
// so it can seek in it, and no name stands among its arguments.
func ffmpegInput(f *os.File, _ string) (args []string, stdin io.Reader) {
	return []string{"-protocol_whitelist", "file", "-i", "file:/dev/fd/0"}, f
}
