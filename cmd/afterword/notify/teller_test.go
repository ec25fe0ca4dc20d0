//go:build unix

package notify

import (
	"encoding/base64"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// fake puts a program on PATH that notes its arguments and what it is told.
func fake(t *testing.T, name, does string) (args, told func() string) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho \"$*\" > " + dir + "/args\ncat > " + dir + "/told\n" + does + "\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	read := func(file string) func() string {
		return func() string { b, _ := os.ReadFile(filepath.Join(dir, file)); return string(b) }
	}
	return read("args"), read("told")
}

const hostile = "Tell \"her\" it’s `$(over)` \\ & <b>\nnow'; exit"

func TestOsascriptIsTold(t *testing.T) {
	args, told := fake(t, "osascript", "")
	if err := macOS.find(); err != nil {
		t.Fatal(err)
	}
	if err := macOS.show(hostile); err != nil {
		t.Fatal(err)
	}
	want := `display notification "Tell \"her\" it’s ` + "`$(over)`" + ` \\ & <b> now'; exit" with title "Afterword"` + "\n"
	if told() != want {
		t.Errorf("it is told %q, want %q", told(), want)
	}
	if args() != "-\n" {
		t.Errorf("its command line says %q", args())
	}
}

func TestPowerShellIsTold(t *testing.T) {
	args, told := fake(t, "powershell.exe", "")
	if err := windows.show(hostile); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(told(), "Tell") || strings.Contains(args(), "Tell") {
		t.Error("the title stands in the script")
	}
	data := regexp.MustCompile(`FromBase64String\('([A-Za-z0-9+/=]+)'\)`).FindStringSubmatch(told())
	if data == nil {
		t.Fatalf("there is no toast in\n%s", told())
	}
	toast, err := base64.StdEncoding.DecodeString(data[1])
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Text  string `xml:"visual>binding>text"`
		Audio struct {
			Silent bool `xml:"silent,attr"`
		} `xml:"audio"`
	}
	if err := xml.Unmarshal(toast, &got); err != nil || got.Text != hostile || !got.Audio.Silent {
		t.Errorf("the toast is %s (%v)", toast, err)
	}
}

func TestTellersThatFail(t *testing.T) {
	fake(t, "osascript", "exit 3")
	if err := macOS.show("x"); err == nil {
		t.Error("a notice that was not shown counts as shown")
	}
	t.Setenv("PATH", t.TempDir())
	if err := macOS.find(); models.CodeOf(err) != models.NotServed {
		t.Errorf("without the program: %v", err)
	}
	if err := macOS.show("x"); err == nil {
		t.Error("a notice that nothing showed counts as shown")
	}
}
