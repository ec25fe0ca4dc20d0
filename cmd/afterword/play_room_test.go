//go:build unix && cgo

package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestPlaySoundsInTheRoom(t *testing.T) {
	room := newRoom(t)
	if _, err := exec.LookPath("parec"); err != nil {
		t.Skip("parec is not installed (pulseaudio-utils)")
	}
	if err := room.Plug("speaker"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PULSE_SINK", "speaker")
	it, _ := tones(t, 1)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	ear := exec.CommandContext(ctx, "parec", "--raw", "--format=s16le", "--rate=16000", "--channels=1", "--device=speaker.monitor")
	ear.Env = append(os.Environ(), room.Env()...)
	var heard bytes.Buffer
	ear.Stdout = &heard
	if err := ear.Start(); err != nil {
		t.Fatal(err)
	}
	out := must(t, "play", string(it.ID), "--around", "0s")
	if !strings.Contains(out, "lonely") {
		t.Errorf("the words are not shown: %q", out)
	}
	stop()
	_ = ear.Wait()
	// A loaded machine drops some of it on the way; which tone it is stays plain.
	if hz, s := pitch(heard.Bytes(), 16000, 1); math.Abs(hz-600) > 60 || s < 3 {
		t.Errorf("in the room %.0f Hz sounded for %.1f s, want 600 Hz", hz, s)
	}
}
