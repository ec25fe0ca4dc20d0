//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// childAttributes puts a helper process into a group of its own, so that
// Ctrl-C reaches the hub alone and the hub ends it in order. Should the hub be
// killed, the end of its standard input ends it. The process that records is
// meant to outlive whoever started it.
func childAttributes(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
