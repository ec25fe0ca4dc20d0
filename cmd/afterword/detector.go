package main

import (
	"context"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// newCutter hears sound of so many channels: with the voice activity detector,
// where it is here.
func (a *app) newCutter(channels int) *capture.Cutter {
	a.detect.once.Do(func() {
		n, err := a.loadDetector()
		if err != nil && models.CodeOf(err) != models.NoModel {
			a.log.Warn("the voice activity detector cannot be used", "error", err.Error())
		}
		a.detect.network = n
	})
	return capture.NewCutter(capture.CutterConfig{Channels: channels, Network: a.detect.network})
}

func (a *app) loadDetector() (*capture.Network, error) {
	path, err := weights.Find(weights.Activity, a.home.WeightFolders())
	if err != nil {
		return nil, err
	}
	w, _ := weights.Of(path)
	if err := weights.Verify(path, w); err != nil {
		return nil, err
	}
	return capture.LoadNetwork(path)
}

// checkDetector says how speech is told from other sound.
func (a *app) checkDetector(context.Context) finding {
	const fix = "'afterword models get " + weights.Activity + "' fetches it: 1 MB. Until then noise that comes and goes is heard as if it could be speech."
	_, err := a.loadDetector()
	switch {
	case models.CodeOf(err) == models.NoModel:
		return finding{"speech", "warn", "told from noise by loudness alone; the voice activity detector is not here", fix}
	case err != nil:
		return finding{"speech", "warn", oneLine(err.Error()), fix}
	}
	return finding{"speech", "ok", "told from noise by the voice activity detector, proved", ""}
}
