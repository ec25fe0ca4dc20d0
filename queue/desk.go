package queue

import (
	"context"
	"slices"
	"sync"

	"github.com/afterword/afterword/models"
)

// key names one chunk.
type key struct {
	Session models.SessionID
	Seq     int
}

// claim is a worker's wish to begin a chunk, and once granted its hold on it.
type claim struct {
	key
	worker string // name of the worker
	holder string // its connection
	ack    string // subject on which the message is given back
	// attempt is 0 until the ledger has counted this one.
	attempt int
}

// desk is where the hub keeps who has what in hand. It is kept in memory only:
// it can be lost, as the stream delivers again what nobody reports alive.
//
// A chunk that was in hand when its worker died is a suspect, and so are its
// neighbours in the same process. Suspects are begun one at a time, by workers
// with nothing else in hand, so that the one that kills is found and the
// others live.
type desk struct {
	mu       sync.Mutex
	held     map[key]claim
	suspects map[key]bool
	lines    map[string][]claim // by holder: claims in order of arrival
	gone     map[string]bool    // holders whose connection broke: what they asked before is void
	moved    chan struct{}      // closed at each change
}

func newDesk() *desk {
	return &desk{held: map[key]claim{}, suspects: map[key]bool{}, lines: map[string][]claim{}, gone: map[string]bool{}, moved: make(chan struct{})}
}

// changed wakes those who wait. The lock is held.
func (d *desk) changed() {
	close(d.moved)
	d.moved = make(chan struct{})
}

type admission int

const (
	granted  admission = iota
	mustWait           // ask again
	begun              // granted before; the answer was lost
	twice              // in hand already, and delivered once more
)

// admit waits in line until c may begin, or ctx ends. The place in the line is
// kept for the next try. The number of the attempt comes with begun.
func (d *desk) admit(ctx context.Context, c claim) (admission, int) {
	for asked := false; ; asked = true {
		d.mu.Lock()
		if d.gone[c.holder] || asked && !d.inLine(c) {
			d.mu.Unlock()
			return mustWait, 0 // its worker died while it stood in line
		}
		if h, ok := d.held[c.key]; ok {
			if h.holder == c.holder {
				d.mu.Unlock()
				switch {
				case h.ack != c.ack:
					return twice, 0
				case h.attempt == 0:
					return mustWait, 0
				}
				return begun, h.attempt
			}
			// The stream gave it to somebody else as nobody reported it alive.
			delete(d.held, c.key)
			d.suspects[c.key] = true
			d.changed()
		}
		d.queueUp(c)
		if d.first(c) {
			d.leave(c)
			d.held[c.key] = c
			d.changed()
			d.mu.Unlock()
			return granted, 0
		}
		moved := d.moved
		d.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return mustWait, 0
		}
	}
}

func (d *desk) queueUp(c claim) {
	line := d.lines[c.holder]
	if i := slices.IndexFunc(line, func(o claim) bool { return o.key == c.key }); i >= 0 {
		line[i] = c
		return
	}
	d.lines[c.holder] = append(line, c)
}

func (d *desk) inLine(c claim) bool {
	return slices.ContainsFunc(d.lines[c.holder], func(o claim) bool { return o.key == c.key })
}

func (d *desk) first(c claim) bool {
	if d.lines[c.holder][0].key != c.key {
		return false
	}
	for k, h := range d.held {
		if h.holder == c.holder && (d.suspects[c.key] || d.suspects[k]) {
			return false
		}
	}
	return true
}

func (d *desk) leave(c claim) {
	line := slices.DeleteFunc(d.lines[c.holder], func(o claim) bool { return o.key == c.key })
	if len(line) == 0 {
		delete(d.lines, c.holder)
		return
	}
	d.lines[c.holder] = line
}

// counted notes the attempt that the ledger counted for a granted claim.
func (d *desk) counted(k key, attempt int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h, ok := d.held[k]; ok {
		h.attempt = attempt
		d.held[k] = h
	}
}

// release ends a hold or a claim whose worker reported back, and tells whether
// it was a hold.
func (d *desk) release(k key, holder string) (held bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leave(claim{key: k, holder: holder})
	if h, ok := d.held[k]; ok && h.holder == holder {
		held = true
		delete(d.held, k)
		delete(d.suspects, k)
	}
	d.changed()
	return held
}

// connection notes that a holder's connection came or broke.
func (d *desk) connection(holder string, here bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if here {
		delete(d.gone, holder)
	} else {
		d.gone[holder] = true
	}
}

// dropWorker ends all holds and claims of a worker that died, named by itself
// or by its connection, and returns them.
func (d *desk) dropWorker(worker string) []claim {
	d.mu.Lock()
	defer d.mu.Unlock()
	var back []claim
	for k, h := range d.held {
		if h.worker == worker || h.holder == worker {
			back = append(back, h)
			delete(d.held, k)
			d.suspects[k] = true
		}
	}
	for holder, line := range d.lines {
		if line[0].worker == worker || holder == worker {
			back = append(back, line...)
			delete(d.lines, holder)
		}
	}
	if len(back) > 0 {
		d.changed()
	}
	return back
}

// forget drops what is known of a session.
func (d *desk) forget(id models.SessionID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for k := range d.held {
		if k.Session == id {
			delete(d.held, k)
		}
	}
	for k := range d.suspects {
		if k.Session == id {
			delete(d.suspects, k)
		}
	}
	d.changed()
}
