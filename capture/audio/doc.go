// Package audio turns any sound file into plain samples, and samples into the
// few formats that Afterword writes.
//
// A hostile file must cost nothing but its own import, so decoding happens in
// a child process, in three steps:
//
//	Decode       in the hub: starts the child with the open file as its stdin, reads blocks from its stdout,
//	             ends it when nothing comes for 30 s; a dead child is an error like any other
//	ServeDecode  in the child: limits its own memory, CPU time and files, then reads, mixes, resamples
//	Open         in the child: chooses a reader by the file's first bytes, never by its name
//
// The file travels as an open handle, so no name appears among the arguments
// of any process. Formats without a sound Go reader go through an ffmpeg
// process, a grandchild under the same limits, where one is installed.
//
// Readers are forgiving: a recording that a crash left without sizes is read
// to its end, a damaged stretch is skipped and becomes silence of the same
// length where the format tells how long it was, and Damage says so. What was
// heard before a break is never thrown away.
//
// FLAC is read and written by our own code: every chunk that goes to the
// speech engine and every frame of the spool is FLAC. Measured at 16 kHz mono
// on one core, it decodes four times as fast as mewkiz/flac (4 400 against
// 1 080 times real time), against which the tests check it bit by bit.
package audio
