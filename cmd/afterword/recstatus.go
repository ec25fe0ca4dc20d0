package main

import (
	"time"

	"github.com/afterword/afterword/models"
)

// recordingStatus is what is known about a recording at one moment.
type recordingStatus struct {
	Session           models.SessionID `json:"session"`
	State             string           `json:"state"` // recording, paused, waiting (no device), ended
	Title             string           `json:"-"`
	Started           time.Time
	Elapsed, Captured float64 // s: wall clock; durable sound
	Device            string
	Rate, Channels    int
	Peak, RMS         []float64 // dBFS a channel, of the last half second
	Gaps              int
	GapSeconds        float64
	Warnings          []string // sentences for the person
	Waiting, Done     int      // chunks to transcribe, transcribed
	DiskMinutes       int      // -1 unknown
	Later             bool
	Heard             []string // latest final segments' text, newest last
}
