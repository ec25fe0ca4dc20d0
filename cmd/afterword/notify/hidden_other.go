//go:build !linux && !windows

package notify

import "syscall"

func hidden() *syscall.SysProcAttr { return nil }
