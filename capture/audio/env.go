package audio

import (
	"os"
	"runtime"
	"strings"
)

// childEnv is all of the environment that a decoder gets to see: what it needs
// to find ffmpeg and to run at all, and none of the hub's settings.
func childEnv(path string) []string {
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch strings.ToUpper(name) {
		case "PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMP", "TEMP", "GOCOVERDIR":
			env = append(env, v)
		}
	}
	env = append(env, "LC_ALL=C")
	if runtime.GOOS == "windows" {
		env = append(env, pathVariable+"="+path)
	}
	return env
}
