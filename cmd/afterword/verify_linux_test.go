package main

import (
	"encoding/json"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// TestVerifyLooksAtTheService: a service with its page and its worker is seen,
// and seen to talk to this computer alone.
func TestVerifyLooksAtTheService(t *testing.T) {
	dir := needEngine(t)
	newTestHome(t, dir)
	link := startService(t)
	_ = link() // the page is up
	got := map[string]finding{}
	var out struct{ Findings []finding }
	if err := json.Unmarshal([]byte(must(t, "verify", "--json")), &out); err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Findings {
		got[f.Matter] = f
	}
	for matter, says := range map[string]string{"network": "127.0.0.1:", "dumps": "not written to disk", "words": "none of", "sound": "no file"} {
		if f := got[matter]; f.State != "ok" || !strings.Contains(f.Text, says) {
			t.Errorf("%s: %+v", matter, f)
		}
	}
}

// TestVerifySeesAConnection: what goes elsewhere is told.
func TestVerifySeesAConnection(t *testing.T) {
	c, err := net.Dial("udp", "192.0.2.1:9") // nothing is sent: it is only open
	if err != nil {
		t.Skip("no way out of this machine: ", err)
	}
	defer c.Close()
	ends, err := connections("/proc/self")
	if err != nil {
		t.Fatal(err)
	}
	if here, ok := ends["192.0.2.1:9"]; !ok || here {
		t.Errorf("%v", ends)
	}
	a := newApp(nil, nil, nil)
	var w watched
	w.saw(1, ends, true)
	for _, f := range a.processFindings(&w) {
		if f.State == "ok" {
			t.Errorf("%+v", f)
		}
	}
	// A process of another program is not looked at.
	sleep := exec.CommandContext(t.Context(), "sleep", "60")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	var other watched
	if err := other.look(); err != nil || other.processes[sleep.Process.Pid] {
		t.Errorf("%v, %v", other, err)
	}
}
