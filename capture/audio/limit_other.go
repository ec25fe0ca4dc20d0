//go:build !linux && !darwin

package audio

import "runtime/debug"

// limitSelf lowers what this process may use, as far as this system can.
func limitSelf(int64) { debug.SetMemoryLimit(limitHeap) }
