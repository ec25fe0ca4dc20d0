//go:build cgo && unix

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/capture/mic/vmic"
	"github.com/afterword/afterword/models"
)

// The client's voice is learned in the page, from the microphone and from a
// file, and forgotten there; no sound of it stays.
func TestPageLearnsTheVoice(t *testing.T) {
	weightsDir := needVoices(t)
	room := newQuietRoom(t)
	home := newTestHome(t, weightsDir)
	speech := clientSpeech(t)
	rs := audio.NewResampler(models.Rate, vmic.Rate, 1)
	var sound bytes.Buffer
	for _, v := range resampled(rs, speech, true) {
		_ = binary.Write(&sound, binary.LittleEndian, [2]int16{v, v})
	}
	var all []io.Reader
	for range 20 {
		all = append(all, bytes.NewReader(sound.Bytes()))
	}
	play(t, room, "vmic", io.MultiReader(all...))
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	prints := func() []models.Print {
		t.Helper()
		got, err := a.store.Prints(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	b := openBrowser(t)
	link := startService(t)()
	base, _, _ := strings.Cut(link, "/enter")
	b.visit(link)
	b.await(`location.pathname === "/" && document.readyState === "complete"`)
	shots := os.Getenv("AFTERWORD_TEST_SHOTS")
	look := func(path, kind string) {
		t.Helper()
		b.axe(path + " " + kind)
		b.shot(shots, path, false, kind)
	}

	b.visit(base + "/settings")
	b.await(`document.querySelector("#voice").innerText.includes("was not learned")`)
	b.shot(shots, "/settings", false, "voice-none")
	b.click("#voice a")
	b.await(`location.pathname === "/settings/voice" && document.querySelector('#ear button[value="begin"]')`)
	look("/voice", "idle")

	// Whoever leaves the page is not listened to any more, and nothing is kept.
	b.click(`#ear button[value="begin"]`)
	b.await(`document.querySelector('[data-ear="level"]').value > 20`)
	b.visit(base + "/settings")
	b.await(`document.querySelector("#voice").innerText.includes("was not learned")`)
	b.visit(base + "/settings/voice")
	b.await(`document.querySelector('#ear button[value="begin"]') && !document.querySelector("#ear[data-listens]")`)
	if len(prints()) > 0 {
		t.Error("something of a voice was kept")
	}

	b.do(evaluate(`document.querySelector('#ear button[value="begin"]').focus()`))
	b.keys("\r")
	b.await(`document.querySelector('[data-ear="level"]').value > 20 && Number.parseInt(document.querySelector('[data-ear="say"]').textContent) >= 4`)
	look("/voice", "going")
	b.await(`document.querySelector(".told")?.textContent === "Your voice is learned." && !document.querySelector("#ear[data-listens]")`)
	learned := prints()
	if len(learned) != 1 || len(learned[0].Embedding) != 256 {
		t.Fatalf("%d prints", len(learned))
	}
	b.onPhone("your voice", base+"/settings/voice", `document.querySelector('form[action="/settings/voice/forget"]')`, shots, "/voice", "phone")

	// Another one takes its place, or nothing does.
	choose := func(name string, pcm []int16) {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		var wav bytes.Buffer
		if err := errors.Join(audio.WriteWAV(&wav, pcm, models.Rate, 1), os.WriteFile(path, wav.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		b.visit(base + "/settings/voice")
		b.do(upload("#voice-file", path))
		b.click(`form[action="/settings/voice/file"] button`)
	}
	choose("short.wav", speech[:models.Rate])
	b.await(`document.querySelector("main .notice")?.innerText.includes("too little to know a voice by")`)
	look("/voice", "too-little")
	if now := prints(); len(now) != 1 || now[0].Made != learned[0].Made {
		t.Error("what went wrong changed what was known")
	}
	long := speech
	for len(long) < 5<<20/2 { // more than a form may have
		long = append(long, speech...)
	}
	choose("me.wav", long)
	b.await(`document.querySelector(".told")?.textContent === "Your voice is learned."`)
	if now := prints(); len(now) != 1 || now[0].Made == learned[0].Made {
		t.Error("it was not learned anew")
	}
	if left, _ := filepath.Glob(filepath.Join(home, uploadPrefix+"*")); len(left)+len(findHome().leftUploads()) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := os.ReadDir(filepath.Join(home, "spool")); len(left) > 0 {
		t.Errorf("%d sounds were kept", len(left))
	}

	b.visit(base + "/settings")
	b.await(`document.querySelector("#voice").innerText.includes("was learned")`)
	b.shot(shots, "/settings", false, "voice-known")
	b.click(`#voice form button`)
	b.await(`document.querySelector(".told")?.textContent.includes("is destroyed") && document.querySelector("#voice").innerText.includes("was not learned")`)
	if len(prints()) > 0 {
		t.Error("something is still known")
	}

	// A recording comes first.
	recordNow(t)
	b.visit(base + "/settings/voice")
	b.click(`#ear button[value="begin"]`)
	b.await(`document.querySelector("main .notice")?.innerText.startsWith("Something is being recorded. ") && !document.querySelector("#ear[data-listens]")`)
	if _, err := askHome(captureRequest{Verb: "stop"}); err != nil {
		t.Error(err)
	}
	waitFor(t, patience, func() bool {
		rep, err := askHome(captureRequest{Verb: "status"})
		return err != nil || rep.Status.State == "ended"
	})

	// Without a microphone it says so.
	room.Kill()
	b.visit(base + "/settings/voice")
	b.click(`#ear button[value="begin"]`)
	b.await(`document.querySelector("main .notice")?.innerText.startsWith("The microphone could not be opened. ") && !document.querySelector("#ear[data-listens]")`)
	look("/voice", "no-microphone")
}

func TestPageCannotLearnTheVoice(t *testing.T) {
	newTestHome(t, t.TempDir())
	t.Setenv("AFTERWORD_CACHE", t.TempDir())
	b := openBrowser(t)
	link := startService(t)()
	base, _, _ := strings.Cut(link, "/enter")
	b.visit(link)
	b.await(`location.pathname === "/" && document.readyState === "complete"`)
	b.visit(base + "/settings/voice")
	b.click(`#ear button[value="begin"]`)
	b.await(`document.querySelector("main .notice")?.innerText.includes("models get voice") && !document.querySelector("#ear[data-listens]")`)
}
