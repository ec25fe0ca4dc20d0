//go:build !(cgo && whisper)

package whisper

import (
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

func TestBuildWithoutEngineSaysSo(t *testing.T) {
	_, err := Load("base.bin", Options{})
	if models.CodeOf(err) != models.NoModel || !strings.Contains(models.HintOf(err), "go run ./cmd/build binary") || Available {
		t.Errorf("error %v, hint %q", err, models.HintOf(err))
	}
}
