package transcribe

import (
	"context"
	"time"
)

// engine is the speech engine behind one Transcriber: one window of at most
// 30 s at 16 kHz at a time, by one goroutine at a time. When ctx ends it returns
// ctx.Err(), never half a text.
type engine interface {
	Decode(ctx context.Context, pcm []float32, o Options) (Text, error)
}

// Options steer one decode. Zero is: greedy, any language, no prompt.
type Options struct {
	Language    string  // ISO 639-1; empty: the engine finds out
	Prompt      string  // names and words that may come up; too much is cut at the front
	Temperature float32 // 0: always the likeliest token
	Beam        int     // beams; 0 or 1: none
	Translate   bool    // into English
	Marks       bool    // let the engine write its own time stamps between the words
	AudioCtx    int     // encoder positions of 20 ms; 0: all 1500
	Others      bool    // look for other words where the engine is unsure, which takes some steps more
}

// Text is what the engine made of one window.
type Text struct {
	Language  string  // ISO 639-1
	LanguageP float32 // how sure of it, 0 to 1; 1 if it was told
	NoSpeech  float32 // the engine's probability that nobody speaks, 0 to 1
	Tokens    []Token
}

// Token is one piece of text, often a word with a space in front. A character
// of several bytes may be spread over tokens.
type Token struct {
	Text       string
	P          float32       // probability, 0 to 1
	Start, End time.Duration // from the start of the window; both 0 where the engine can not tell
	Mark       bool          // a time stamp at End; no text
	Others     []string      // words that could stand for the one that begins here, likeliest first
}
