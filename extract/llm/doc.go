// Package llm has a language model read a transcript beside the rules of
// package extract: one that the client runs, at an endpoint that speaks OpenAI's
// chat completions (llama.cpp, Ollama, LM Studio, vLLM and others do).
//
// A model finds what no rule was written for, reads other languages, and makes
// things up. So nothing that it says is taken on trust:
//
//   - An item needs a quote that stands word for word in the segment that it
//     names, and that segment must be one that the model was shown. What has
//     none is left out and counted. [check.go]
//   - Kinds, labels and statuses are those of models; others are left out.
//   - What the rules found too is one item, and theirs: their dates are worked
//     out, not guessed. [merge.go]
//
// The transcript is handed over as data, a JSON object a line, so that no words
// in it can end it or begin a message of their own. A person who says "ignore
// your instructions" gets at most an item that quotes them. [prompt.go]
//
// A session is read in parts that overlap, one request each, within bounds of
// time, size and tries. Whatever becomes of the endpoint, what was found until
// then is kept and the reason is told. [read.go]
//
// This is the one place of the program from which words can leave the process.
// Without the client's word the address must be loopback; it is checked again
// when a connection is made, so that no name can lead elsewhere, no proxy is
// used, and no redirect is followed. [endpoint.go]
package llm
