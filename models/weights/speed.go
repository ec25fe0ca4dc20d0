package weights

import (
	"os"
	"path/filepath"
	"time"
)

const speedsFile = "speeds.json"

// Factor is the real-time factor that was measured last on this computer with
// weights of that name: seconds of work for a second of sound. 0 where none was.
func Factor(dir, name string) float64 { return readFactors(dir)[name] }

// SaveFactor records how long work on some sound took.
func SaveFactor(dir, name string, sound, work time.Duration) error {
	all := readFactors(dir)
	all[name] = work.Seconds() / sound.Seconds()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, speedsFile), all)
}

func readFactors(dir string) map[string]float64 {
	return readJSON[float64](filepath.Join(dir, speedsFile))
}

// parameters of the models, in millions, as their authors publish them.
var parameters = map[string]int{
	"tiny": 39, "tiny.en": 39, "base": 74, "base.en": 74, "small": 244, "small.en": 244, "medium": 769, "medium.en": 769,
	"large-v1": 1550, "large-v2": 1550, "large-v3": 1550, "large-v3-turbo": 809,
}

// About is the size of the file in bytes, by its parameters where it is not
// known: two bytes each, or 34 for 32 of them.
func (w Weight) About() int64 {
	switch n := int64(parameters[w.Model]) * 1e6; {
	case w.Bytes > 0:
		return w.Bytes
	case w.Kind == Q8_0:
		return n * 34 / 32
	default:
		return n * 2
	}
}

// FactorOf estimates the real-time factor of w by what was measured with
// another model: work grows with the parameters.
func (w Weight) FactorOf(other Weight, factor float64) float64 {
	if parameters[other.Model] == 0 {
		return 0
	}
	return factor * float64(parameters[w.Model]) / float64(parameters[other.Model])
}
