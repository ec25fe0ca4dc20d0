//go:build unix

package main

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// setPriority sets how nice a process is, -20 to 19. On Linux that is a thread's
// own; that of the process group reaches all of them, and helper processes have
// a group of their own.
func setPriority(pid, nice int) error {
	if group, err := unix.Getpgid(pid); err == nil && group == pid {
		return unix.Setpriority(unix.PRIO_PGRP, pid, nice)
	}
	return unix.Setpriority(unix.PRIO_PROCESS, pid, nice)
}

// lowerPriority makes a process nicer than this one. There is no way back for
// ordinary users.
func lowerPriority(pid int) error {
	own, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return err
	}
	if runtime.GOOS == "linux" { // the system call itself cannot answer below 0: it counts down from 20
		own = 20 - own
	}
	return setPriority(pid, min(19, own+10))
}
