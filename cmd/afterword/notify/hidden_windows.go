package notify

import "syscall"

// hidden keeps a console window from flashing up.
func hidden() *syscall.SysProcAttr {
	const noWindow = 0x08000000 // CREATE_NO_WINDOW
	return &syscall.SysProcAttr{HideWindow: true, CreationFlags: noWindow}
}
