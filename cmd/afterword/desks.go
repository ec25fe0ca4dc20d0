package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/queue"
	"github.com/afterword/afterword/transcribe"
	"github.com/afterword/afterword/transcribe/whisper"
)

// desks hands each chunk to a free engine state. The language that was heard
// in a session is kept, so that it is listened for only once.
type desks struct {
	free      chan *transcribe.Transcriber
	model     *whisper.Model
	name      string // of the model
	states    []*whisper.State
	languages chan map[models.SessionID]string // holds the one map; taken and put back
}

// openDesks loads a model with so many states, which write down what they hear
// or translate it into English. Close gives their memory back.
func openDesks(path string, states int, translate bool) (*desks, error) {
	m, err := whisper.Load(path, whisper.Options{})
	if err != nil {
		return nil, err
	}
	debug.SetGCPercent(sparing)
	w, _ := weights.Of(path)
	d := &desks{model: m, name: w.Name, free: make(chan *transcribe.Transcriber, states), languages: make(chan map[models.SessionID]string, 1)}
	d.languages <- map[models.SessionID]string{}
	for range states {
		s, err := m.NewState()
		if err != nil {
			d.Close()
			return nil, err
		}
		d.states = append(d.states, s)
		d.free <- transcribe.New(transcribe.Config{Engine: s, Translate: translate})
	}
	return d, nil
}

// sparing is how much garbage may lie about beside what is in use, in percent.
// What an engine's process leaves is windows of sound, large and few: to collect
// them often costs little.
const sparing = 40

// Close may be called again.
func (d *desks) Close() {
	for _, s := range d.states {
		s.Close()
	}
	if d.states = nil; d.model != nil {
		d.model.Close()
	}
	d.model = nil
}

// answer opens a chunk, transcribes it and seals the text. What can never
// work is a Failure in the result; an error means: try again.
func (d *desks) answer(ctx context.Context, j queue.Job, id *vault.Identity, name string) (queue.Result, error) {
	started := time.Now()
	res := queue.Result{Session: j.Session, Seq: j.Seq, Digest: j.Digest, Worker: name}
	plain, reply, err := id.OpenParcel(chunkContext(j.Session, j.Seq), j.Payload)
	if err != nil {
		return res, fmt.Errorf("open chunk %d of session %s: %w", j.Seq, j.Session, err)
	}
	note, pcm, err := unpackChunk(plain)
	if err != nil {
		res.Failure = "the chunk cannot be decoded"
		return res, nil
	}
	heard, err := d.transcribe(ctx, j.Session, note, pcm)
	if err != nil {
		return res, err
	}
	heard.Model = d.name
	text, err := json.Marshal(heard)
	if err != nil {
		return res, fmt.Errorf("write answer: %w", err)
	}
	res.Payload, err = reply.Seal(text)
	res.Elapsed = time.Since(started)
	return res, err
}

func (d *desks) transcribe(ctx context.Context, id models.SessionID, n chunkNote, pcm []int16) (models.Heard, error) {
	if n.Language == "" {
		known := <-d.languages
		n.Language = known[id]
		d.languages <- known
	}
	t := <-d.free
	defer func() { d.free <- t }()
	heard, err := t.Chunk(ctx, transcribe.Work{PCM: floats(pcm), Start: n.Start, Voiced: n.Voiced, Language: n.Language, Prompt: n.Prompt})
	if err == nil && n.Language == "" && heard.Language != "" {
		known := <-d.languages
		known[id] = heard.Language
		d.languages <- known
	}
	return heard, err
}

func floats(pcm []int16) []float32 {
	out := make([]float32, len(pcm))
	for i, v := range pcm {
		out[i] = float32(v) / 32768
	}
	return out
}
