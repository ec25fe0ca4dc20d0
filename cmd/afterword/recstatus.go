package main

import (
	"time"

	"github.com/afterword/afterword/models"
)

// recordingStatus is what is known about a recording at one moment.
type recordingStatus struct {
	Session    models.SessionID `json:"session"`
	State      string           `json:"state"` // recording, paused, waiting (no device), ended
	Title      string           `json:"-"`
	Started    time.Time        `json:"started"`
	Elapsed    float64          `json:"elapsed"`  // s, wall clock
	Captured   float64          `json:"captured"` // s of durable sound
	Device     string           `json:"device"`
	Rate       int              `json:"rate"` // Hz
	Channels   int              `json:"channels"`
	Peak       []float64        `json:"peak"` // dBFS a channel, of the last half second
	RMS        []float64        `json:"rms"`
	Gaps       int              `json:"gaps"`
	GapSeconds float64          `json:"gap_seconds"`
	Warnings   []string         `json:"warnings"` // sentences for the person
	Waiting    int              `json:"waiting"`  // chunks to transcribe
	Done       int              `json:"done"`     // chunks transcribed
	// DiskMinutes is how long the disk has room; -1 if unknown.
	DiskMinutes int      `json:"disk_minutes"`
	Later       bool     `json:"later"`
	Heard       []string `json:"heard,omitempty"` // latest final segments' text, newest last; only when unlocked
	Why         string   `json:"why,omitempty"`   // it ended
}
