package capture

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/afterword/afterword/models"
)

// Status is what is known about a recording at one moment.
type Status struct {
	State    string        // recording, paused, waiting, ended
	Started  time.Time     // of the session
	Elapsed  time.Duration // since then
	Captured time.Duration // sound on the disk
	Durable  time.Duration // position up to which everything is on the disk
	Device   string
	Rate     int
	Channels int
	Peak     []float64 // dBFS a channel, of the last half second
	RMS      []float64
	Gaps     int
	Gap      time.Duration
	Warnings []string
	Minutes  int   // room on the disk; -1 unknown
	Lost     int64 // samples per channel that nobody fetched in time
	Why      string
}

// Status is the newest.
func (r *Recorder) Status(ctx context.Context) (Status, error) {
	select {
	case s := <-r.status:
		select {
		case r.status <- s: // back, unless there is a newer one
		default:
		}
		return s, nil
	case <-ctx.Done():
		return Status{}, ctx.Err()
	}
}

// tell replaces the status.
func (r *Recorder) tell() {
	s := r.describe()
	select {
	case <-r.status:
	default:
	}
	select {
	case r.status <- s:
	default:
	}
}

func (r *Recorder) describe() Status {
	now := r.c.Clock.Mono()
	s := Status{State: "recording", Channels: r.channels, Gaps: r.gaps, Minutes: r.free, Lost: r.lost, Why: r.ended}
	switch {
	case r.ended != "":
		s.State = "ended"
	case r.paused:
		s.State = "paused"
	case r.in == nil:
		s.State = "waiting"
	}
	if r.in != nil {
		s.Device = r.in.Device().Name
	}
	if r.started.IsZero() {
		return s
	}
	s.Started, s.Elapsed, s.Rate = r.started, r.elapsed(now), r.rate
	s.Durable = wholeMilli(r.w.Durable(), r.rate)
	s.Captured = wholeMilli(max(0, r.w.Durable()-r.gapSum), r.rate)
	s.Gap = wholeMilli(r.gapSum, r.rate)
	if r.open != nil {
		s.Gap += max(0, s.Elapsed-timeAt(r.open.At, r.rate))
		s.Gaps++
	}
	s.Peak, s.RMS = r.meter.levels()
	s.Warnings = r.warnings(now)
	return s
}

// warnings are sentences for the person, the most urgent first.
func (r *Recorder) warnings(now time.Duration) (out []string) {
	if r.diskErr != nil {
		out = append(out, "The disk takes nothing: make room now. Up to a minute of sound is kept in memory meanwhile.")
	}
	if r.in == nil && !r.paused {
		why := models.GapSilent
		if r.open != nil {
			why = r.open.Why
		}
		out = append(out, fmt.Sprintf("Nothing is being recorded: %s. It goes on by itself as soon as there is one.", why))
	}
	if r.in != nil {
		out = append(out, r.meter.warnings()...)
	}
	if r.free >= 0 && r.free < lowMinutes && r.diskErr == nil {
		out = append(out, fmt.Sprintf("The disk has room for %d more minutes; the recording ends in order before it is full.", max(0, r.free-endMinutes)))
	}
	if left := r.c.Silence - r.quietFor(); r.c.Silence > 0 && !r.paused && left <= min(time.Minute, r.c.Silence/2) {
		out = append(out, fmt.Sprintf("Nobody was heard for %s: the recording stops in %d s unless somebody speaks.", r.quietFor().Round(time.Second), int(max(0, left)/time.Second)))
	}
	if left := r.c.Most - r.elapsed(now); r.c.Most > 0 && left <= min(5*time.Minute, r.c.Most/4) {
		out = append(out, fmt.Sprintf("The recording reaches its longest length in %s.", max(0, left).Round(time.Second)))
	}
	return out
}

// makeFolder makes the folder of a session, durably.
func makeFolder(s *Spool, id models.SessionID) error {
	if err := os.MkdirAll(s.folder(id), 0o700); err != nil {
		return diskError("open spool", err)
	}
	for _, dir := range []string{s.dir, filepath.Dir(s.dir)} {
		if err := syncDir(dir); err != nil {
			return diskError("open spool", err)
		}
	}
	return nil
}
