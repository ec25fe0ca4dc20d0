package review

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/afterword/afterword/models"
)

// Scripts come in by the same gate as browsers: the Host must be ours, another
// page's request is refused, the store must be open. In the place of a cookie
// they show a token, which no browser sends by itself.

// Scripts is what answers them. Refuse answers for it where a request does not
// get that far.
type Scripts struct {
	Handler http.Handler
	Refuse  func(w http.ResponseWriter, status int, code, said string)
	Token   func() string // the one that is good now; empty for none
}

const apiPath = "/api/"

func (p *Page) scripts(w http.ResponseWriter, r *http.Request) {
	shown, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	good := p.API.Token()
	switch {
	case !ok || good == "" || subtle.ConstantTimeCompare([]byte(shown), []byte(good)) != 1:
		w.Header().Set("WWW-Authenticate", "Bearer")
		p.API.Refuse(w, http.StatusUnauthorized, "unknown", "this needs a token: 'afterword token' prints it")
	case p.Lock.Locked():
		p.API.Refuse(w, http.StatusLocked, string(models.Locked), "the store is locked: 'afterword unlock'")
	default:
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		p.API.Handler.ServeHTTP(w, r)
	}
}

// ItemChanged lets open pages know that an item was decided about elsewhere:
// those that show it, and those that show its session.
func (p *Page) ItemChanged(it models.Item) {
	p.tellItem(it)
	p.ItemsChanged(it.Session)
}

func (p *Page) tellItem(it models.Item) {
	p.events.tell(event{name: "item", data: map[string]string{"id": string(it.ID), "seen": viewOf(it).Seen}})
}

// ItemsChanged lets open pages know that items of a session were decided about
// elsewhere, or found anew.
func (p *Page) ItemsChanged(id models.SessionID) {
	p.events.tell(event{name: "items", data: map[string]string{"session": string(id)}})
}

// StatusOf is the HTTP status of an error's code.
func StatusOf(c models.Code) int {
	if s, ok := statuses[c]; ok {
		return s
	}
	return http.StatusInternalServerError
}
