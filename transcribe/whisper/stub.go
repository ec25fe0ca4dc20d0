//go:build !(cgo && whisper)

package whisper

import (
	"context"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/transcribe"
)

// Available tells whether this build can transcribe.
const Available = false

// Model stands in for loaded weights.
type Model struct{}

// State stands in for a decoder.
type State struct{}

func absent() error {
	return models.WithHint(models.Errorf(models.NoModel, "load the speech engine: this build has none"),
		"run 'go run ./cmd/build binary' to build afterword with it")
}

// Load always fails with a NoModel error that says how to build the engine in.
func Load(path string, o Options) (*Model, error) { return nil, absent() }

// Version is empty: there is no library in this build.
func Version() string { return "" }

// NewState fails as Load does.
func (m *Model) NewState() (*State, error) { return nil, absent() }

// Multilingual is false.
func (m *Model) Multilingual() bool { return false }

// Close does nothing.
func (m *Model) Close() {}

// Decode fails as Load does.
func (s *State) Decode(ctx context.Context, pcm []float32, o transcribe.Options) (transcribe.Text, error) {
	return transcribe.Text{}, absent()
}

// Close does nothing.
func (s *State) Close() {}
