//go:build cgo && unix

package main

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/capture/mic/vmic"
	"github.com/afterword/afterword/models"
)

func TestEnrolFromTheMicrophone(t *testing.T) {
	weightsDir := needVoices(t)
	room := newRoom(t)
	t.Setenv("AFTERWORD_WEIGHTS", weightsDir)
	// The room's own signal is no voice; this one is louder than it.
	rs := audio.NewResampler(models.Rate, vmic.Rate, 1)
	var sound bytes.Buffer
	for _, v := range resampled(rs, clientSpeech(t), true) {
		_ = binary.Write(&sound, binary.LittleEndian, [2]int16{v, v})
	}
	play(t, room, "vmic", &sound)
	code, out, errs := afterword(t, "enrol", "--plain", "--json")
	if code != 0 || !strings.Contains(out, `"enrolled":true`) {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	code, _, errs = afterword(t, "enrol", "--device", "nowhere")
	if code != exitNotFound || !strings.Contains(errs, "afterword devices") {
		t.Errorf("exit %d: %s", code, errs)
	}
	room.Kill()
	code, _, errs = afterword(t, "enrol")
	if code != exitUnusable || !strings.Contains(errs, "hint: ") {
		t.Errorf("without a sound system: exit %d: %s", code, errs)
	}
}
