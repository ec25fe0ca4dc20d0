//go:build !linux

package queue

func mountSmall(string) bool { return false }
func growSmall(string)       {}
func unmountSmall(string)    {}
