//go:build unix

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func specOf(h home, env ...string) serviceSpec {
	return serviceSpec{Exe: "/opt/after word/100%/afterword", Env: env, Home: h}
}

var (
	xdgHome   = home{Config: "/home/kim/.config/afterword", Data: "/home/kim/.local/share/afterword", State: "/home/kim/.local/state/afterword", Runtime: "/run/user/1000/afterword"}
	movedHome = home{Moved: true, Config: "/media/key/über & <b>", Data: "/media/key/über & <b>", State: "/media/key/über & <b>/state", Runtime: "/media/key/über & <b>/run"}
)

func TestServiceDefinitions(t *testing.T) {
	for _, tt := range []struct {
		name string
		text func(serviceSpec) (string, error)
		spec serviceSpec
	}{
		{"service-unit", unitText, specOf(xdgHome)},
		{"service-unit-moved", unitText, specOf(movedHome, "AFTERWORD_HOME="+movedHome.Data)},
		{"service-agent", agentText, specOf(xdgHome)},
		{"service-agent-moved", agentText, specOf(movedHome, "AFTERWORD_HOME="+movedHome.Data)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.text(tt.spec)
			if err != nil {
				t.Fatal(err)
			}
			checkScreen(t, tt.name, strings.TrimSuffix(got, "\n"))
		})
	}
}

// TestUnitHidesNoSocket: with a /tmp of its own, a service would not see a home
// there.
func TestUnitHidesNoSocket(t *testing.T) {
	for dir, want := range map[string]bool{"/home/kim/afterword": true, "/tmp/afterword": false, "/var/tmp/x": false} {
		got, err := unitText(specOf(home{Moved: true, Data: dir, Runtime: dir + "/run"}, "AFTERWORD_HOME="+dir))
		if err != nil || strings.Contains(got, "PrivateTmp=yes") != want {
			t.Errorf("%s: private /tmp is not %v (%v)", dir, want, err)
		}
	}
}

func TestAgentIsXML(t *testing.T) {
	got, err := agentText(specOf(movedHome, "AFTERWORD_HOME="+movedHome.Data))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := tok.(xml.CharData); ok {
			texts = append(texts, string(c))
		}
	}
	all := strings.Join(texts, "|")
	for _, want := range []string{"|/opt/after word/100%/afterword|", "|" + movedHome.Data + "|"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in the property list", want)
		}
	}
}

// verifyUnit lets systemd read a unit and returns its complaints.
func verifyUnit(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, unitName)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("systemd-analyze", "--user", "--man=no", "verify", file)
	c.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir)
	out, err := c.CombinedOutput()
	if err != nil && len(out) == 0 {
		return err.Error()
	}
	return string(out)
}

func TestUnitIsUnderstoodBySystemd(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("needs systemd-analyze: not here")
	}
	exe, err := self()
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "a b 100% ü")
	if err := os.MkdirAll(odd, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(exe, filepath.Join(odd, "afterword")); err != nil {
		t.Skipf("needs a hard link: %v", err)
	}
	for _, spec := range []serviceSpec{
		{Exe: exe, Home: xdgHome},
		{Exe: filepath.Join(odd, "afterword"), Home: home{Moved: true, Data: odd}, Env: []string{"AFTERWORD_HOME=" + odd}},
	} {
		text, err := unitText(spec)
		if err != nil {
			t.Fatal(err)
		}
		if said := verifyUnit(t, text); said != "" {
			t.Errorf("systemd says of\n%s\n%s", text, said)
		}
		// It does complain where there is reason to.
		if verifyUnit(t, strings.Replace(text, "KillMode=process", "KillMode=never", 1)) == "" {
			t.Error("systemd takes anything")
		}
	}
}

func TestServiceRefusesPathsThatNoDefinitionTakes(t *testing.T) {
	newTestHome(t, "")
	for _, bad := range []string{`/home/"kim"`, `/home/k\im`, "/home/kim\n[Service]", "/home/$kim"} {
		t.Setenv("AFTERWORD_HOME", bad)
		code, out, errs := afterword(t, "service", "install", "--dry-run")
		if code != exitUsage || out != "" || !strings.Contains(errs, "hint:") {
			t.Errorf("%q: exit %d\n%s%s", bad, code, out, errs)
		}
	}
}

func TestServiceStateInWords(t *testing.T) {
	for _, tt := range []struct {
		name string
		st   serviceState
		want string
	}{
		{"nothing", serviceState{}, "Not installed. 'afterword service install' does it.|It does not run."},
		{"started by hand", serviceState{Serving: true, PID: 7}, "Not installed. 'afterword service install' does it.|A 'serve' runs that was started otherwise: process 7."},
		{"all well", serviceState{File: "/u", Installed: true, Current: true, Reachable: true, Enabled: true, Running: true, Serving: true, PID: 7}, "Installed: /u|It starts when you log in.|It runs: process 7."},
		{
			"disabled",
			serviceState{File: "/u", Installed: true, Current: true, Reachable: true},
			"Installed: /u|It does not start when you log in. 'afterword service install' changes that.|It does not run.",
		},
		{
			"moved",
			serviceState{File: "/u", Installed: true, Reachable: true, Enabled: true, Running: true},
			"Installed for another place of the program or of its home. 'afterword service install' brings it up to date.|It starts when you log in.|It was started and does not answer yet. Should that last, 'afterword doctor' may tell why.",
		},
	} {
		if got := strings.Join(tt.st.sentences(systemd), "|"); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
