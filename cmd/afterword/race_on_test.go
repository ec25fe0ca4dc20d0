//go:build race && unix && cgo

package main

const raceDetector = true
