package llm

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/afterword/afterword/models"
)

// Config says which model reads. Address is required; zero values work.
type Config struct {
	Address Address
	Model   string        // empty takes the first that the endpoint has
	Allowed string        // the host outside this computer that the client allowed
	Part    time.Duration // for one request; 0 means 3 min
	Whole   time.Duration // for a session; 0 means 45 min
	Pause   time.Duration // before a request is tried again; 0 means 1 s
}

// Reader reads transcripts. It is safe for concurrent use.
type Reader struct{ Config }

// New makes a reader. Invalid for an endpoint on another computer that the
// client has not allowed by its name.
func New(c Config) (*Reader, error) {
	if host := c.Address.Remote(); host != "" && host != c.Allowed {
		return nil, models.Errorf(models.Invalid, "the language model is on another computer, %s, and reading would send your words there: you have not allowed that", host)
	}
	if c.Part == 0 {
		c.Part = 3 * time.Minute
	}
	if c.Whole == 0 {
		c.Whole = 45 * time.Minute
	}
	if c.Pause == 0 {
		c.Pause = time.Second
	}
	return &Reader{c}, nil
}

// Name says which model this is and where, for people.
func (r *Reader) Name() string {
	if r.Model == "" {
		return r.Address.Host()
	}
	return r.Model + " at " + r.Address.Host()
}

// Result is what a model made of a session.
type Result struct {
	Items       []models.Item
	Parts, Read int // into how many the session was cut, and how many were read
	Unproved    int // left out: the quote does not stand in the segment that they name
	Outside     int // left out: of no known kind, label, status or shape
}

// tries bounds how often one part is asked for; inARow how many parts may fail
// one after the other before the endpoint is given up.
const (
	tries  = 3
	inARow = 2
)

// Read has the model read t, which has nothing that is held back, and tells
// after each part how far it is. An error says why not all of it was read, and
// comes with what was found until then: context's own where ctx ended, else
// Unusable.
func (r *Reader) Read(ctx context.Context, t models.Transcript, tell func(read, parts int)) (Result, error) {
	all := parts(t)
	out := Result{Parts: len(all)}
	run, cancel := context.WithTimeout(ctx, r.Whole)
	defer cancel()
	c := r.Address.client()
	defer c.CloseIdleConnections()
	d := &dialogue{Reader: r, http: c, model: r.Model}
	var failed error
	failures := 0
	for i, p := range all {
		tell(i, len(all))
		answer, err := d.ask(run, p.messages(t))
		if err == nil && !out.take(t, p, answer) {
			err = errBroken
		}
		if ctx.Err() != nil {
			return out, context.Cause(ctx)
		}
		if err == nil {
			failures = 0
			continue
		}
		failed = r.Address.away(err)
		if failures++; failures == inARow || run.Err() != nil {
			break
		}
	}
	return out, failed
}

// take adds what stands in an answer; false where it cannot be read.
func (out *Result) take(t models.Transcript, p part, answer string) bool {
	list, spoilt, ok := proposals(answer)
	if !ok {
		return false
	}
	out.Read++
	out.Outside += spoilt
	for _, in := range list {
		it, v := p.check(in, t.Date)
		switch v {
		case unproved:
			out.Unproved++
		case outside:
			out.Outside++
		default:
			out.Items, _ = Merge(t, out.Items, []models.Item{it})
		}
	}
	return true
}

// dialogue is one session's way with an endpoint: which model, and which way of
// asking for JSON it understands.
type dialogue struct {
	*Reader
	http   *http.Client
	model  string
	format int  // into formats
	agreed bool // it was answered
}

// ask sends one part, again where that may help, and returns what the model
// wrote.
func (d *dialogue) ask(ctx context.Context, m []message) (string, error) {
	var err error
	for try := range tries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(d.Pause << (try - 1)):
			}
		}
		var answer string
		answer, err = d.askOnce(ctx, m)
		refused := refusal{}
		switch {
		case err == nil:
			return answer, nil
		case errors.Is(err, errBroken), errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
			return "", err // at temperature 0 it would be the same, or as slow
		case errors.As(err, &refused) && !refused.passing():
			return "", err
		}
	}
	return "", err
}

// askOnce asks in the first way that the endpoint takes.
func (d *dialogue) askOnce(ctx context.Context, m []message) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Part)
	defer cancel()
	if err := d.choose(ctx); err != nil {
		return "", err
	}
	for {
		var got struct {
			Choices []struct {
				Message struct {
					Content string `json:"content"`
				} `json:"message"`
			} `json:"choices"`
		}
		err := d.Address.call(ctx, d.http, http.MethodPost, "/chat/completions", request{Model: d.model, Messages: m, MaxTokens: maxTokens, Format: formats[d.format]}, &got)
		if refused := (refusal{}); errors.As(err, &refused) && refused.form() && !d.agreed {
			if d.format = (d.format + 1) % len(formats); d.format > 0 {
				continue
			}
		}
		if err != nil {
			return "", err
		}
		d.agreed = true
		if len(got.Choices) == 0 {
			return "", errBroken
		}
		return got.Choices[0].Message.Content, nil
	}
}

// choose finds out the model's name where none was set.
func (d *dialogue) choose(ctx context.Context) error {
	if d.model != "" {
		return nil
	}
	names, err := d.Address.models(ctx, d.http)
	if len(names) > 0 {
		d.model = names[0]
	}
	return err
}
