package review

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

//go:embed templates assets text
var files embed.FS

// texts is the catalogue: every word that the page says by itself.
var texts = func() map[string]string {
	b, err := files.ReadFile("text/en.txt")
	if err != nil {
		panic(err) // embedded: it is there or the program does not build
	}
	return parseTexts(string(b))
}()

// parseTexts reads lines of the form `key = text`. Others are comments.
func parseTexts(s string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(s) {
		if key, value, ok := strings.Cut(line, " = "); ok && !strings.HasPrefix(line, "#") {
			out[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return out
}

// text is the sentence for a key. A number as the first argument chooses
// between the forms `one|many`.
func text(key string, args ...any) string {
	s, ok := texts[key]
	if !ok {
		return key
	}
	if one, many, two := strings.Cut(s, "|"); two && len(args) > 0 {
		if s = many; fmt.Sprint(args[0]) == "1" {
			s = one
		}
	}
	if len(args) == 0 || !strings.Contains(s, "%") {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// hasText tells templates whether there is a sentence for a key.
func hasText(key string) bool { return texts[key] != "" }

// scriptTexts are those that the script says.
var scriptTexts = func() string {
	out := map[string]string{}
	for k, v := range texts {
		if name, ok := strings.CutPrefix(k, "js."); ok {
			out[name] = v
		}
	}
	b, _ := json.Marshal(out) // strings always can be
	return string(b)
}()

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"t": text, "has": hasText, "asset": assetPath, "clock": models.Clock, "words": func(v any) string { return text(fmt.Sprint(v)) },
	"label": label, "sound": soundOf, "isolate": isolate, "pair": func(v ...any) []any { return v }, "list": func(v ...string) []string { return v },
}).ParseFS(files, "templates/*.html"))

// isolate takes out of a text what would reorder the rest of the page.
func isolate(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x61c || r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// label is a theme or an emotion as people write it.
func label(s string) string { return strings.ReplaceAll(s, "-", " ") }

// navigation is what every page leads to; the rest of it stands folded.
var navigation = []struct {
	Path, Text string
	More       bool
}{
	{"/", "nav.today", false},
	{"/sessions", "nav.sessions", false},
	{"/homework", "nav.homework", false},
	{"/journal", "nav.journal", false},
	{"/patterns", "nav.patterns", false},
	{"/prep", "nav.prep", false},
	{"/reflect", "nav.reflect", true},
	{"/goals", "nav.goals", true},
	{"/recall", "nav.recall", true},
	{"/notes", "nav.notes", true},
	{"/settings", "nav.settings", true},
	{"/help", "nav.help", true},
}

// frame is what surrounds every page.
type frame struct {
	Title, Theme, Texts string
	Bare, Keys          bool
	Nav, More           []navEntry
	Told                string // what was done on the page before
	Body                template.HTML
	Refresh             string // where an entering page goes
	Live                *bar   // the recording that is going on; nil where it is shown in full
	Moment              moment
}

// bar is the recording as the top of every page shows it.
type bar struct {
	liveView
	Here string // where the person is
}

type navEntry struct {
	Path, Text string
	Here       bool
}

func (p *Page) write(w http.ResponseWriter, r *http.Request, status int, a answer) {
	if a.word == "" {
		a.word = p.homeworkWord()
	}
	if a.told != "" && a.to != "" {
		a.cookies = append(a.cookies, toldCookie(a.told, 60))
	}
	for _, c := range a.cookies {
		http.SetCookie(w, c)
	}
	if a.name != "recording" {
		now, _ := p.live.Now()
		a.live = &bar{now, inside(r.URL.Path)}
	}
	if a.to == "" || isPart(r) && a.name != "" {
		if !isPart(r) && !p.Lock.Locked() {
			a.contacts, _ = p.contacts(r.Context()) // a page is worth more than what stands beside it
		}
		write(w, r, status, a)
		return
	}
	if isPart(r) {
		w.Header().Set("X-To", inside(a.to))
		if a.kept > 0 {
			w.Header().Set("X-Version", strconv.Itoa(a.kept))
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, inside(a.to), http.StatusSeeOther)
}

// isPart reports whether a script asks for a part of a page.
func isPart(r *http.Request) bool { return r.Header.Get("X-Part") != "" }

func write(w http.ResponseWriter, r *http.Request, status int, a answer) {
	if status == 0 {
		status = http.StatusOK
	}
	var body, all bytes.Buffer
	err := templates.ExecuteTemplate(&body, a.name, a.data)
	if err == nil && !isPart(r) {
		f := frame{Moment: moment{true, a.contacts}, Title: a.title, Theme: theme(r), Texts: scriptTexts, Bare: a.bare, Keys: keysOn(r), Body: template.HTML(body.String()), Live: a.live}
		f.navigate(r, a)
		f.Told = told(w, r)
		if a.name == "enter" {
			f.Refresh, _ = a.data.(string)
		}
		err = templates.ExecuteTemplate(&all, "frame", f)
	} else {
		all = body
	}
	if err != nil {
		http.Error(w, text("error.title.internal"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if a.say != "" {
		w.Header().Set("X-Say", url.PathEscape(a.say))
	}
	w.WriteHeader(status)
	_, _ = w.Write(all.Bytes())
}

func (f *frame) navigate(r *http.Request, a answer) {
	for _, n := range navigation {
		e := navEntry{n.Path, text(n.Text), n.Path == r.URL.Path || n.Path != "/" && strings.HasPrefix(r.URL.Path+"/", n.Path+"/")}
		if n.Path == "/homework" && a.word != "" {
			e.Text = a.word
		}
		if n.More {
			f.More = append(f.More, e)
		} else {
			f.Nav = append(f.Nav, e)
		}
	}
}

// toldCookie carries one of our own sentences, never one of the client's, to
// the page that comes next. With an age below zero it is taken away.
func toldCookie(say string, age int) *http.Cookie {
	return &http.Cookie{Name: "told", Value: url.PathEscape(say), Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

// told is what the page before wants said, once.
func told(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie("told")
	if err != nil || r.Method != http.MethodGet || !known(r) {
		return ""
	}
	http.SetCookie(w, toldCookie("", -1))
	say, _ := url.PathUnescape(c.Value)
	return isolate(say)
}

// assets by name; an address carries the digest of what it names, so that a
// browser may keep it and never shows an old one. They hold nothing private.
var assets = func() map[string][]byte {
	out := map[string][]byte{}
	names, _ := fs.Glob(files, "assets/*")
	for _, n := range names {
		out[path.Base(n)], _ = files.ReadFile(n)
	}
	return out
}()

func assetPath(name string) string {
	sum := sha256.Sum256(assets[name])
	return "/assets/" + name + "?" + hex.EncodeToString(sum[:6])
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	b, ok := assets[name]
	if !ok {
		refuse(w, r, http.StatusNotFound, "page")
		return
	}
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	w.Header().Set("Content-Type", types[path.Ext(name)])
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(b)
}

// Which theme and whether single keys do something is each browser's matter
// and lies in cookies of it.
func theme(r *http.Request) string {
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return "auto"
}

func keysOn(r *http.Request) bool {
	c, err := r.Cookie("keys")
	return err != nil || c.Value != "off"
}

// parseForm reads a form of either kind.
func parseForm(r *http.Request) error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		err = r.ParseMultipartForm(maxForm)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return models.Errorf(models.Invalid, "read form: %w", err)
	}
	return nil
}
