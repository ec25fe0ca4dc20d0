package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const agentLabel = "com.github.afterword.serve"

var launchd = serviceKind{
	name: "launchd", tool: "launchctl", file: agentFile, text: agentText,
	reach: func(ctx context.Context) error {
		if _, err := tell(ctx, "launchctl", "print", agentDomain()); err != nil {
			return errors.New("this is no login session with a screen")
		}
		return nil
	},
	start: func(ctx context.Context, file string) error {
		if _, err := tell(ctx, "launchctl", "print", agentDomain()+"/"+agentLabel); err == nil {
			return nil
		}
		_, err := tell(ctx, "launchctl", "bootstrap", agentDomain(), file)
		return err
	},
	stop: func(ctx context.Context, _ string) error {
		if _, err := tell(ctx, "launchctl", "print", agentDomain()+"/"+agentLabel); err != nil {
			return nil
		}
		_, err := tell(ctx, "launchctl", "bootout", agentDomain()+"/"+agentLabel)
		return err
	},
	ask: func(ctx context.Context) (enabled, running bool) {
		said, err := tell(ctx, "launchctl", "print", agentDomain()+"/"+agentLabel)
		return err == nil, strings.Contains(said, "state = running")
	},
	gone:  func(context.Context, string) {},
	later: "It starts when you log in at the screen the next time; until then start 'afterword serve' by hand.",
}

func agentDomain() string { return "gui/" + strconv.Itoa(os.Getuid()) }

func agentFile() (string, error) {
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find your home folder: %w", err)
	}
	return filepath.Join(dir, "Library", "LaunchAgents", agentLabel+".plist"), nil
}

// agentText is the property list of the agent. LimitLoadToSessionType: the
// microphone is given to programs of a login at the screen only. 63 is the
// umask 0077.
func agentText(s serviceSpec) (string, error) {
	var b strings.Builder
	quote := func(v string) string {
		var q strings.Builder
		_ = xml.EscapeText(&q, []byte(v)) // a Builder does not fail
		return q.String()
	}
	b.WriteString(xml.Header)
	b.WriteString(`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by 'afterword service install'; 'afterword service remove' takes it away. -->
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + agentLabel + `</string>
	<key>ProgramArguments</key>
	<array>
		<string>` + quote(s.Exe) + `</string>
		<string>serve</string>
	</array>
`)
	if len(s.Env) > 0 {
		b.WriteString("\t<key>EnvironmentVariables</key>\n\t<dict>\n")
		for _, v := range s.Env {
			name, value, _ := strings.Cut(v, "=")
			fmt.Fprintf(&b, "\t\t<key>%s</key>\n\t\t<string>%s</string>\n", quote(name), quote(value))
		}
		b.WriteString("\t</dict>\n")
	}
	b.WriteString(`	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<dict>
		<key>SuccessfulExit</key>
		<false/>
	</dict>
	<key>ThrottleInterval</key>
	<integer>10</integer>
	<key>Umask</key>
	<integer>63</integer>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>AbandonProcessGroup</key>
	<true/>
</dict>
</plist>
`)
	return b.String(), nil
}
