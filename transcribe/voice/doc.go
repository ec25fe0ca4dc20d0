// Package voice tells who spoke in a session that one microphone recorded.
//
// A recurrent network (GE2E, Wan et al., arXiv 1710.10467) turns a stretch of
// sound into an embedding: a point on a sphere, near to those of the same
// voice. From these the words get their speakers:
//
//   - Where words are, there is speech. It is cut at its pauses into bursts,
//     and these into windows of two lengths: 1.6 s, which tell voices apart
//     best, and 0.8 s, which show better where one begins. [windows.go]
//   - The windows are heard by the network, many at once. [mel.go, fft.go, encoder.go, cell*.go]
//   - They are grouped into two voices, into one where these two are too much
//     alike, into three where all are strangers; a hidden Markov model lets a
//     voice speak on rather than change at every window. [group.go, hmm.go]
//   - Each word gets the voice of its place in time; inside a clause the words
//     have to agree, and a segment in which the voice changes is cut there.
//     Where neither voice is likely it says so: unknown. [words.go]
//
// Who of the voices is the client is not known here: that takes an enrolled
// voice or what is said.
package voice
