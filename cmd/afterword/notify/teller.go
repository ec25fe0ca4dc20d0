package notify

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/afterword/afterword/models"
)

// teller is a program of the system that shows a title when it is told to.
type teller struct {
	program []string
	script  func(title string) string   // for its standard input
	how     func() *syscall.SysProcAttr // nil for nothing
}

// startPatience bounds how long a program may take; PowerShell needs some
// seconds before it does anything.
const startPatience = 10 * time.Second

// find is NotServed where the program is missing.
func (t teller) find() error {
	if _, err := exec.LookPath(t.program[0]); err != nil {
		return models.Errorf(models.NotServed, "show notice: %s is not on this system", t.program[0])
	}
	return nil
}

func (t teller) show(title string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.program[0], t.program[1:]...)
	cmd.Stdin = strings.NewReader(t.script(title))
	cmd.WaitDelay = time.Second // should a child of it hold on to its streams
	if t.how != nil {
		cmd.SysProcAttr = t.how()
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("show notice: %s: %w", t.program[0], err)
	}
	return nil
}

// appleScript writes a script in which the title is a string and nothing else.
func appleScript(title string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ").Replace(title)
	return `display notification "` + quoted + `" with title "Afterword"` + "\n"
}

// powerShell writes a script for Windows PowerShell 5.1, which every Windows
// since 10 has. The toast comes as data: no character of the title is code. A
// toast needs the name of a program that the system knows; PowerShell's own is
// always there.
func powerShell(title string) string {
	var text strings.Builder
	_ = xml.EscapeText(&text, []byte(title)) // a builder takes everything
	toast := `<toast><visual><binding template="ToastText01"><text id="1">` + text.String() + `</text></binding></visual><audio silent="true"/></toast>`
	return strings.Join([]string{
		`$ErrorActionPreference = 'Stop'`,
		`$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]`,
		`$null = [Windows.Data.Xml.Dom.XmlDocument, Windows.Data.Xml.Dom, ContentType = WindowsRuntime]`,
		`$toast = New-Object Windows.Data.Xml.Dom.XmlDocument`,
		`$toast.LoadXml([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('` + base64.StdEncoding.EncodeToString([]byte(toast)) + `')))`,
		`$from = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe'`,
		`[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($from).Show([Windows.UI.Notifications.ToastNotification]::new($toast))`,
		``,
	}, "\n")
}

var (
	macOS   = teller{program: []string{"osascript", "-"}, script: appleScript}
	windows = teller{program: []string{"powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "-"}, script: powerShell}
)
