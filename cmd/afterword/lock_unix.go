//go:build unix

package main

import (
	"errors"
	"os"
	"syscall"
)

var errLockHeld = errors.New("lock is held")

func lockExclusive(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLockHeld
	}
	return err
}
