package review

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func TestLinksAndCookiesEnd(t *testing.T) {
	now := time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	var g gate
	if err := g.open(make([]byte, 32), func() time.Time { return now }, "127.0.0.1:7766"); err != nil {
		t.Fatal(err)
	}
	token := func(link string) string { _, t, _ := strings.Cut(link, "once="); return t }
	first := token(g.link("/a"))
	if to, ok := g.redeem(first); !ok || to != "/a" {
		t.Errorf("a fresh link: %q %v", to, ok)
	}
	if _, ok := g.redeem(first); ok {
		t.Error("a link works twice")
	}
	late := token(g.link("/b"))
	now = now.Add(linkLife + time.Second)
	if _, ok := g.redeem(late); ok {
		t.Error("an old link works")
	}
	asks := func(g *gate, c *http.Cookie) bool {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(c)
		return g.known(r)
	}
	cookie := g.cookie()
	if !asks(&g, cookie) {
		t.Error("our own cookie is not known")
	}
	var other gate
	_ = other.open(append(make([]byte, 31), 1), func() time.Time { return now }, "127.0.0.1:7766")
	if asks(&other, cookie) {
		t.Error("a cookie signed with another key is known")
	}
	for i := range cookie.Value {
		forged := *cookie
		c := byte('A')
		if cookie.Value[i] == 'A' {
			c = 'B'
		}
		forged.Value = cookie.Value[:i] + string(c) + cookie.Value[i+1:]
		// The last character of the coding has bits that mean nothing.
		if asks(&g, &forged) && i < len(cookie.Value)-1 {
			t.Fatalf("a cookie with another character %d is known", i)
		}
	}
	now = now.Add(cookieLife)
	if asks(&g, cookie) {
		t.Error("an old cookie is known")
	}
}

func TestLoopbackOnly(t *testing.T) {
	want := map[string]bool{
		"127.0.0.1:7766": true, "[::1]:7766": true, "localhost:0": true, "127.8.9.1:1": true,
		"0.0.0.0:7766": false, ":7766": false, "192.168.1.5:80": false, "example.org:80": false, "[::]:80": false, "127.0.0.1": false, "": false,
	}
	for _, a := range slices.Sorted(maps.Keys(want)) {
		err := Loopback(a)
		if (err == nil) != want[a] {
			t.Errorf("%q: %v", a, err)
		}
		if err != nil && models.HintOf(err) == "" {
			t.Errorf("%q: no hint", a)
		}
	}
}
