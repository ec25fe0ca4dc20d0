// Package whisper is the one door to whisper.cpp, the speech engine.
//
// The program's own few lines of C stand in for the Go binding of whisper.cpp:
// that one keeps a single state for each model and tables of callbacks for the
// whole package, so that two goroutines can not decode at the same time. Here a
// Model holds the weights, read once, and each State holds what one decode
// needs; a State is used by one goroutine at a time, and states decode in
// parallel, one thread each. Two states of one thread beat one state of two
// threads by a tenth when the machine is idle and several times when it is busy.
//
// One call decodes one window of at most 30 s. The library's own walk through
// longer sound is switched off: it leaves out whole turns.
//
// Nothing of C leaves this package: text and numbers are copied before the next
// call, what the library would print is kept in a ring and only shows up inside
// errors, and a cancelled context stops the decode.
//
// A build without the tag "whisper", or without cgo, has a stub: Available is
// false and Load says how to build the rest.
package whisper

// Options are how weights are loaded.
type Options struct {
	// Threads of each state; 0 means 1. With more, start the process with
	// OMP_WAIT_POLICY=passive in its environment, or threads that wait for each
	// other spin: the OpenMP library reads that before main.
	Threads int
}
