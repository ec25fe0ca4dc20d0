//go:build !linux

package main

import (
	"time"

	"github.com/afterword/afterword/capture"
)

// systemClock is this process's own: a recorder that takes over from another
// one goes by the date.
func systemClock() capture.Clock {
	began := time.Now()
	return capture.Clock{Mono: func() time.Duration { return time.Since(began) }, Wall: time.Now}
}
