// Package capture keeps sound, and decides where to cut it.
//
// The spool is the record of what was said: files of one minute, each sealed
// with a key of its own, so that minutes can be destroyed singly, made of
// frames of at most one second, so that whatever ends the program costs less
// than that. Nothing is left out: quiet stretches are marked, never cut away,
// for a pause is part of a session.
//
//	spool/<session>/000017.minute    the eighteenth minute: a header with the wrapped key, then frames
//	spool/<session>/000017-1.minute  the same minute, gone on with after a crash
//	spool/<session>/000017.part      an import that has not reached the end of this minute
//
// The Cutter listens to the same samples as they pass and says where chunks
// begin and end: at pauses, after at most 28 s, so that a chunk is one decode
// of the speech engine. What it calls silent never gets to the engine, so it
// errs on the other side: the floor of the noise is tracked in eight bands,
// and whatever rises above it is taken for speech, unless a network that was
// trained to know (Silero's voice activity detector) is there and hears nothing
// near it that could be.
//
// Subfolder audio reads and writes formats; this package only sees samples.
package capture
