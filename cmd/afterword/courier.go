package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
	"github.com/afterword/afterword/queue"
)

// A chunk travels as a parcel: what the engine must know as JSON, then the
// sound as FLAC, sealed together to the workers that may open it. The answer
// comes back sealed so that only this hub opens it and only somebody who
// opened the parcel can have written it.

// note travels with the sound of a chunk.
type chunkNote struct {
	Start    time.Duration
	Voiced   []models.Span
	Language string
	Prompt   string // names and words that may come up
}

func chunkContext(id models.SessionID, seq int) string { return fmt.Sprintf("chunk/%s/%d", id, seq) }

func packChunk(n chunkNote, pcm []int16) ([]byte, error) {
	head, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("write chunk note: %w", err)
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	return audio.EncodeFLAC(append(b, head...), pcm, models.Rate, 1), nil
}

func unpackChunk(b []byte) (n chunkNote, pcm []int16, err error) {
	if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
		return n, nil, models.Errorf(models.Unusable, "read chunk: it is cut short")
	}
	size := binary.LittleEndian.Uint32(b)
	if err := json.Unmarshal(b[4:4+size], &n); err != nil {
		return n, nil, models.Errorf(models.Unusable, "read chunk note: %w", err)
	}
	pcm, rate, channels, err := audio.DecodeFLAC(b[4+size:], int(models.Samples(models.MaxChunk))+models.Rate)
	if err == nil && (rate != models.Rate || channels != 1) {
		err = models.Errorf(models.Unusable, "read chunk: %d Hz, %d channels", rate, channels)
	}
	return n, pcm, err
}

// courier sends chunks out and opens what comes back.
type courier struct {
	a          *app
	queue      *queue.Queue
	recipients [][]byte
}

func (a *app) newCourier(q *queue.Queue) (*courier, error) {
	c := &courier{a: a, queue: q}
	if a.set.Workers.Local {
		id, err := a.localWorker()
		if err != nil {
			return nil, err
		}
		c.recipients = append(c.recipients, id.Public())
	}
	for _, r := range a.set.Workers.Recipients {
		p, err := vault.ParsePublic(r)
		if err != nil {
			return nil, models.Errorf(models.Invalid, "read workers.recipients: %w", err)
		}
		c.recipients = append(c.recipients, p)
	}
	if len(c.recipients) == 0 {
		return nil, models.WithHint(models.Errorf(models.Invalid, "nobody may transcribe: workers.local is off and workers.recipients is empty"), "see 'afterword config'")
	}
	return c, nil
}

// send publishes one chunk whose sound is at hand.
func (c *courier) send(ctx context.Context, s models.Session, ch models.Chunk, pcm []int16) error {
	key, err := c.a.store.SessionKey(ctx, s.ID)
	if err != nil {
		return err
	}
	plain, err := packChunk(chunkNote{ch.Span.Start, ch.Voiced, s.Language, c.a.vocabulary(ctx, s.With)}, pcm)
	if err != nil {
		return err
	}
	name := chunkContext(s.ID, ch.Seq)
	digest, err := c.a.vault.Ring().MAC(key, name, plain)
	if err != nil {
		return fmt.Errorf("hash chunk: %w", err)
	}
	parcel, err := c.a.vault.Ring().SealParcel(key, name, plain, c.recipients)
	if err != nil {
		return fmt.Errorf("seal chunk: %w", err)
	}
	return c.queue.Publish(ctx, queue.Job{Session: s.ID, Seq: ch.Seq, Span: ch.Span, Digest: fmt.Sprintf("%x", digest), Payload: parcel})
}

// resend publishes a chunk again from the spool.
func (c *courier) resend(ctx context.Context, ch models.Chunk) error {
	s, err := c.a.store.FindSession(ctx, ch.Session)
	if err != nil {
		return err
	}
	pcm, err := c.a.sound(ctx, ch.Session, ch.Span, ch.Channel)
	if err != nil {
		return err
	}
	return c.send(ctx, s, ch, pcm)
}

// open reads what a worker answered about a chunk.
func (c *courier) open(ctx context.Context, r queue.Result) (h models.Heard, err error) {
	key, err := c.a.store.SessionKey(ctx, r.Session)
	if err != nil {
		return h, err
	}
	plain, err := c.a.vault.Ring().OpenReply(key, chunkContext(r.Session, r.Seq), r.Payload)
	if err != nil {
		return h, fmt.Errorf("open answer: %w", err)
	}
	if err := json.Unmarshal(plain, &h); err != nil {
		return h, models.Errorf(models.Unusable, "read answer: %w", err)
	}
	return h, nil
}

// sound reads one channel of a span from the spool, at 16 kHz, whatever the
// rate of the microphone was. Where nothing was captured it is silent; a stretch
// without any sound at all is an error.
func (a *app) sound(ctx context.Context, id models.SessionID, span models.Span, channel int) ([]int16, error) {
	pcm, err := a.readSound(ctx, id, span, channel)
	var missing *capture.Missing
	if err != nil && (!errors.As(err, &missing) || !a.explained(ctx, id, span, missing.Spans)) {
		return nil, fmt.Errorf("read sound of session %s: %w", id, err)
	}
	return pcm, nil
}

// readSound is sound with zeros where there is none, and then a Missing error.
func (a *app) readSound(ctx context.Context, id models.SessionID, span models.Span, channel int) ([]int16, error) {
	ring, err := a.sessionRing(ctx, id)
	if err != nil {
		return nil, err
	}
	const margin = 50 * time.Millisecond // more than the resampler looks around
	wide := models.Span{Start: max(0, span.Start-margin), End: span.End + margin}
	pcm, rate, channels, err := a.spool.Read(id, ring, wide)
	if missing := (*capture.Missing)(nil); err != nil && !errors.As(err, &missing) {
		return nil, err
	}
	pcm = one(pcm, channel, channels)
	if rate != models.Rate {
		pcm = resampled(audio.NewResampler(rate, models.Rate, 1), pcm, true)
	}
	from := models.Samples(span.Start - wide.Start)
	return pcm[min(from, int64(len(pcm))):min(from+models.Samples(span.End)-models.Samples(span.Start), int64(len(pcm)))], err
}

// explained tells whether the ledger knows why there is no sound in these
// places within span.
func (a *app) explained(ctx context.Context, id models.SessionID, span models.Span, holes []models.Span) bool {
	gaps, err := a.store.Gaps(ctx, id)
	if err != nil {
		return false
	}
	known, err := a.store.Struck(ctx, id)
	if err != nil {
		return false
	}
	for _, g := range gaps {
		known = append(known, g.Span)
	}
	for _, h := range holes {
		for _, rest := range models.Without(h.Clip(span), known) {
			if rest.Len() > time.Millisecond { // gaps are kept in whole milliseconds
				return false
			}
		}
	}
	return true
}

// resampled brings samples to another rate; the last ones of a stretch flush
// what the resampler holds.
func resampled(r *audio.Resampler, pcm []int16, last bool) []int16 {
	f := r.Write(nil, floats(pcm))
	if last {
		f = r.Flush(f)
	}
	return integers(f)
}

// integers are samples between -1 and 1 as 16 bits.
func integers(f []float32) []int16 {
	out := make([]int16, len(f))
	for i, v := range f {
		out[i] = int16(math.Round(float64(max(-32768, min(32767, 32768*v)))))
	}
	return out
}

func (a *app) sessionRing(ctx context.Context, id models.SessionID) (*vault.Ring, error) {
	key, err := a.store.SessionKey(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.vault.Ring().Within(key)
}

// localWorker is the identity of the worker on this computer. Its secret half
// is sealed on disk, so that a stolen queue folder tells nothing, and handed
// to the worker through its standard input.
func (a *app) localWorker() (*vault.Identity, error) {
	file := filepath.Join(a.home.Keys(), "worker.key")
	const name = "worker/local"
	for range 3 {
		b, err := os.ReadFile(file)
		if err == nil && len(b) > 2 && int(binary.LittleEndian.Uint16(b)) < len(b)-2 {
			n := int(binary.LittleEndian.Uint16(b))
			secret, err := a.vault.Ring().Open(b[2:2+n], name, b[2+n:])
			if err != nil {
				return nil, fmt.Errorf("open worker key: %w", err)
			}
			return vault.ParseIdentity(string(secret))
		}
		if err := a.writeWorkerKey(file, name); err != nil {
			return nil, err
		}
	}
	return nil, models.Errorf(models.Unusable, "read worker key: the file is damaged")
}

func (a *app) writeWorkerKey(file, name string) error {
	id, err := vault.NewIdentity()
	if err != nil {
		return err
	}
	key, err := a.vault.Ring().NewKey()
	if err != nil {
		return err
	}
	sealed, err := a.vault.Ring().Seal(key, name, []byte(id.Secret()))
	if err != nil {
		return err
	}
	b := append(binary.LittleEndian.AppendUint16(nil, uint16(len(key))), key...)
	return writeNew(file, append(b, sealed...))
}

// writeNew writes a file that is whole or absent. If another process was
// first, its file stays.
func writeNew(file string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		if err = os.Link(tmp.Name(), file); os.IsExist(err) {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}
