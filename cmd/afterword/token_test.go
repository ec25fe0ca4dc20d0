//go:build unix

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// script is what a person's own program does with the API.
type script struct {
	*testing.T
	base, token string
	header      http.Header
}

// ask sends a request and gives the status and the decoded answer.
func (s script) ask(method, path, body string) (int, map[string]any) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	for k, v := range s.header {
		r.Header[k] = v
	}
	if h := s.header.Get("Host"); h != "" {
		r.Host = h
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	var out map[string]any
	_ = json.Unmarshal(b, &out)
	return res.StatusCode, out
}

func (s script) want(status int, method, path, body string) map[string]any {
	s.Helper()
	got, out := s.ask(method, path, body)
	if got != status {
		s.Errorf("%s %s: %d, want %d: %v", method, path, got, status, out)
	}
	return out
}

func TestAPI(t *testing.T) {
	home, session := preparedHome(t)
	base, _, _ := strings.Cut(startService(t)(), "/enter")
	s := script{T: t, base: base + "/api/v1"}

	// Nobody comes in without the token, from another page or by another name.
	s.want(http.StatusUnauthorized, "GET", "/sessions", "")
	s.token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	s.want(http.StatusUnauthorized, "GET", "/sessions", "")
	s.token = strings.TrimSpace(must(t, "token"))
	if again := strings.TrimSpace(must(t, "token")); again != s.token {
		t.Error("asked again, the token is another one")
	}
	if fi, err := os.Stat(filepath.Join(home, "keys", "api.token")); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("the token's file: %v, %v", fi, err)
	}
	other := s
	other.header = http.Header{"Host": {"evil.example"}}
	other.want(http.StatusMisdirectedRequest, "GET", "/sessions", "")
	other.header = http.Header{"Origin": {"http://evil.example"}}
	other.want(http.StatusForbidden, "POST", "/notes", `{"mood": 3}`)

	list := s.want(http.StatusOK, "GET", "/sessions", "")["sessions"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["id"] != session {
		t.Errorf("sessions: %v", list)
	}
	s.want(http.StatusOK, "GET", "/sessions/"+session, "")
	s.want(http.StatusNotFound, "GET", "/sessions/0123456789ab", "")
	s.want(http.StatusUnprocessableEntity, "GET", "/sessions/..%2f..", "")
	s.want(http.StatusNotFound, "GET", "/nothing", "")
	s.want(http.StatusUnprocessableEntity, "GET", "/sessions?surprise=1", "")

	// The words are the fixed transcript file, as the terminal prints it.
	var printed map[string]any
	if err := json.Unmarshal([]byte(must(t, "transcript", session, "--format", "json")), &printed); err != nil {
		t.Fatal(err)
	}
	got := s.want(http.StatusOK, "GET", "/sessions/"+session+"/transcript", "")
	a, _ := json.Marshal(printed["segments"])
	b, _ := json.Marshal(got["segments"])
	if len(a) < 1000 || string(a) != string(b) {
		t.Errorf("the transcript differs:\n%.300s\n%.300s", a, b)
	}
	s.decides(session)
	s.notes()
	s.described()

	must(t, "token", "--new")
	s.want(http.StatusUnauthorized, "GET", "/sessions", "")
	s.token = strings.TrimSpace(must(t, "token"))
	s.want(http.StatusOK, "GET", "/sessions", "")
	must(t, "token", "--revoke")
	s.want(http.StatusUnauthorized, "GET", "/sessions", "")
}

func (s script) decides(session string) {
	items := s.want(http.StatusOK, "GET", "/sessions/"+session+"/items?kind=action", "")["items"].([]any)
	if len(items) == 0 {
		s.Fatal("there are no actions")
	}
	first := items[0].(map[string]any)
	path := "/items/" + first["id"].(string)
	if quotes := first["evidence"].([]any); len(quotes) == 0 || quotes[0].(map[string]any)["quote"] == "" {
		s.Error("an item without its words")
	}
	it := s.want(http.StatusOK, "POST", path+"/decision", `{"decision": "accepted"}`)
	if it["decision"] != "accepted" {
		s.Errorf("accepted: %v", it["decision"])
	}
	s.want(http.StatusConflict, "POST", path+"/decision", `{"decision": "rejected", "as": "2026-01-01T00:00:00Z"}`)
	as, _ := json.Marshal(it["decided"])
	it = s.want(http.StatusOK, "POST", path+"/decision", `{"decision": "edited", "text": "In my own words", "due": "2026-12-24", "as": `+string(as)+`}`)
	if it["text"] != "In my own words" || it["due"] != "2026-12-24" {
		s.Errorf("edited: %v", it)
	}
	for _, bad := range []string{`{"decision": "maybe"}`, `{`, `{"decision": "accepted", "surprise": 1}`} {
		if got, _ := s.ask("POST", path+"/decision", bad); got < 400 || got >= 500 {
			s.Errorf("%s: %d", bad, got)
		}
	}
	s.want(http.StatusBadRequest, "POST", path+"/decision", `{"decision": "edited", "due": "yesterday"}`)
	s.want(http.StatusBadRequest, "POST", path+"/decision", `{"decision": "rejected", "text": "x"}`)
	s.want(http.StatusOK, "POST", path+"/finished", `{"finished": true}`)
	if it = s.want(http.StatusOK, "POST", path+"/undo", ""); it["decision"] != "accepted" || it["finished"] != true {
		s.Errorf("undone: %v", it)
	}
	if stored, err := itemOf(s.T, first["id"].(string)); err != nil || stored.Decision != models.Accepted || !stored.Finished {
		s.Errorf("stored: %v %v", stored.Decision, err)
	}
	s.want(http.StatusNotFound, "GET", "/items/00000000", "")
}

func (s script) notes() {
	s.want(http.StatusOK, "POST", "/notes", `{"day": "2026-03-06", "mood": 6, "text": "slept <b>better</b>", "emotions": ["calm"]}`)
	s.want(http.StatusUnprocessableEntity, "POST", "/notes", `{"mood": 11}`)
	s.want(http.StatusBadRequest, "POST", "/notes", `{}`)
	list := s.want(http.StatusOK, "GET", "/notes?since=2026-03-01", "")["notes"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["text"] != "slept <b>better</b>" {
		s.Errorf("notes: %v", list)
	}
	s.want(http.StatusUnprocessableEntity, "GET", "/notes?since=soon", "")
}

// described holds that the document names each operation, and nothing that
// lies elsewhere.
func (s script) described() {
	doc := s.want(http.StatusOK, "GET", "/openapi.json", "")
	paths, _ := doc["paths"].(map[string]any)
	if doc["openapi"] != "3.1.0" || len(paths) != 9 {
		s.Errorf("OpenAPI %v with %d paths", doc["openapi"], len(paths))
	}
	for p := range paths {
		if !strings.HasPrefix(p, "/api/v1/") {
			s.Errorf("path %s", p)
		}
	}
	s.want(http.StatusNotFound, "GET", "/docs", "")
}
