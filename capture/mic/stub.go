//go:build !cgo

package mic

import (
	"time"

	"github.com/afterword/afterword/models"
)

// Available tells whether this program can record at all.
const Available = false

// Mic is never open in this build.
type Mic struct{}

func errNoDoor() error {
	return models.WithHint(models.Errorf(models.Unusable, "this program was built without access to microphones (cgo)"),
		"build it with 'go run ./cmd/build binary', which needs a C compiler")
}

// Devices says that this build has none.
func Devices() ([]models.Device, error) { return nil, errNoDoor() }

// Open says that this build has none.
func Open(string) (*Mic, error) { return nil, errNoDoor() }

// Device is never called.
func (*Mic) Device() models.Device { return models.Device{} }

// Read is never called.
func (*Mic) Read([]int16) (int, time.Duration, int64) { return 0, 0, 0 }

// Close is never called.
func (*Mic) Close() error { return nil }
