package main

import "golang.org/x/sys/windows"

// lowerPriority lets everything else go first.
func lowerPriority() {
	_ = windows.SetPriorityClass(windows.CurrentProcess(), windows.BELOW_NORMAL_PRIORITY_CLASS)
}
