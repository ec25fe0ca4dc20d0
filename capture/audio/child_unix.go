//go:build unix

package audio

import (
	"os/exec"
	"syscall"
)

// ownGroup gives the child a process group of its own: Ctrl-C reaches the hub
// only, and what the child has started ends with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
