// Package vmic is a microphone that tests and benchmarks can speak into: a
// PulseAudio server of their own, with a sink whose monitor is recorded.
//
// What is played is a numbered signal where it matters: the two channels of
// each sample frame hold its number, so that the recording itself tells which
// samples are missing, doubled or changed.
package vmic
