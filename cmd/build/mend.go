package main

import (
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/afterword/afterword/models"
)

// mends are changes to whisper.cpp's source before it is built.
//
// The first take the peak of two states with base-q8_0 from 600 to 380 MB and
// leave time and words as they were. The pass that finds word times decodes all
// tokens of a window at once and keeps a score for every token of the vocabulary
// at every position, of which nobody reads any; with the first two it keeps one.
// The others give the encoder attention in tiles, as whisper.cpp does by
// default, while the decoder goes without, for there it costs half as much time
// again and rules out word times; and take padding that only GPUs need out of
// it, for it holds remains of longer windows. Four more give intermediate results
// back as soon as the next step has what it needs of them: 90 MB less.
//
// The next let a frame's spectrum, of real sound, be worked out by half: the
// rest is its mirror image. The last put our own kernels in and ask for large
// pages: products, attention, the activation (it was 5 % of all time, one value
// after another from a table) and the median of word times (4 %, seven numbers
// sorted at each place). Together they take a window of 28 s from 3.2 to 1.4 s, its encoder alone
// from 1.74 to 0.57 s (base-q8_0, one thread, AVX-512 with VNNI), for the same
// words. Where the processor lacks what a kernel needs, or a matrix is of another
// kind, it declines, and whisper.cpp's own does the work. With AVX2 alone a
// session takes 1.6 times as long.
var mends = []struct{ file, after, was, is string }{
	{engineFile, "", "//cur = ggml_view_2d(", "if (save_alignment_heads_QKs) cur = ggml_view_2d("},
	{engineFile, "", "logits_out.resize(n_tokens*n_vocab);", "logits_out.resize((save_alignment_heads_QKs ? 1 : n_tokens)*n_vocab);\n    if (!save_alignment_heads_QKs)"},
	{engineFile, "whisper_build_graph_encoder(", "GGML_PAD(n_ctx, 256)", "n_ctx"},
	{engineFile, "whisper_build_graph_encoder(", "if (wctx.params.flash_attn)", "if (true)"},

	{engineFile, "static void dft(", "k < N; k++", "k <= N/2; k++"},
	{engineFile, "static void dft(", "int n = 0; n < N; n++", "int n = 0, idx = 0; n < N; n++, idx += k*sin_cos_step, idx -= idx < SIN_COS_N_COUNT ? 0 : SIN_COS_N_COUNT"},
	{engineFile, "static void dft(", "            int idx = (k * n * sin_cos_step) % (SIN_COS_N_COUNT);", "           "},
	{engineFile, "static void dft(", "        out[k*2 + 1] = im;\n", "        out[k*2 + 1] = im;\n        if (k > 0) {\n            out[(N - k)*2 + 0] = re;\n            out[(N - k)*2 + 1] = -im;\n        }\n"},

	{engineFile, "", "#include \"whisper-arch.h\"\n", "#include \"whisper-arch.h\"\n#include \"../" + kernelsDir + "/afterword-pages.h\"\n#include \"../" + kernelsDir + "/afterword-median.h\"\n"},
	{engineFile, "static void median_filter(", "    std::vector<float> filter;\n", "    if (afterword::median(filter_width, a->ne, (const char *) a->data, a->nb, (char *) dst->data, dst->nb)) return;\n\n    std::vector<float> filter;\n"},
	{engineFile, "", "model.buffers.emplace_back(buf);", "model.buffers.emplace_back(buf);\n            afterword::large_pages(buf);"},
	{engineFile, "", "ggml_backend_buffer_clear(cache.buffer, 0);", "afterword::large_pages(cache.buffer);\n    ggml_backend_buffer_clear(cache.buffer, 0);"},
	{engineFile, "static bool whisper_encode_internal(", "    // encoder\n", "    afterword::keep_alone(wstate.embd_conv);\n\n    // encoder\n"},
	{engineFile, "static bool whisper_encode_internal(", "    wstate.n_encode++;\n", "    wstate.n_encode++;\n    afterword::give_back(wstate.embd_conv);\n    afterword::give_back(wstate.embd_enc);\n"},
	{engineFile, "data.resize(n_tokens * n_audio_ctx * n_heads);", "    for (int k = 0; k < n_heads; ++k) {\n", "    afterword::give_back(state->aheads_cross_QKs);\n    for (int k = 0; k < n_heads; ++k) {\n"},
	{engineFile, "data.resize(n_tokens * n_audio_ctx * n_heads);", "ggml_norm(gctx", "ggml_norm_inplace(gctx"},
	{productsFile, "", "#include \"ggml-quants.h\"\n", "#include \"ggml-quants.h\"\n#include \"afterword-gemm.h\"\n#include \"afterword-dots.h\"\n"},
	{productsFile, "", "    // only enable sgemm for prompt processing\n", `    if (afterword::multiply(m, n, k, A, lda, B, ldb, C, ldc, Atype, Btype, Ctype, params->ith, params->nth))
        return true;
`},
	{vectorsFile, "", "#include \"ggml-cpu.h\"\n", "#include \"ggml-cpu.h\"\n#ifdef __cplusplus\n#include \"afterword-gelu.h\"\n#endif\n"},
	{vectorsFile, "inline static void ggml_vec_gelu_f32(", "    uint16_t t;\n", "#ifdef __cplusplus\n    if (afterword::gelu(n, y, x)) return;\n#endif\n    uint16_t t;\n"},
	{operationsFile, "", "#include \"vec.h\"\n", "#include \"vec.h\"\n#include \"afterword-attention.h\"\n"},
	{operationsFile, "", "            if (use_tiled) {", "            if (use_tiled && afterword::attention(dst, ir0, ir1)) {\n            } else if (use_tiled) {"},
}

const (
	engineFile     = "src/whisper.cpp"
	productsFile   = kernelsDir + "/llamafile/sgemm.cpp"
	operationsFile = kernelsDir + "/ops.cpp"
	vectorsFile    = kernelsDir + "/vec.h"
	kernelsDir     = "ggml/src/ggml-cpu"
)

// kernels are our own files in whisper.cpp, in kernelsDir.
//
//go:embed kernels/*.h
var kernels embed.FS

// kernelFiles are the kernels by name, in order.
func kernelFiles() (names []string, texts [][]byte, err error) {
	all, err := kernels.ReadDir("kernels")
	for _, e := range all {
		text, err := kernels.ReadFile("kernels/" + e.Name())
		if err != nil {
			return nil, nil, err
		}
		names, texts = append(names, e.Name()), append(texts, text)
	}
	return names, texts, err
}

// writeMends writes all that mend changes, for the digest of a build.
func writeMends(w io.Writer) error {
	names, texts, err := kernelFiles()
	fmt.Fprintf(w, "%q %q %q\n", mends, names, texts)
	return err
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
	names, own, err := kernelFiles()
	if err != nil {
		return fmt.Errorf("mend whisper.cpp: %w", err)
	}
	for i, name := range names {
		texts[filepath.Join(source, filepath.FromSlash(kernelsDir), name)] = string(own[i])
	}
	for path, text := range texts {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("mend whisper.cpp: %w", err)
		}
	}
	return nil
}
