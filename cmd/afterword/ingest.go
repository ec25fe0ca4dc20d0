package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// intake is one file on its way in.
type intake struct {
	Path     string
	Title    string
	Date     models.Date
	Channels int  // 1 mixes down, 2 keeps two voices apart
	Again    bool // import it although it is known
}

// heard is what intake makes known while it goes on: how much sound has been
// read, and how much there is (0 if the file does not say).
type heard func(done, total time.Duration)

// errKnown says that the same file was imported before.
type errKnown struct{ session models.Session }

func (e errKnown) Error() string { return "this file was imported before" }

// admit finds or makes the session of a file. A session that an interrupted
// import left behind is taken up again.
func (a *app) admit(ctx context.Context, in intake) (models.Session, error) {
	fi, err := os.Stat(in.Path)
	if err != nil {
		return models.Session{}, fileError(err, in.Path)
	}
	if fi.IsDir() {
		return models.Session{}, models.WithHint(models.Errorf(models.Unusable, "%s is a folder", shown(in.Path)), "name the sound files in it")
	}
	if !fi.Mode().IsRegular() {
		return models.Session{}, models.Errorf(models.Unusable, "%s is not a regular file", shown(in.Path))
	}
	if fi.Size() == 0 {
		return models.Session{}, models.WithHint(models.Errorf(models.Unusable, "%s is empty: it has 0 bytes", shown(in.Path)), "check whether it was copied completely")
	}
	hash, err := a.hashFile(ctx, in.Path)
	if err != nil {
		return models.Session{}, err
	}
	known, found, err := a.store.FindByHash(ctx, hash)
	if err != nil {
		return models.Session{}, err
	}
	switch {
	case found && known.State == models.Ingesting:
		return known, nil
	case found && !in.Again:
		return known, errKnown{known}
	}
	path, err := filepath.Abs(in.Path)
	if err != nil {
		return models.Session{}, fmt.Errorf("find file: %w", err)
	}
	date := in.Date
	if date == "" {
		date = models.DateOf(fi.ModTime())
	}
	title := in.Title
	if title == "" {
		title = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	return a.store.SaveSession(ctx, models.Session{
		Title: oneLine(title), Date: date, Source: models.SourceImport, Path: path, Hash: hash,
		Language: a.set.Language, Model: a.set.Model, Channels: max(1, in.Channels), State: models.Ingesting,
	})
}

// hashFile is the keyed hash by which a file is known again. Without the key
// nobody can test whether a certain file was imported here.
func (a *app) hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fileError(err, path)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, readerFunc(func(b []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return f.Read(b)
	})); err != nil {
		return "", fileError(err, path)
	}
	return a.vault.Fingerprint("file", h.Sum(nil))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// ingest reads the file of a session into spool and ledger and publishes each
// chunk as it is cut. It may be killed at any moment: the same file is cut in
// the same places again, and what was transcribed stays.
func (a *app) ingest(ctx context.Context, s models.Session, send func(models.Chunk, []int16), tell heard) error {
	lock, err := a.lockIngest(s.ID)
	if err != nil {
		return err
	}
	defer lock.Close()
	before, err := os.Stat(s.Path)
	if err != nil {
		return fileError(err, s.Path)
	}
	stream, err := a.decode(ctx, s.Path, s.Channels)
	if err != nil {
		return unreadable(s.Path, err)
	}
	defer stream.Close()
	in, err := a.newInflow(ctx, s, send)
	if err != nil {
		return err
	}
	readErr := in.drain(stream, func(d time.Duration) { tell(d, lengthOf(stream.Info())) })
	if err := context.Cause(ctx); err != nil {
		_ = in.spool.Close()
		return err
	}
	if in.err != nil { // spool or store, not the file
		_ = in.spool.Close()
		return in.err
	}
	if readErr != nil && in.samples == 0 {
		_ = in.spool.Close()
		return unreadable(s.Path, readErr)
	}
	if after, err := os.Stat(s.Path); err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		_ = in.spool.Close()
		return models.WithHint(models.Errorf(models.Conflict, "%s changed while it was read", shown(s.Path)), "wait until it is complete, then import it again")
	}
	if err := in.finish(); err != nil {
		return err
	}
	if readErr != nil {
		return models.Errorf(models.Partial, "%s is damaged after %s: %w; what comes before was kept", shown(s.Path), models.Clock(models.At(in.samples)), readErr)
	}
	return nil
}

// decode starts the child process that reads a file. 16 kHz comes back.
func (a *app) decode(ctx context.Context, path string, channels int) (*audio.Stream, error) {
	exe, err := self()
	if err != nil {
		return nil, err
	}
	return audio.Decode(ctx, audio.Child{Exe: exe, Args: []string{"decode"}, Path: path, Want: audio.Want{Rate: models.Rate, Channels: channels}})
}

func lengthOf(i audio.Info) time.Duration {
	if i.Rate == 0 {
		return 0
	}
	return time.Duration(float64(i.Frames) / float64(i.Rate) * float64(time.Second))
}

// inflow carries sound into the spool and cuts it into chunks.
type inflow struct {
	ctx     context.Context
	a       *app
	session models.Session
	spool   *capture.Writer // nil where the sound comes from there
	cutter  *capture.Cutter
	send    func(models.Chunk, []int16)
	pcm     []int16 // sound since the last cut, interleaved
	from    int64   // sample position of pcm[0]
	samples int64
	seq     int
	err     error

	live   bool  // of a recording: numbers come from the ledger, and parts may be struck meanwhile
	offset int64 // where in the session it begins, samples
}

func (a *app) newInflow(ctx context.Context, s models.Session, send func(models.Chunk, []int16)) (*inflow, error) {
	ring, err := a.sessionRing(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	w, err := a.spool.Writer(s.ID, ring, models.Rate, s.Channels, false)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	return &inflow{ctx: ctx, a: a, session: s, spool: w, cutter: a.newCutter(s.Channels), send: send}, nil
}

// drain reads the stream to its end. It returns what was wrong with the
// stream; what was wrong on this side is kept in f.err.
func (f *inflow) drain(r *audio.Stream, tell func(time.Duration)) error {
	buf := make([]int16, models.Rate*f.session.Channels)
	for f.ctx.Err() == nil {
		n, err := r.Read(buf)
		if n > 0 {
			if f.err = f.take(buf[:n]); f.err != nil {
				return nil
			}
			tell(models.At(f.samples))
		}
		if errors.Is(err, io.EOF) {
			return r.Damage()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *inflow) take(pcm []int16) error {
	if f.spool != nil {
		if err := f.spool.Write(pcm); err != nil {
			return fmt.Errorf("write spool: %w", err)
		}
	}
	f.pcm = append(f.pcm, pcm...)
	f.samples += int64(len(pcm) / f.session.Channels)
	return f.emit(f.cutter.Write(pcm))
}

// emit writes cut chunks to the ledger first and publishes them then.
func (f *inflow) emit(cuts []capture.Cut) error {
	for _, cut := range cuts {
		chans := f.session.Channels
		sound := f.pcm[(cut.Start-f.from)*int64(chans) : (cut.End-f.from)*int64(chans)]
		chunks, err := f.save(cut, sound)
		if err != nil {
			return err
		}
		for _, ch := range chunks {
			if ch.State == models.Pending {
				f.send(ch, one(sound, ch.Channel, chans))
			}
		}
		f.pcm = append(f.pcm[:0], f.pcm[(cut.End-f.from)*int64(chans):]...)
		f.from = cut.End
	}
	return nil
}

// save writes the chunks of one cut. While a session is recorded, the client
// may strike something that is only just being cut: the ledger refuses it then,
// and it is cut again without.
func (f *inflow) save(cut capture.Cut, sound []int16) ([]models.Chunk, error) {
	for try := 0; ; try++ {
		seq, struck, err := f.seq, []models.Span(nil), error(nil)
		if f.live {
			if _, seq, err = f.a.store.CutUpTo(f.ctx, f.session.ID); err == nil {
				struck, err = f.a.store.Struck(f.ctx, f.session.ID)
			}
			if err != nil {
				return nil, err
			}
		}
		shift := models.At(f.offset)
		var chunks []models.Chunk
		for c := range f.session.Channels {
			ch := models.Chunk{
				Session: f.session.ID, Seq: seq + c, Channel: c, State: models.Pending,
				Span: models.Span{Start: shift + models.At(cut.Start), End: shift + models.At(cut.End)},
			}
			for _, v := range cut.Voiced[c] {
				v = models.Span{Start: shift + v.Start, End: shift + v.End}
				ch.Voiced = append(ch.Voiced, models.Without(v, struck)...)
			}
			if len(ch.Voiced) == 0 {
				ch.State = models.Silent
			}
			chunks = append(chunks, ch)
		}
		err = f.a.store.SaveChunks(f.ctx, chunks)
		if code := models.CodeOf(err); f.live && try < 10 && (code == models.Stale || code == models.Conflict) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.seq = seq + len(chunks)
		silence(sound, f.session.Channels, f.offset+cut.Start, struck)
		return chunks, nil
	}
}

// silence overwrites what was struck in sound that begins at a position.
func silence(sound []int16, channels int, at int64, struck []models.Span) {
	for _, s := range struck {
		from := max(0, models.Samples(s.Start)-at) * int64(channels)
		to := min(int64(len(sound)), (models.Samples(s.End)-at)*int64(channels))
		if from < to {
			clear(sound[from:to])
		}
	}
}

// finish closes spool and ledger: from now on the session needs no file.
func (f *inflow) finish() error {
	if err := f.emit(f.cutter.Close()); err != nil {
		return err
	}
	if f.spool != nil {
		if err := f.spool.Close(); err != nil {
			return fmt.Errorf("close spool: %w", err)
		}
	}
	_, err := f.a.store.FinishIngest(f.ctx, f.session.ID, models.At(f.offset+f.samples))
	return err
}

// one is a single channel of interleaved sound.
func one(interleaved []int16, channel, channels int) []int16 {
	if channels == 1 {
		return interleaved
	}
	out := make([]int16, 0, len(interleaved)/channels)
	for i := channel; i < len(interleaved); i += channels {
		out = append(out, interleaved[i])
	}
	return out
}

// lockIngest keeps two processes from reading the same session in. The system
// drops it when its holder dies.
func (a *app) lockIngest(id models.SessionID) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(a.home.Runtime, "ingest-"+string(id)+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := lockExclusive(f); err != nil {
		f.Close()
		if errors.Is(err, errLockHeld) {
			return nil, models.WithHint(models.Errorf(models.Busy, "another afterword is reading this file in right now"), "'afterword sessions' shows how far it is")
		}
		return nil, fmt.Errorf("lock session: %w", err)
	}
	return ingestLock{f}, nil
}

type ingestLock struct{ f *os.File }

func (l ingestLock) Close() error {
	_ = os.Remove(l.f.Name())
	return l.f.Close()
}

// fileError says in plain words why a file cannot be opened.
func fileError(err error, path string) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, os.ErrNotExist):
		return models.WithHint(models.Errorf(models.NotFound, "there is no file %s", shown(path)), "check the name; quote it if it has spaces")
	case errors.Is(err, os.ErrPermission):
		return models.WithHint(models.Errorf(models.Unusable, "%s may not be read", shown(path)), "make it readable: chmod u+r FILE")
	}
	return models.Errorf(models.Unusable, "read %s: %w", shown(path), err)
}

// unreadable says what is wrong with a sound file, and always what to do.
func unreadable(path string, err error) error {
	out := fmt.Errorf("%s: %w", shown(filepath.Base(path)), err)
	if models.CodeOf(err) == models.Unusable && models.HintOf(err) == "" {
		return models.WithHint(out, "check that it plays in another program; 'afterword import --help' says what can be read")
	}
	return out
}

// shown is a path as a person may see it: on one line, without control
// characters.
func shown(path string) string { return "'" + oneLine(path) + "'" }

// replay finishes a session from the spool alone, where its file is gone or
// has changed: what had arrived is cut and published, and the session ends
// there.
func (a *app) replay(ctx context.Context, s models.Session, send func(models.Chunk, []int16)) error {
	lock, err := a.lockIngest(s.ID)
	if err != nil {
		return err
	}
	defer lock.Close()
	ring, err := a.sessionRing(ctx, s.ID)
	if err != nil {
		return err
	}
	found, err := a.spool.Scan(s.ID, ring)
	if err != nil {
		return err
	}
	in := &inflow{ctx: ctx, a: a, session: s, cutter: a.newCutter(s.Channels), send: send}
	const step = 10 * time.Second
	for at := time.Duration(0); at < found.Length; at += step {
		pcm, _, _, err := a.spool.Read(s.ID, ring, models.Span{Start: at, End: min(at+step, found.Length)})
		if missing := (*capture.Missing)(nil); err != nil && !errors.As(err, &missing) {
			return err
		}
		if err := in.take(pcm); err != nil {
			return err
		}
	}
	return in.finish()
}
