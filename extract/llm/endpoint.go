package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/afterword/afterword/models"
)

// maxAnswer bounds what an endpoint may answer, in bytes.
const maxAnswer = 1 << 20

// Address is where a language model answers.
type Address struct {
	base string // ends without a slash
	host string // with its port
	here bool   // on this computer
}

// ParseAddress reads the base of an endpoint, such as http://127.0.0.1:8080/v1.
// On another computer it must be https. Invalid.
func ParseAddress(s string) (Address, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(s), "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Address{}, models.WithHint(models.Errorf(models.Invalid, "the address of the language model is not one"), "it looks like http://127.0.0.1:8080/v1")
	}
	if u.Path == "" {
		u.Path = "/v1"
	}
	a := Address{base: u.String(), host: u.Host, here: loopback(u.Hostname())}
	if !a.here && u.Scheme != "https" {
		return Address{}, models.WithHint(models.Errorf(models.Invalid, "the language model is on another computer, and http would send your words there for anyone on the way to read"),
			"use https, or reach it through a tunnel that ends on this computer")
	}
	return a, nil
}

// Remote is the host, with its port if it names one, of an endpoint that is not
// on this computer; else empty.
func (a Address) Remote() string {
	if a.here {
		return ""
	}
	return a.host
}

// Host is where the endpoint is, for people.
func (a Address) Host() string { return a.host }

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// stayHere refuses a connection that leaves this computer.
func stayHere(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !loopback(host) {
		return errors.New("this address is not on this computer")
	}
	return nil
}

func (a Address) client() *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second}
	if a.here {
		d.Control = stayHere
	}
	return &http.Client{
		Transport:     &http.Transport{DialContext: d.DialContext, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10, TLSHandshakeTimeout: 10 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// refusal is an answer that is none. What the endpoint wrote is not kept: it may
// repeat what was said.
type refusal struct{ status int }

func (r refusal) Error() string { return fmt.Sprintf("it answered with status %d", r.status) }

// passing reports whether the same request may do better a little later.
func (r refusal) passing() bool { return r.status == http.StatusTooManyRequests || r.status >= 500 }

// form reports whether it may be the way of asking that was refused; the server
// of llama-cpp-python says so with 500.
func (r refusal) form() bool {
	return r.status == http.StatusBadRequest || r.status == http.StatusUnprocessableEntity || r.status == http.StatusInternalServerError
}

// errBroken is an answer that cannot be read.
var errBroken = errors.New("its answer could not be read")

// call sends one request and reads the answer into out. The error never holds
// what was sent or answered.
func (a Address) call(ctx context.Context, c *http.Client, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		if inner := (*url.Error)(nil); errors.As(err, &inner) {
			err = inner.Err
		}
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refusal{resp.StatusCode}
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(b) > maxAnswer || json.Unmarshal(b, out) != nil {
		return errBroken
	}
	return nil
}

// Models lists the models that the endpoint has: a way to see whether it
// answers.
func (a Address) Models(ctx context.Context) ([]string, error) {
	c := a.client()
	defer c.CloseIdleConnections()
	names, err := a.models(ctx, c)
	if err != nil {
		return nil, a.away(err)
	}
	return names, nil
}

func (a Address) models(ctx context.Context, c *http.Client) ([]string, error) {
	var got struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	err := a.call(ctx, c, http.MethodGet, "/models", nil, &got)
	var names []string
	for _, m := range got.Data {
		names = append(names, m.ID)
	}
	return names, err
}

// away says for people what became of a request.
func (a Address) away(err error) error {
	why := "it was not reached"
	refused := refusal{}
	switch {
	case errors.As(err, &refused), errors.Is(err, errBroken):
		why = err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		why = "it took too long"
	}
	return models.Errorf(models.Unusable, "the language model at %s: %s", a.host, why)
}
