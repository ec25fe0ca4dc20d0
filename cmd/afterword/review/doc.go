// Package review is the page: a quiet notebook in the browser in which a
// person goes through what a session brought, at their own pace.
//
// It is served by `serve`, on loopback only, and holds no logic of its own:
// what it shows it reads through the small interfaces in ports.go, and what is
// decided goes back through them, the same calls that the terminal makes.
//
// The way of a request (gate.go): the Host must be ours, a writing request
// must come from our own pages, a cookie must say that this browser came in by
// a one-time link, the store must be open. Then one of the handlers in
// routes.go answers with the name of a template and what to fill in; render.go
// puts the frame around it, or leaves it off where a script asked for a part.
// An error becomes a sentence and a status in one place (error.go).
//
// To add a page: a template in templates/, a function `func (p *Page) name(r
// *http.Request) (answer, error)`, one line in routes.go, its words in
// text/en.txt and, if it belongs in the navigation, a line in render.go. To
// add a part to Today: a line in todayParts.
//
// Everything can be read, and every decision made, without a script. The
// script (assets/page.js) saves reloading, plays sound by the word, follows it,
// adds keys, and hears by server-sent events what changed elsewhere.
//
// The pages for the days between sessions (note.go, homework.go, reflect.go and
// so on) show what package days works out, through ports_days.go. Their forms
// carry the version that they saw; one that cannot be saved comes back with all
// that was typed and, after a conflict, with what stands there now (forms.go).
// assets/days.js sends them without leaving the page first, and keeps
// reflections and the journal as they are typed.
//
// Nothing is loaded from anywhere else, no text that came from a session ever
// reaches a script as anything but text, and no page may be kept by a cache.
package review
