package queue

import "syscall"

func mountSmall(dir string) bool {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m") == nil
}

func growSmall(dir string) { _ = syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=24m") }

func unmountSmall(dir string) { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }
