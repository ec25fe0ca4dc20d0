package weights

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFactorIsKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "weights")
	if f := Factor(dir, "base-q8_0"); f != 0 {
		t.Errorf("before anything was measured: %v", f)
	}
	if err := SaveFactor(dir, "base-q8_0", time.Hour, 9*time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := SaveFactor(dir, "tiny.en-q8_0", time.Hour, 6*time.Minute); err != nil {
		t.Fatal(err)
	}
	if f := Factor(dir, "base-q8_0"); math.Abs(f-0.15) > 1e-9 {
		t.Errorf("%v", f)
	}
	if err := os.WriteFile(filepath.Join(dir, speedsFile), []byte("null"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := SaveFactor(dir, "base-q8_0", time.Hour, time.Hour); err != nil || Factor(dir, "base-q8_0") != 1 {
		t.Errorf("after damage: %v", err)
	}
}

// TestAbout: by its parameters every model that is known is as large as it is.
func TestAbout(t *testing.T) {
	t.Parallel()
	for _, w := range Known() {
		if !w.Speech() {
			continue
		}
		if parameters[w.Model] == 0 {
			t.Errorf("%s has no parameters", w.Name)
		}
		known := w.Bytes
		w.Bytes = 0
		if about := w.About(); known > 0 && math.Abs(float64(about-known)) > 0.05*float64(known) {
			t.Errorf("%s: about %d bytes, and it has %d", w.Name, about, known)
		}
	}
	base, _ := Named("base")
	small, _ := Named("small")
	if f := small.FactorOf(base, 0.1); f < 0.3 || f > 0.35 {
		t.Errorf("small by base: %v", f)
	}
}
