package review

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// again is how a form comes back that could not be saved: with all that was
// typed, why, and, if it was changed in another window, what stands there now.
type again struct {
	Say string
	Now []said
}

// said is one thing that stands somewhere, under its name.
type said struct{ Name, Text string }

// saids leaves out what says nothing.
func saids(pairs ...said) []said {
	var out []said
	for _, p := range pairs {
		if p.Text = strings.TrimSpace(isolate(p.Text)); p.Text != "" {
			out = append(out, p)
		}
	}
	return out
}

// comeBack says how a form comes back after an error; ok is false for errors
// that have nothing to do with what was typed.
func comeBack(err error) (a again, status int, ok bool) {
	switch models.CodeOf(err) {
	case models.Conflict:
		return again{Say: text("again.conflict")}, http.StatusConflict, true
	case models.Invalid:
		return again{Say: sentence(err)}, http.StatusBadRequest, true
	}
	return again{}, 0, false
}

// sentence is what an error says to a person who filled in a form: without the
// name of the form, and with the hint.
func sentence(err error) string {
	s := err.Error()
	if _, rest, ok := strings.Cut(s, ": "); ok {
		s = rest
	}
	s = upper(s) + "."
	if h := models.HintOf(err); h != "" && !strings.Contains(h, "--") && !strings.Contains(h, "'afterword") {
		s += " " + upper(h) + "."
	}
	return s
}

// upper begins with a capital letter.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// field is what a form says under a name. Browsers end lines with two
// characters; texts here end them with one.
func field(r *http.Request, name string) string {
	s := strings.ToValidUTF8(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"), "\uFFFD")
	return strings.TrimSpace(s)
}

// number is a whole number of a form; nil where there is none. What is none
// becomes an Invalid error.
func number(r *http.Request, name string) (*int, error) {
	s := strings.Trim(field(r, name), " %")
	if s == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "read form: %q is no whole number", s)
	}
	return &n, nil
}

// seen is the version that a form was filled in with.
func seen(r *http.Request) int {
	n, _ := strconv.Atoi(r.PostFormValue("version"))
	return max(0, n)
}

// back is where a form leads when it is saved.
func back(r *http.Request, otherwise string) string {
	if b := r.PostFormValue("back"); b != "" {
		return inside(b)
	}
	return otherwise
}

func digits(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
