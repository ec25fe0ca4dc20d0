package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/afterword/afterword/models"
)

// format is the version of the messages below. A worker leaves a message of
// another version to others.
const format = "1"

// Header keys. Nothing in a header tells what was said, or by whom.
const (
	keyFormat  = "Afterword-Format"
	keySession = "Afterword-Session"
	keySeq     = "Afterword-Seq"
	keyStart   = "Afterword-Start" // ns from the session's beginning
	keyEnd     = "Afterword-End"   // ns
	keyDigest  = "Afterword-Digest"
	keySum     = "Afterword-Sum" // SHA-256 of the payload, hex
	keyFailure = "Afterword-Failure"
	keyWorker  = "Afterword-Worker"
	keyElapsed = "Afterword-Elapsed" // ns
	keyHolder  = "Afterword-Holder"
)

// MaxPayload is the most that one message can carry, in bytes, headers
// included: the default limit of a NATS server.
const MaxPayload = 1 << 20

// room is what headers need of MaxPayload, with room to spare.
const room = 4 << 10

// Job is one sealed chunk on its way to a worker.
type Job struct {
	Session models.SessionID
	Seq     int
	Span    models.Span
	Digest  string // says which sound this is; carried as it is, and back with the result
	Payload []byte // sealed; at most MaxPayload less 4 KiB
}

// Result is what became of a job. Either Payload or Failure is set.
type Result struct {
	Session models.SessionID
	Seq     int
	Digest  string        // of the job that it answers
	Payload []byte        // sealed
	Failure string        // why no worker will ever manage; holds nothing that was said
	Worker  string        // name of the worker
	Elapsed time.Duration // of the work itself
}

// subjects
const (
	chunkPrefix   = "afterword.chunk."
	eventPrefix   = "afterword.event."
	beginSubject  = "afterword.hub.begin"
	resultSubject = "afterword.hub.result"
	backSubject   = "afterword.hub.back"
	fillSubject   = "afterword.fill.*" // in the stream, delivered to nobody; see Queue.fill
)

func chunkSubject(id models.SessionID, seq int) string {
	return chunkPrefix + string(id) + "." + strconv.Itoa(seq)
}

// token says whether id can be one token of a subject.
func token(id models.SessionID) error {
	if id == "" || len(id) > 64 || strings.ContainsFunc(string(id), func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}) {
		return models.Errorf(models.Invalid, "name a subject: %d characters that are no session ID", len(id))
	}
	return nil
}

func (j Job) message() (*nats.Msg, error) {
	if err := token(j.Session); err != nil {
		return nil, err
	}
	if j.Seq < 0 || len(j.Payload) == 0 {
		return nil, models.Errorf(models.Invalid, "pack chunk %d of session %s: no such chunk, or no payload", j.Seq, j.Session)
	}
	if len(j.Payload) > MaxPayload-room {
		return nil, models.Errorf(models.Invalid, "pack chunk %d of session %s: %d bytes are more than the queue carries", j.Seq, j.Session, len(j.Payload))
	}
	m := nats.NewMsg(chunkSubject(j.Session, j.Seq))
	m.Header = nats.Header{
		keyFormat:  {format},
		keySession: {string(j.Session)},
		keySeq:     {strconv.Itoa(j.Seq)},
		keyStart:   {strconv.FormatInt(int64(j.Span.Start), 10)},
		keyEnd:     {strconv.FormatInt(int64(j.Span.End), 10)},
		keyDigest:  {printable(j.Digest)},
		keySum:     {sum(j.Payload)},
	}
	m.Data = j.Payload
	return m, nil
}

var (
	errFormat  = errors.New("written by another version of the program")
	errDamaged = errors.New("payload and checksum differ")
)

// parseJob reads a message of the stream. On an error Session and Seq are set
// as far as the subject tells them; errFormat and errDamaged are told apart.
func parseJob(subject string, h nats.Header, data []byte) (Job, error) {
	var j Job
	id, seq, ok := strings.Cut(strings.TrimPrefix(subject, chunkPrefix), ".")
	n, err := strconv.Atoi(seq)
	if !strings.HasPrefix(subject, chunkPrefix) || !ok || err != nil || n < 0 || token(models.SessionID(id)) != nil {
		return j, models.Errorf(models.Invalid, "read a job: its subject names no chunk")
	}
	j.Session, j.Seq = models.SessionID(id), n
	if h.Get(keyFormat) != format {
		return j, models.Errorf(models.TooNew, "read chunk %d of session %s: %w", n, id, errFormat)
	}
	start, err1 := strconv.ParseInt(h.Get(keyStart), 10, 64)
	end, err2 := strconv.ParseInt(h.Get(keyEnd), 10, 64)
	if h.Get(keySession) != id || h.Get(keySeq) != strconv.Itoa(n) || errors.Join(err1, err2) != nil {
		return j, models.Errorf(models.Unusable, "read chunk %d of session %s: its headers do not fit its subject", n, id)
	}
	if h.Get(keySum) != sum(data) {
		return j, models.Errorf(models.Unusable, "read chunk %d of session %s: %w", n, id, errDamaged)
	}
	j.Span = models.Span{Start: time.Duration(start), End: time.Duration(end)}
	j.Digest, j.Payload = h.Get(keyDigest), data
	return j, nil
}

func (r Result) message(holder string) *nats.Msg {
	m := nats.NewMsg(resultSubject)
	m.Header = nats.Header{
		keyFormat:  {format},
		keySession: {string(r.Session)},
		keySeq:     {strconv.Itoa(r.Seq)},
		keyDigest:  {printable(r.Digest)},
		keySum:     {sum(r.Payload)},
		keyFailure: {printable(r.Failure)},
		keyWorker:  {printable(r.Worker)},
		keyElapsed: {strconv.FormatInt(int64(r.Elapsed), 10)},
		keyHolder:  {printable(holder)},
	}
	m.Data = r.Payload
	return m
}

func parseResult(h nats.Header, data []byte) (r Result, holder string, err error) {
	if h.Get(keyFormat) != format {
		return r, "", models.Errorf(models.TooNew, "read a result: %w", errFormat)
	}
	seq, err1 := strconv.Atoi(h.Get(keySeq))
	elapsed, err2 := strconv.ParseInt(h.Get(keyElapsed), 10, 64)
	r = Result{
		Session: models.SessionID(h.Get(keySession)), Seq: seq, Digest: h.Get(keyDigest), Payload: data,
		Failure: h.Get(keyFailure), Worker: h.Get(keyWorker), Elapsed: time.Duration(elapsed),
	}
	if err := errors.Join(err1, err2, token(r.Session)); err != nil || seq < 0 {
		return r, "", models.Errorf(models.Invalid, "read a result: its headers name no chunk")
	}
	if h.Get(keySum) != sum(data) {
		return r, "", models.Errorf(models.Unusable, "read the result of chunk %d of session %s: %w", seq, r.Session, errDamaged)
	}
	return r, h.Get(keyHolder), nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// printable makes s fit to be a header: one line, at most 300 bytes.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "")
	}
	return strings.TrimSpace(s)
}

func (j Job) String() string { return fmt.Sprintf("chunk %d of session %s", j.Seq, j.Session) }
