package models

import (
	"slices"
	"time"
)

// MaxChunk bounds a chunk. The engine looks at windows of 30 s; a decode of at
// most 28 s never makes it walk to a second window, where its long-form loop
// was measured to leave out whole turns.
const MaxChunk = 28 * time.Second

// ChunkState is what became of one chunk.
type ChunkState string

const (
	Pending ChunkState = "pending" // waits for, or is with, a worker
	Done    ChunkState = "done"    // transcribed; its segments are stored
	Silent  ChunkState = "silent"  // no speech activity: needs no worker
	Failed  ChunkState = "failed"  // set aside after MaxAttempts, with the reason; can be run again
)

// MaxAttempts is how often a chunk is begun before it is set aside.
const MaxAttempts = 5

var chunkNext = map[ChunkState][]ChunkState{
	Pending: {Done, Failed},
	Failed:  {Pending},
	Silent:  {Failed},  // somebody may speak there after all
	Done:    {Pending}, // run again on request; the earlier text is kept until the new one is stored
}

// To returns nil when a chunk may go from s to next, else an Invalid error.
func (s ChunkState) To(next ChunkState) error {
	return legal(chunkNext, "chunk", s, next)
}

// Chunk is a stretch of one channel of a session. In each channel, chunks
// touch: the end of one is the start of the next.
type Chunk struct {
	Session  SessionID
	Seq      int // from 0 within the session, in order of time, then channel
	Channel  int // 0, or 1 for the second voice of a split stereo file
	Span     Span
	Voiced   []Span // speech activity inside Span, in session time
	Wordless []Span // speech in which the engine found no words; known once done
	State    ChunkState
	Attempts int    // times that a worker began it
	Reason   string // why it failed; never holds what was said
}

// Heard is what a worker found in a chunk.
type Heard struct {
	Language string // ISO 639-1; empty where nothing tells it
	Segments []Segment
	Wordless []Span // speech in which the engine found no words, on a second look too
	Model    string // that heard it, such as "base-q8_0"; empty where nobody says
}

// Word is one spoken word with its place in the session.
type Word struct {
	Text string
	Span Span
	P    float32 // the engine's probability, 0 to 1
	// Alternatives are what else the engine heard in the word's place, likeliest
	// first, without punctuation: for words less probable than Unsure alone.
	Alternatives []string `json:",omitempty"`
}

// Unsure is the probability below which a word is marked as hard to hear.
const Unsure = 0.5

// Equal reports whether two words are the same in all that they hold.
func (w Word) Equal(v Word) bool {
	return w.Text == v.Text && w.Span == v.Span && w.P == v.P && slices.Equal(w.Alternatives, v.Alternatives)
}

// Speaker is who spoke.
type Speaker string

const (
	Client    Speaker = "client"
	Therapist Speaker = "therapist"
	Unknown   Speaker = "unknown"
	// Other voices are "S1", "S2", … until somebody says who they are.
)

// Doubt is why a piece of text may be wrong. Text is marked, never dropped.
type Doubt string

const (
	DoubtRepeat   Doubt = "repeat"          // the engine looped
	DoubtLowProb  Doubt = "low-probability" // it was guessing
	DoubtNoSpeech Doubt = "no-speech"       // text where no speech was heard
	DoubtEcho     Doubt = "prompt-echo"     // the names and words that the engine was given, said back
	DoubtGap      Doubt = "gap"             // speech before or after it has no words
	// DoubtRestored stands beside DoubtNoSpeech or DoubtEcho once the client says that it was
	// said.
	DoubtRestored Doubt = "restored"
)

// Segment is timed text out of one chunk.
type Segment struct {
	Session SessionID
	Chunk   int // Seq of its chunk
	Index   int // from 0 within the chunk
	Seq     int // from 0 within the session in order of time; given when read
	Span    Span
	Speaker Speaker
	Text    string
	Words   []Word
	Suspect []Doubt
	Edited  bool // Text was corrected by the client; the original is kept
	// What the engine made of it; both 0 where that is not known.
	NoSpeech float32 `json:",omitempty"` // its probability that nobody speaks, 0 to 1
	LogP     float32 `json:",omitempty"` // mean natural logarithm of the words' probabilities
}

// HeldBack reports whether the text stands where nobody was heard to speak, or
// where the engine said back what it was given. It is kept, and shown on request,
// but it is no evidence of anything.
func (s Segment) HeldBack() bool { return s.Held() != "" && !s.Edited && !s.Restored() }

// Held is the reason for which the engine's text was held back at first; empty
// where it was not.
func (s Segment) Held() Doubt {
	for _, d := range []Doubt{DoubtNoSpeech, DoubtEcho} {
		if slices.Contains(s.Suspect, d) {
			return d
		}
	}
	return ""
}

// Sureness is the engine's mean probability of the words, 0 to 1; 0 where there
// are none.
func (s Segment) Sureness() (p float64) {
	for _, w := range s.Words {
		p += float64(w.P) / float64(len(s.Words))
	}
	return p
}

// Restored reports whether the client took the text out of those held back.
func (s Segment) Restored() bool { return slices.Contains(s.Suspect, DoubtRestored) }
