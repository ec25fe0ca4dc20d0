package review

import (
	"context"
	"errors"
	"net/http"

	"github.com/afterword/afterword/models"
)

var statuses = map[models.Code]int{
	models.Invalid: http.StatusBadRequest, models.NotFound: http.StatusNotFound, models.Conflict: http.StatusConflict, models.Stale: http.StatusConflict,
	models.Locked: http.StatusLocked, models.Busy: http.StatusServiceUnavailable, models.NotServed: http.StatusServiceUnavailable,
	models.Unusable: http.StatusUnprocessableEntity, models.Partial: http.StatusUnprocessableEntity, models.DiskFull: http.StatusInsufficientStorage,
	models.NoModel: http.StatusServiceUnavailable, models.TooNew: http.StatusServiceUnavailable,
}

// errorView is a calm page about what did not work. Which words it has depends
// on Why: a code of models, or host, origin, unknown.
type errorView struct {
	Why    string
	Detail string // our own sentence; never what was said
	Hint   string
}

// fail is the one place where an error becomes a page.
func (p *Page) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is waiting for it
	}
	code := models.CodeOf(err)
	if code == models.Locked {
		p.askPassphrase(w, r, "")
		return
	}
	status, ok := statuses[code]
	if !ok {
		status = http.StatusInternalServerError
		p.Log.Error("page failed", "route", r.Pattern, "error", err.Error())
	}
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		status = http.StatusRequestEntityTooLarge
	}
	p.write(w, r, status, answer{name: "error", title: text("error.title." + string(code)), data: errorView{string(code), err.Error(), models.HintOf(err)}})
}

// refuse answers who has not come in. It says nothing that depends on the
// store.
func refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	write(w, r, status, answer{name: "error", title: text("error.title." + why), data: errorView{Why: why}, bare: true})
}
