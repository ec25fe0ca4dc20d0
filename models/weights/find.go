package weights

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/afterword/afterword/models"
)

// Find looks for a model in dirs, in order; a dir may also be a file. The name
// is that of a model ("base": any kind, q8_0 before f16) or of one kind of it
// ("base-f16"). The file found is not proved yet: call [Verify] before it is
// loaded. A model that is nowhere is a NoModel error with a hint, an unknown
// name Invalid.
func Find(name string, dirs []string) (path string, err error) {
	if _, err := Named(name); err != nil {
		return "", err
	}
	for _, w := range kinds(name) {
		for _, dir := range dirs {
			if path := in(dir, w); path != "" {
				return path, nil
			}
		}
	}
	return "", missing(name, dirs)
}

// in is the path of w in a folder, or dir itself where it is that file, or
// empty.
func in(dir string, w Weight) string {
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, w.File)
	if filepath.Base(dir) == w.File {
		if st, err := os.Stat(dir); err == nil && st.Mode().IsRegular() {
			return dir
		}
	}
	if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
		return path
	}
	return ""
}

func missing(name string, dirs []string) error {
	err := models.Errorf(models.NoModel, "find speech model %s: it is not on this computer", name)
	hint := "'afterword models get " + name + "' fetches it"
	if len(dirs) > 0 {
		hint += "; looked in " + strings.Join(dirs, ", ")
	}
	return models.WithHint(err, "%s", hint)
}

// Dirs are the folders to look in: own (AFTERWORD_WEIGHTS, a folder or a file,
// or empty), the home's weights folder (or empty), and the set-up's cache.
func Dirs(own, home string) []string {
	var dirs []string
	for _, d := range []string{own, home} {
		if d != "" {
			dirs = append(dirs, d)
		}
	}
	if cache, err := CacheDir(); err == nil {
		dirs = append(dirs, cache)
	}
	return dirs
}
