package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/afterword/afterword/models"
)

// A recording has a journal beside its minutes: what happened to it, written by
// whoever records, so that nothing of it depends on another process. It holds a
// line for each event, synced, with a checksum behind it; a torn line costs
// itself only. Notes in it are sealed, each with a key that the session's key
// opens.
const journalName = "journal"

// The kinds of entries.
const (
	entryStart = "start" // the recording began: its form, its clock, its public key
	entryOpen  = "open"  // from At on nothing is captured, for the reason Why
	entryGap   = "gap"   // from At to To nothing was captured
	entryMark  = "mark"  //
	entryEnd   = "end"   // it was closed at At, for the reason Why
)

// entry is one line of the journal. At and To are samples per channel.
type entry struct {
	Kind string `json:"k"`
	At   int64  `json:"at"`
	To   int64  `json:"to,omitempty"`
	Why  string `json:"why,omitempty"`

	Rate     int    `json:"rate,omitempty"` // of a start
	Channels int    `json:"channels,omitempty"`
	Public   []byte `json:"public,omitempty"` // half of the session's ring
	Clock    string `json:"clock,omitempty"`  // which clock Mono was read from
	Mono     int64  `json:"mono,omitempty"`   // ns
	Wall     int64  `json:"wall,omitempty"`   // ms since 1970

	Key  []byte `json:"key,omitempty"` // of a mark
	Note []byte `json:"note,omitempty"`
}

func (e entry) encode() ([]byte, error) {
	b, err := json.Marshal(e)
	return fmt.Appendf(b, " %08x\n", crc32.ChecksumIEEE(b)), err
}

// parseJournal leaves out what is torn or damaged.
func parseJournal(b []byte) (all []entry) {
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		if len(line) < 10 || line[len(line)-9] != ' ' {
			continue
		}
		text, sum := line[:len(line)-9], line[len(line)-8:]
		var e entry
		if fmt.Sprintf("%08x", crc32.ChecksumIEEE(text)) != string(sum) || json.Unmarshal(text, &e) != nil || e.At < 0 || e.To < 0 {
			continue
		}
		if e.Kind == entryStart && (e.Rate < 1 || e.Rate > 192000 || e.Channels < 1 || e.Channels > 8) {
			continue
		}
		all = append(all, e)
	}
	return all
}

// journal appends entries. What the disk does not take waits in memory and is
// tried again, in order.
type journal struct {
	path    string
	file    *os.File
	size    int64
	waiting []byte
}

func openJournal(dir string) (*journal, []entry, error) {
	j := &journal{path: filepath.Join(dir, journalName)}
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, diskError("open journal", err)
	}
	b, err := io.ReadAll(f)
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		f.Close()
		return nil, nil, diskError("open journal", err)
	}
	j.file, j.size = f, int64(len(b))
	if len(b) > 0 && b[len(b)-1] != '\n' {
		j.waiting = []byte("\n") // a torn line must not spoil the next
	}
	return j, parseJournal(b), nil
}

// add writes an entry, with all that waited before it.
func (j *journal) add(e entry) error {
	b, err := e.encode()
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	j.waiting = append(j.waiting, b...)
	return j.flush()
}

func (j *journal) flush() error {
	if len(j.waiting) == 0 {
		return nil
	}
	_, err := j.file.WriteAt(j.waiting, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		_ = j.file.Truncate(j.size)
		return diskError("write journal", err)
	}
	j.size += int64(len(j.waiting))
	j.waiting = nil
	return nil
}

// Story is what a journal tells of a recording.
type Story struct {
	Started        time.Time
	Rate, Channels int
	Public         []byte // half of the ring that it is sealed with
	Gaps           []models.Gap
	Marks          []models.Mark
	Ended          bool
	Why            string        // it ended
	Length         time.Duration // whole milliseconds, once it has ended
	Samples        int64         // the same per channel, exactly
	Paused         bool          // and has not gone on
}

// Story reads the journal of a recording. Without keys, or where they are
// locked, marks come without their notes. NotFound if nothing was recorded.
func (s *Spool) Story(id models.SessionID, k keys) (Story, error) {
	all, err := s.journal(id)
	if err != nil {
		return Story{}, err
	}
	return tell(id, all, k)
}

func (s *Spool) journal(id models.SessionID) ([]entry, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(s.folder(id), journalName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, models.Errorf(models.NotFound, "read journal: session %s was not recorded here", id)
	}
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return parseJournal(b), nil
}

func tell(id models.SessionID, all []entry, k keys) (Story, error) {
	var t Story
	for _, e := range all {
		if t.Rate == 0 && e.Kind != entryStart {
			continue // its start is lost: nothing can be placed in time
		}
		switch e.Kind {
		case entryStart:
			if t.Rate == 0 {
				t.Rate, t.Channels, t.Public, t.Started = e.Rate, e.Channels, e.Public, time.UnixMilli(e.Wall)
			}
		case entryOpen:
			t.Paused = e.Why == models.GapPaused
		case entryGap:
			t.Paused = false
			t.Gaps = append(t.Gaps, models.Gap{Span: models.Span{Start: wholeMilli(e.At, t.Rate), End: wholeMilli(e.To, t.Rate)}, Reason: e.Why})
		case entryMark:
			m := models.Mark{At: wholeMilli(e.At, t.Rate)}
			if k != nil && len(e.Key) > 0 {
				if note, err := k.Open(e.Key, markContext(id, e.At), e.Note); err == nil {
					m.Note = string(note)
				}
			}
			t.Marks = append(t.Marks, m)
		case entryEnd:
			t.Ended, t.Why, t.Length, t.Samples = true, e.Why, wholeMilli(e.At, t.Rate), e.At
		}
	}
	if t.Rate == 0 {
		return t, models.Errorf(models.NotFound, "read journal: the recording of session %s never began", id)
	}
	return t, nil
}

func markContext(id models.SessionID, at int64) string { return fmt.Sprintf("mark/%s/%d", id, at) }

// wholeMilli is a position in whole milliseconds, rounded down as models.At
// does.
func wholeMilli(n int64, rate int) time.Duration { return timeAt(n, rate).Truncate(time.Millisecond) }

// Finish closes a recording whose recorder is gone: it ends with its last good
// frame. One that has ended stays as it is.
func (s *Spool) Finish(id models.SessionID) (Story, error) {
	if err := checkID(id); err != nil {
		return Story{}, err
	}
	if _, err := s.journal(id); err != nil {
		return Story{}, err
	}
	j, all, err := openJournal(s.folder(id))
	if err != nil {
		return Story{}, err
	}
	defer j.file.Close()
	t, err := tell(id, all, nil)
	if err != nil || t.Ended {
		return t, err
	}
	c, err := s.Scan(id, nil)
	if err != nil && models.CodeOf(err) != models.NotFound {
		return t, err
	}
	end := entry{Kind: entryEnd, At: c.Samples, Why: models.GapKilled}
	if err := j.add(end); err != nil {
		return t, err
	}
	return tell(id, append(all, end), nil)
}
