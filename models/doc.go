// Package models holds the words that every part of Afterword shares: what a
// session, a chunk, a segment and an item are, which states they pass through,
// and the error that every layer speaks.
//
// The nouns, from sound to meaning:
//
//   - A [Session] is one therapy hour, recorded or imported. Its time starts
//     at 0 and is counted in milliseconds; 16 samples at [Rate] are one.
//   - A [Chunk] is a stretch of at most [MaxChunk] cut at a pause: one job for
//     the speech engine, or silence that needs none. The chunks of a channel
//     cover the session without gap or overlap, so whatever is known of each
//     chunk adds up to the whole session: see [Coverage].
//   - A [Segment] is timed text out of one chunk.
//   - An [Item] is something worth keeping: a theme, an emotion, an action.
//     It always has [Evidence]: the very words, found in a segment. No quote,
//     no item.
//
// The JSON of [Transcript] and [Items] is a fixed contract: other programs
// read it.
//
// The package imports the standard library only, and does no I/O: it is the
// one thing that every room of the house may import.
package models
