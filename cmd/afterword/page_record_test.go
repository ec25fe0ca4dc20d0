//go:build unix && cgo

package main

import (
	"encoding/binary"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/capture/mic/vmic"
	"github.com/afterword/afterword/models"
)

// chorus is a recording as the virtual microphone plays it, over and over.
type chorus struct{ frames, rest []byte }

func newChorus(pcm []int16) *chorus {
	s := &chorus{}
	for _, v := range resampled(audio.NewResampler(models.Rate, vmic.Rate, 1), pcm, true) {
		s.frames = binary.LittleEndian.AppendUint16(s.frames, uint16(v))
		s.frames = binary.LittleEndian.AppendUint16(s.frames, uint16(v))
	}
	return s
}

func (s *chorus) Read(b []byte) (int, error) {
	if len(s.rest) == 0 {
		s.rest = s.frames
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// A session is recorded by the page's button, from the agreement to its words.
func TestPageRecords(t *testing.T) {
	weights := needEngine(t)
	room := newQuietRoom(t)
	newTestHome(t, weights)
	play(t, room, "vmic", newChorus(excerptSound(t, 20*time.Second)))
	b := openBrowser(t)
	b.expected = []string{"400", "409"}
	link := startService(t)()
	base, _, _ := strings.Cut(link, "/enter")
	endRecorder(t)
	b.visit(link)
	b.await(`location.pathname === "/" && document.querySelector(".record-start")`)

	// Nobody has agreed yet: the words come first, and nothing is recorded.
	b.do(evaluate(`document.querySelector("button.record").focus()`))
	b.keys("\r")
	b.await(`document.querySelector(".consent")?.textContent.includes("everyone in it agrees")`)
	b.axe("before a recording")
	b.do(setValue("#with", "Dr. Osei"), setValue("#title", "By the button"))
	b.do(evaluate(`document.querySelector(".record-form").noValidate = true`))
	b.click(".record-form .primary")
	b.await(`document.querySelector(".record-form .notice, .notice[role=alert]")`)
	if _, err := askHome(captureRequest{Verb: "status"}); models.CodeOf(err) != models.NotServed {
		t.Fatalf("something is recorded without an agreement: %v", err)
	}
	b.do(evaluate(`document.querySelector('[name="agreed"]').focus()`))
	b.keys(" ")
	b.click(".record-form .primary")

	b.await(`location.pathname === "/recording" && document.querySelector("#recording")`)
	session := b.text(`document.querySelector("#recording").dataset.session`)
	b.await(`document.querySelector("#level").value > 20`)
	b.await(`document.querySelector("#recording .big").textContent >= "0:02"`)
	b.await(`document.querySelector('[data-live="heard"]').textContent.trim().split(" ").length > 3`)
	b.axe("recording")

	// The line on top of other pages pauses it and goes on.
	b.visit(base + "/sessions")
	b.await(`document.querySelector('#live[data-state="recording"]').checkVisibility()`)
	b.axe("sessions while recording")
	b.click(`#live button[value="pause"]`)
	b.await(`document.querySelector('#live[data-state="paused"]')`)
	awaitStatus(t, "it pauses", func(s capture.Status) bool { return s.State == "paused" })
	b.await(`document.activeElement.value === "resume"`)
	b.keys("\r")
	b.await(`document.querySelector('#live[data-state="recording"]')`)

	// Without a script it works too.
	b.do(scripts(false))
	b.visit(base + "/recording")
	b.click(`#recording button[value="pause"]`)
	b.await(`document.querySelector('#recording[data-state="paused"]')`)
	b.click(`#recording button[value="resume"]`)
	b.await(`document.querySelector("#recording") && !document.querySelector('#recording[data-state="paused"]')`)
	waitFor(t, patience, func() bool { // until the microphone is open again; nothing changes by itself here
		b.visit(base + "/recording")
		return b.text(`document.querySelector("#recording").dataset.state`) == "recording"
	})
	b.do(scripts(true))

	b.visit(base + "/recording")
	b.do(setValue("#note", "ask about this"))
	b.click("#mark button")
	b.await(`document.querySelector("#marked").textContent.startsWith("Marked at")`)

	// The last minute is taken back: first not, then for good.
	ask := func() {
		b.do(evaluate(`document.querySelector(".strike").open = true`))
		b.click(".strike button")
		b.await(`document.querySelector('[name="sure"]')`)
	}
	ask()
	b.axe("strike")
	b.click(".button.primary")
	b.await(`document.querySelector("#recording")`)
	ask()
	b.click(`form[action$="/strike"] button`)
	b.await(`document.querySelector("h1").textContent === "It is gone"`)
	b.click(".button.primary")
	b.await(`document.querySelector("#recording")`)
	awaitMore(t, 12*time.Second)

	refusedElsewhere(t, base)
	b.do(evaluate(`document.querySelector(".menu").open = true`))
	b.click(`.menu button[value="stop"]`)
	b.await(`location.pathname === "/sessions/` + session + `"`)
	b.await(`document.querySelector("#review .words")`)
	if got := b.text(`document.querySelector("h1").textContent + document.querySelector(".head").textContent`); !strings.Contains(got, "By the button") || !strings.Contains(got, "Dr. Osei") {
		t.Errorf("the session is called %q", got)
	}
	c := parseCoverage(must(t, "coverage", session, "--json"))
	if c.Totals["struck"] < 2 || c.Totals["transcribed"] < 2 {
		t.Errorf("coverage %v", c.Totals)
	}
	b.visit(base + "/recording")
	b.await(`document.querySelector("h1").textContent === "Nothing is being recorded"`)

	// Agreed once, one press is enough.
	b.visit(base + "/")
	b.click("button.record")
	b.await(`location.pathname === "/recording" && document.querySelector("#recording")`)
	b.do(evaluate(`document.querySelector(".menu").open = true`))
	b.click(`.menu button[value="stop"]`)
	b.await(`location.pathname.startsWith("/sessions/")`)
}

// refusedElsewhere holds that neither another page nor an unknown browser can
// record, stop or destroy anything.
func refusedElsewhere(t *testing.T, base string) {
	t.Helper()
	for _, c := range []struct {
		name, path, origin string
		form               url.Values
		want               int
	}{
		{"an unknown browser", "/recording", "", url.Values{"agreed": {"yes"}}, http.StatusUnauthorized},
		{"an unknown browser", "/recording/tell", "", url.Values{"do": {"stop"}}, http.StatusUnauthorized},
		{"another page", "/recording/tell", "http://evil.example", url.Values{"do": {"stop"}}, http.StatusForbidden},
		{"another page", "/recording/strike", "http://evil.example", url.Values{"minutes": {"5"}}, http.StatusForbidden},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+c.path, strings.NewReader(c.form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s, %s: %d, want %d", c.name, c.path, resp.StatusCode, c.want)
		}
	}
	if rep, err := askHome(captureRequest{Verb: "status"}); err != nil || rep.Status.State != "recording" {
		t.Errorf("the recording is %q (%v)", rep.Status.State, err)
	}
}
