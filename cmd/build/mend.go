package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/afterword/afterword/models"
)

// mends are changes to whisper.cpp's source before it is built, which take the
// peak of two states with base-q8_0 from 600 to 380 MB and leave time and
// words as they were.
//
// The pass that finds word times decodes all tokens of a window at once and
// keeps a score for every token of the vocabulary at every position, of which
// nobody reads any; with the first two it keeps one. The others give the
// encoder attention in tiles, as whisper.cpp does by default, while the
// decoder goes without, for there it costs half as much time again and rules
// out word times; and take padding that only GPUs need out of it, for it holds
// remains of longer windows.
var mends = []struct{ file, after, was, is string }{
	{"src/whisper.cpp", "", "//cur = ggml_view_2d(", "if (save_alignment_heads_QKs) cur = ggml_view_2d("},
	{"src/whisper.cpp", "", "logits_out.resize(n_tokens*n_vocab);", "logits_out.resize((save_alignment_heads_QKs ? 1 : n_tokens)*n_vocab);\n    if (!save_alignment_heads_QKs)"},
	{"src/whisper.cpp", "whisper_build_graph_encoder(", "GGML_PAD(n_ctx, 256)", "n_ctx"},
	{"src/whisper.cpp", "whisper_build_graph_encoder(", "if (wctx.params.flash_attn)", "if (true)"},
}

// mend applies them. A source in which one finds no place is another version:
// Unusable, and nothing is changed.
func mend(source string) error {
	texts := map[string]string{}
	for _, m := range mends {
		path := filepath.Join(source, filepath.FromSlash(m.file))
		if _, ok := texts[path]; !ok {
			b, err := os.ReadFile(path)
			if err != nil {
				return fmt.Errorf("mend whisper.cpp: %w", err)
			}
			texts[path] = string(b)
		}
		from := strings.Index(texts[path], m.after)
		if from < 0 || !strings.Contains(texts[path][from:], m.was) {
			return models.Errorf(models.Unusable, "mend whisper.cpp: %s is not that of %s", m.file, whisperVersion)
		}
		texts[path] = texts[path][:from] + strings.Replace(texts[path][from:], m.was, m.is, 1)
	}
	for path, text := range texts {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("mend whisper.cpp: %w", err)
		}
	}
	return nil
}
