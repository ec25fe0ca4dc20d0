package weights

import (
	"fmt"
	"os"
	"path/filepath"
)

// CacheRoot is the set-up's cache: AFTERWORD_CACHE, else afterword/build in
// the user's cache folder. It need not exist.
func CacheRoot() (string, error) {
	if dir := os.Getenv("AFTERWORD_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(dir, "afterword", "build"), nil
}

// CacheDir is where the set-up (cmd/build) keeps speech models, and where the
// program looks for them too, so that an empty home needs no second download.
func CacheDir() (string, error) {
	root, err := CacheRoot()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "weights"), nil
}
