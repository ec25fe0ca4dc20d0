package review

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// copies are files for the client to keep, as the terminal writes them.
type copies interface {
	// Copy is one session, or all that there is where id is empty, in a form.
	Copy(ctx context.Context, id models.SessionID, form string) (File, error)
	// Backup is everything, sealed with a passphrase.
	Backup(passphrase string) File
	sharing
}

// File is one that is written while it is sent. Its name tells nothing.
type File struct {
	Name  string
	Write func(ctx context.Context, w io.Writer) error
}

// copyForms are those of a session; captions belong to one session alone.
var (
	copyForms = []string{"pdf", "html", "md", "txt", "json", "csv", "srt", "vtt", "ics", "zip"}
	allForms  = slices.DeleteFunc(slices.Clone(copyForms), func(f string) bool { return f == "srt" || f == "vtt" })
)

var copyTypes = map[string]string{
	"pdf": "application/pdf", "html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8", "txt": "text/plain; charset=utf-8", "json": "application/json",
	"csv": "text/csv; charset=utf-8", "srt": "application/x-subrip", "vtt": "text/vtt; charset=utf-8", "ics": "text/calendar; charset=utf-8", "zip": "application/zip", "age": "application/octet-stream",
}

// copiesView offers the forms at a place.
type copiesView struct {
	At    string // /sessions/…/copy or /copy
	Forms []string
}

// copySession sends one session, copyAll everything.
func (p *Page) copySession(w http.ResponseWriter, r *http.Request) {
	s, err := p.findSession(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.sendCopy(w, r, s.ID, copyForms)
}

func (p *Page) copyAll(w http.ResponseWriter, r *http.Request) { p.sendCopy(w, r, "", allForms) }

func (p *Page) sendCopy(w http.ResponseWriter, r *http.Request, id models.SessionID, forms []string) {
	form := r.PathValue("form")
	if !slices.Contains(forms, form) {
		refuse(w, r, http.StatusNotFound, "page")
		return
	}
	f, err := p.Copies.Copy(r.Context(), id, form)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.send(w, r, f)
}

// backup sends everything, sealed with the passphrase of the form.
func (p *Page) backup(w http.ResponseWriter, r *http.Request) {
	if pass, ok := p.newPassphrase(w, r); ok {
		p.send(w, r, p.Copies.Backup(pass))
	}
}

// newPassphrase is what a form says twice. It answers where that is not so.
func (p *Page) newPassphrase(w http.ResponseWriter, r *http.Request) (pass string, ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := parseForm(r); err != nil {
		p.fail(w, r, err)
		return "", false
	}
	if pass = r.PostFormValue("passphrase"); pass == "" || pass != r.PostFormValue("again") {
		p.fail(w, r, models.WithHint(models.Errorf(models.Invalid, "%s", text("backup.differ")), "%s", text("backup.differ.hint")))
		return "", false
	}
	return pass, true
}

// send writes a file as it is made. What goes wrong before its first byte
// becomes a page; after it the connection breaks off, so that no browser takes
// a part for the whole.
func (p *Page) send(w http.ResponseWriter, r *http.Request, f File) {
	late := &lateWriter{to: w, name: f.Name}
	err := f.Write(r.Context(), late)
	switch {
	case err == nil:
		late.begin()
	case !late.begun:
		p.fail(w, r, err)
	default:
		p.Log.Error("file was not sent whole", "route", r.Pattern, "error", err.Error())
		panic(http.ErrAbortHandler)
	}
}

// lateWriter sets the headers of a file at its first byte.
type lateWriter struct {
	to    http.ResponseWriter
	name  string
	begun bool
}

func (l *lateWriter) Write(b []byte) (int, error) {
	l.begin()
	return l.to.Write(b)
}

func (l *lateWriter) begin() {
	if l.begun {
		return
	}
	l.begun = true
	h := l.to.Header()
	h.Set("Content-Type", copyTypes[l.name[strings.LastIndexByte(l.name, '.')+1:]])
	h.Set("Content-Disposition", `attachment; filename="`+l.name+`"`)
}
