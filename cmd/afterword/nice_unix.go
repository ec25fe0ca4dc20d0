//go:build unix

package main

import "golang.org/x/sys/unix"

// setPriority sets how nice a process is, -20 to 19. On Linux that is a thread's
// own; that of the process group reaches all of them, and helper processes have
// a group of their own.
func setPriority(pid, nice int) error {
	if group, err := unix.Getpgid(pid); err == nil && group == pid {
		return unix.Setpriority(unix.PRIO_PGRP, pid, nice)
	}
	return unix.Setpriority(unix.PRIO_PROCESS, pid, nice)
}
