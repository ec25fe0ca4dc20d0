package main

import "golang.org/x/sys/windows"

// setPriority sets how nice a process is: below 0 above normal, above 0 below.
func setPriority(pid, nice int) error {
	h, err := windows.OpenProcess(windows.PROCESS_SET_INFORMATION, false, uint32(pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(h)
	class := uint32(windows.NORMAL_PRIORITY_CLASS)
	switch {
	case nice < 0:
		class = windows.ABOVE_NORMAL_PRIORITY_CLASS
	case nice > 0:
		class = windows.BELOW_NORMAL_PRIORITY_CLASS
	}
	return windows.SetPriorityClass(h, class)
}
