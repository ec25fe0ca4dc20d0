//go:build !unix

package main

import "os/exec"

// childAttributes has nothing to set here: helpers end when their standard
// input does.
func childAttributes(*exec.Cmd) {}
