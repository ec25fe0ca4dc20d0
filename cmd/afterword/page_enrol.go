package main

import (
	"context"
	"io"
	"time"

	"github.com/afterword/afterword/models"
)

// pageVoice lets the client's voice be learned in the page, as 'enrol' does.
type pageVoice struct{ h *hub }

// Listen hears the microphone of the settings. Busy while anything is recorded:
// that comes first.
func (p pageVoice) Listen(ctx context.Context, tell func(peak float64, heard, of time.Duration)) error {
	a := p.h.a
	if err := a.needVoiceModel(); err != nil {
		return err
	}
	if rep, err := a.askCapture(captureRequest{Verb: "status"}); err == nil && rep.Status.State != "ended" {
		return models.Errorf(models.Busy, "something is being recorded")
	}
	pcm, err := a.speakNow(ctx, "", func(h hearing) { tell(h.Peak, h.Heard, enrolFor) })
	if err != nil {
		return models.Errorf(models.NotFound, "%w", err)
	}
	defer clear(pcm)
	return a.enrolSound(ctx, pcm)
}

// LearnFrom hears a file. Its copy is destroyed whatever comes of it.
func (p pageVoice) LearnFrom(ctx context.Context, file io.Reader) error {
	a := p.h.a
	if err := a.needVoiceModel(); err != nil {
		return err
	}
	path, err := copyUpload(a.home.Data, file)
	if err != nil {
		return err
	}
	defer wipe(path)
	pcm, err := a.soundOf(ctx, path)
	if err == nil {
		defer clear(pcm)
		err = a.enrolSound(ctx, pcm)
	}
	return withoutName(err, path)
}
