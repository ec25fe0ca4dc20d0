package queue

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/afterword/afterword/models"
)

func TestReadAJob(t *testing.T) {
	good, err := job(7).message()
	if err != nil {
		t.Fatal(err)
	}
	with := func(k, v string) nats.Header {
		h := nats.Header{}
		for key, vs := range good.Header {
			h[key] = vs
		}
		h.Set(k, v)
		return h
	}
	tests := []struct {
		name    string
		subject string
		header  nats.Header
		data    []byte
		want    models.Code
		is      error
	}{
		{"as it was written", good.Subject, good.Header, good.Data, "", nil},
		{"another version", good.Subject, with(keyFormat, "2"), good.Data, models.TooNew, errFormat},
		{"no headers", good.Subject, nil, good.Data, models.TooNew, errFormat},
		{"another payload", good.Subject, good.Header, []byte("sealed-8"), models.Unusable, errDamaged},
		{"headers of another chunk", good.Subject, with(keySeq, "8"), good.Data, models.Unusable, nil},
		{"a time that is no number", good.Subject, with(keyStart, "soon"), good.Data, models.Unusable, nil},
		{"a subject without a number", "afterword.chunk.7f20", good.Header, good.Data, models.Invalid, nil},
		{"a subject of something else", "afterword.hub.begin", good.Header, good.Data, models.Invalid, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j, err := parseJob(tt.subject, tt.header, tt.data)
			if models.CodeOf(err) != tt.want || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("read %+v, %v", j, err)
			}
			if wantID := tt.want != models.Invalid; (j.Session == session && j.Seq == 7) != wantID {
				t.Errorf("read as chunk %d of session %q", j.Seq, j.Session)
			}
		})
	}
}

// FuzzReadMessages: whatever comes over the wire, the readers neither panic nor
// let through what its checksum does not cover, and what they let through can
// be written again.
func FuzzReadMessages(f *testing.F) {
	m, err := job(3).message()
	if err != nil {
		f.Fatal(err)
	}
	r := Result{Session: session, Seq: 3, Digest: "d", Payload: []byte("x"), Worker: "w", Elapsed: time.Second}.message("h")
	for _, m := range []*nats.Msg{m, r} {
		h := m.Header
		f.Add(m.Subject, h.Get(keyFormat), h.Get(keySession), h.Get(keySeq), h.Get(keyStart), h.Get(keyElapsed), h.Get(keySum), m.Data)
	}
	f.Add("afterword.chunk.a b.-1", "1", "a b", "-1", "x", "", "", []byte(nil))
	f.Fuzz(func(t *testing.T, subject, format, id, seq, start, elapsed, check string, data []byte) {
		h := nats.Header{
			keyFormat: {format}, keySession: {id}, keySeq: {seq}, keyStart: {start}, keyEnd: {start},
			keyElapsed: {elapsed}, keySum: {check}, keyFailure: {subject}, keyHolder: {id}, keyWorker: {id},
		}
		if j, err := parseJob(subject, h, data); err == nil && len(data) > 0 && len(data) < MaxPayload-room {
			again, err := j.message()
			if err != nil || again.Subject != subject || !bytes.Equal(again.Data, data) {
				t.Errorf("%+v is written as %+v, %v", j, again, err)
			}
		}
		if r, holder, err := parseResult(h, data); err == nil {
			m := r.message(holder)
			again, _, err := parseResult(m.Header, m.Data)
			if err != nil || again.Session != r.Session || again.Seq != r.Seq {
				t.Errorf("%+v is read again as %+v, %v", r, again, err)
			}
		}
		connectName([]byte("CONNECT " + subject))
		splitSubject(subject)
	})
}

func TestConnectName(t *testing.T) {
	tests := []struct{ line, want string }{
		{"CONNECT {\"verbose\":false,\"name\":\"worker/1\"}\r\n", "worker/1"},
		{"CONNECT {\"verbose\":false}\r\n", ""},
		{"PING\r\n", ""},
		{"CONNECT {\r\n", ""},
	}
	for _, tt := range tests {
		if got := connectName([]byte(tt.line)); got != tt.want {
			t.Errorf("%q names %q, want %q", tt.line, got, tt.want)
		}
	}
}
