package main

import (
	"context"

	"github.com/afterword/afterword/transcribe"
)

// vocabulary is the prompt for a session with somebody: what the client wrote in
// the page's settings, then the list of the configuration.
func (a *app) vocabulary(ctx context.Context, with string) string {
	v, err := a.pages().Vocabulary(ctx)
	if err != nil {
		a.log.Warn("the vocabulary cannot be read", "error", err.Error())
	}
	return transcribe.Prompt(append(v.Of(with), a.set.Vocabulary...))
}
