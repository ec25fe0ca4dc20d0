package weights

import "path/filepath"

const trialsFile = "trials.json"

// Tried says whether a kind of weights was tried on this machine with this
// build of the engine, and how that ended. Kernels are compiled for the CPU: on
// some machines those of one kind crash at once, so each kind is run once in a
// child process before it is used.
func Tried(dir, engine string, k Kind) (passed, known bool) {
	passed, known = readTrials(dir)[engine+"/"+string(k)]
	return passed, known
}

// SaveTrial records how a trial ended.
func SaveTrial(dir, engine string, k Kind, passed bool) error {
	all := readTrials(dir)
	all[engine+"/"+string(k)] = passed
	return writeJSON(filepath.Join(dir, trialsFile), all)
}

func readTrials(dir string) map[string]bool {
	return readJSON[bool](filepath.Join(dir, trialsFile))
}
