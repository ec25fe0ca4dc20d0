// Package mic is the only door to microphones: malgo, which wraps miniaudio.
//
// Sound arrives on a thread of the audio system that must never wait. The
// callback copies it into a ring that was allocated before, and does nothing
// else: no allocation, no lock that slow code could hold. Whoever records reads
// the ring in a goroutine of their own and may be late by ten seconds.
//
// A device is opened with its own rate and number of channels, since
// miniaudio's resampler folds high tones back into speech; it is opened by its
// identity even where it is the default, so that the sound system does not
// quietly move us to another one.
//
// A context belongs to one connection to the sound system and dies with it. So
// each Open makes its own, and each list too.
//
// Without cgo there is no microphone: Available is false, and the rest says
// what is missing.
package mic
