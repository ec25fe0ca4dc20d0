package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

func TestMend(t *testing.T) {
	place := func(texts map[string]string) string {
		dir := t.TempDir()
		for file, text := range texts {
			path := filepath.Join(dir, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	read := func(dir, file string) string {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	whole := map[string]string{engineFile: "if (wctx.params.flash_attn) first\n"} // before the encoder: stays
	for _, m := range mends {
		whole[m.file] += m.after + "\n" + m.was + "\n"
	}

	dir := place(whole)
	if err := mend(dir); err != nil {
		t.Fatal(err)
	}
	for _, m := range mends {
		if !strings.Contains(read(dir, m.file), m.is) {
			t.Errorf("%q was not put in", m.is)
		}
	}
	if !strings.HasPrefix(read(dir, engineFile), "if (wctx.params.flash_attn) first\n") {
		t.Error("a place before the encoder was changed")
	}
	if !strings.Contains(read(dir, kernelsDir+"/afterword-gemm.h"), "namespace afterword") {
		t.Error("the kernels were not put in")
	}

	whole[engineFile] = "another version\n"
	other := place(whole)
	if err := mend(other); models.CodeOf(err) != models.Unusable {
		t.Errorf("another version: error %v", err)
	}
	for file, text := range whole {
		if read(other, file) != text {
			t.Errorf("another version: %s was changed", file)
		}
	}
}
