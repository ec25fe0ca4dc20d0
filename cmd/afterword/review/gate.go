package review

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	linkLife   = 5 * time.Minute
	cookieLife = 30 * 24 * time.Hour
	cookieName = "afterword"
)

// gate decides who comes in. A browser shows a one-time link once and gets a
// cookie for it; the cookie is a time and a number signed with a key that
// outlives the process, so that an open page goes on after a restart.
type gate struct {
	key   []byte
	now   func() time.Time
	hosts map[string]bool
	base  string // http://127.0.0.1:7766

	mu    sync.Mutex
	links map[string]ticket // by token
}

type ticket struct {
	to    string
	until time.Time
}

func (g *gate) open(key []byte, now func() time.Time, address string) error {
	if err := Loopback(address); err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(address)
	g.key, g.now, g.links = key, now, map[string]ticket{}
	g.base = "http://" + net.JoinHostPort(host, port)
	// A name that an attacker's DNS points here is none of these.
	g.hosts = map[string]bool{net.JoinHostPort(host, port): true, "localhost:" + port: true}
	return nil
}

func (g *gate) link(to string) string {
	token := rand.Text()
	g.mu.Lock()
	defer g.mu.Unlock()
	for t, k := range g.links {
		if g.now().After(k.until) {
			delete(g.links, t)
		}
	}
	g.links[token] = ticket{to, g.now().Add(linkLife)}
	return g.base + "/enter?once=" + token
}

// redeem uses a link up.
func (g *gate) redeem(token string) (to string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, ok := g.links[token]
	delete(g.links, token)
	return t.to, ok && !g.now().After(t.until)
}

func (g *gate) cookie() *http.Cookie {
	b := binary.BigEndian.AppendUint64(nil, uint64(g.now().Unix()))
	salt := make([]byte, 8)
	_, _ = rand.Read(salt)
	b = append(b, salt...)
	return &http.Cookie{
		Name: cookieName, Value: base64.RawURLEncoding.EncodeToString(append(b, g.sign(b)...)), Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: int(cookieLife.Seconds()),
	}
}

func (g *gate) sign(b []byte) []byte {
	m := hmac.New(sha256.New, g.key)
	m.Write(b)
	return m.Sum(nil)
}

// known reports whether a request carries a cookie of ours.
func (g *gate) known(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(b) != 16+sha256.Size || !hmac.Equal(g.sign(b[:16]), b[16:]) {
		return false
	}
	age := g.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(b)), 0))
	return age > -time.Hour && age < cookieLife
}

// policy lets a page use what we serve and nothing else; no script and no
// style may stand in the page itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

var headers = map[string]string{
	"Content-Security-Policy":      policy,
	"Cache-Control":                "no-store",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=(), display-capture=()",
}

// guard lets a request through to next if its Host is ours and, where it
// writes, if it comes from our own pages.
func (g *gate) guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { refuse(w, r, http.StatusForbidden, "origin") }))
	inner := sameOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for k, v := range headers {
			w.Header().Set(k, v)
		}
		if !g.hosts[r.Host] {
			refuse(w, r, http.StatusMisdirectedRequest, "host")
			return
		}
		if s := r.Header.Get("Sec-Fetch-Site"); s == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
			refuse(w, r, http.StatusForbidden, "origin")
			return
		}
		inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), knownKey{}, g.known(r))))
	})
}

type knownKey struct{}

func known(r *http.Request) bool { ok, _ := r.Context().Value(knownKey{}).(bool); return ok }

// inside keeps a redirect on this page.
func inside(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}
