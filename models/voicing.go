package models

import "time"

// VoicesOutcome is what telling voices apart came to.
type VoicesOutcome string

const (
	VoicesTold     VoicesOutcome = "told"     // by their sound
	VoicesChannels VoicesOutcome = "channels" // each has a channel of its own
	VoicesNoModel  VoicesOutcome = "no-model" // the speaker encoder is not here
	VoicesFailed   VoicesOutcome = "failed"   // it was tried and could not be done
)

// NamedBy is how voices got their roles.
type NamedBy string

const (
	NamedByNone   NamedBy = ""       // they have none: S1, S2, …
	NamedByVoice  NamedBy = "voice"  // the client's was known from a print
	NamedByWords  NamedBy = "words"  // from the way they talk
	NamedByPerson NamedBy = "person" // the client said so
)

// Voicing is what is known of who spoke in a session.
type Voicing struct {
	Done    bool // the speakers of all segments are up to date
	Outcome VoicesOutcome
	Named   NamedBy
}

// Print is what the client's voice sounds like, so that it is known again.
type Print struct {
	Session   SessionID // that it was heard in; empty for a sample
	Made      time.Time
	Embedding []float32
}
