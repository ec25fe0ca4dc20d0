package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

type sessions interface {
	Sessions(ctx context.Context) ([]models.Session, error) // newest first
	FindSession(ctx context.Context, id models.SessionID) (models.Session, error)
	Transcript(ctx context.Context, id models.SessionID) (models.Transcript, error)
}

type items interface {
	ItemsOf(ctx context.Context, id models.SessionID) ([]models.Item, error) // rejected ones too
	FindItem(ctx context.Context, id models.ItemID) (models.Item, error)
}

type decisions interface {
	DecideAs(ctx context.Context, as models.Item, d models.Decision, edit func(*models.Item)) (models.Item, error) // Conflict, Stale
	Undo(ctx context.Context, id models.ItemID) (models.Item, error)
	Finish(ctx context.Context, id models.ItemID, done bool) error
}

type notes interface {
	Notes(ctx context.Context, since models.Date) ([]days.Note, error) // oldest first
	SaveNote(ctx context.Context, n days.Note) (days.Note, error)
}

// Config is what the API is made of; all of it is required, save Changed.
type Config struct {
	Sessions  sessions
	Items     items
	Decisions decisions
	Notes     notes
	Status    func(models.Code) int // of HTTP
	Changed   func(models.Item)     // hears of every decision
	Version   string                // of the program
}

// Path is where everything of the API lies.
const Path = "/api/v1/"

// api answers; its methods are the operations.
type api struct{ Config }

// New makes the handler of everything under Path.
func New(c Config) http.Handler {
	if c.Changed == nil {
		c.Changed = func(models.Item) {}
	}
	a := &api{c}
	mux := http.NewServeMux()
	set := huma.DefaultConfig("Afterword", c.Version)
	set.Info.Description = "What scripts on this computer may read and decide. 'afterword token' prints the token."
	set.OpenAPIPath = strings.TrimSuffix(Path, "/") + "/openapi"
	set.DocsPath, set.SchemasPath = "", "" // a page of documents would load scripts from elsewhere
	set.CreateHooks = nil
	set.RejectUnknownQueryParameters = true
	set.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	set.Security = []map[string][]string{{"token": {}}}
	h := humago.New(mux, set)
	huma.Register(h, get("sessions", "List the sessions, newest first"), a.listSessions)
	huma.Register(h, get("sessions/{session}", "One session"), a.findSession)
	huma.Register(h, get("sessions/{session}/transcript", "Every word of a session"), a.transcript)
	huma.Register(h, get("sessions/{session}/items", "What was found in a session"), a.listItems)
	huma.Register(h, get("items/{item}", "One thing that was found"), a.findItem)
	huma.Register(h, post("items/{item}/decision", "Keep, change or put away"), a.decide)
	huma.Register(h, post("items/{item}/undo", "Take the last decision back"), a.undo)
	huma.Register(h, post("items/{item}/finished", "Tick off, or not"), a.finish)
	huma.Register(h, get("notes", "The notes of days, oldest first"), a.listNotes)
	huma.Register(h, post("notes", "Write a note of a day"), a.saveNote)
	mux.HandleFunc(Path, func(w http.ResponseWriter, r *http.Request) {
		Refuse(w, http.StatusNotFound, string(models.NotFound), "there is nothing at this address")
	})
	return mux
}

func get(path, summary string) huma.Operation {
	return operation(http.MethodGet, path, summary)
}

func post(path, summary string) huma.Operation {
	return operation(http.MethodPost, path, summary)
}

func operation(method, path, summary string) huma.Operation {
	name := strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
	return huma.Operation{OperationID: strings.ToLower(method) + "-" + name, Method: method, Path: Path + path, Summary: summary, MaxBodyBytes: 1 << 20}
}

// fail turns an error into a problem.
func (a *api) fail(err error) error {
	code := models.CodeOf(err)
	status := a.Status(code)
	said := err.Error()
	if status >= http.StatusInternalServerError && code == models.Internal {
		said = "something went wrong here; nothing was lost"
	}
	if hint := models.HintOf(err); hint != "" {
		said += "; " + hint
	}
	return &huma.ErrorModel{Type: "afterword:" + string(code), Title: http.StatusText(status), Status: status, Detail: said}
}

// Refuse answers with a problem where a request does not get as far as an
// operation.
func Refuse(w http.ResponseWriter, status int, code, said string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = huma.DefaultJSONFormat.Marshal(w, huma.ErrorModel{Type: "afterword:" + code, Title: http.StatusText(status), Status: status, Detail: said})
}

type reply[T any] struct{ Body T }

// SessionIn names a session. It is exported for huma, which reads inputs by reflection.
type SessionIn struct {
	Session string `path:"session" pattern:"^[0-9a-f]{12}$" doc:"ID of a session"`
}

type sessionList struct {
	Sessions []Session `json:"sessions"`
}

func (a *api) listSessions(ctx context.Context, _ *struct{}) (*reply[sessionList], error) {
	all, err := a.Sessions.Sessions(ctx)
	if err != nil {
		return nil, a.fail(err)
	}
	out := &reply[sessionList]{sessionList{[]Session{}}}
	for _, s := range all {
		out.Body.Sessions = append(out.Body.Sessions, sessionOf(s))
	}
	return out, nil
}

func (a *api) findSession(ctx context.Context, in *SessionIn) (*reply[Session], error) {
	s, err := a.Sessions.FindSession(ctx, models.SessionID(in.Session))
	if err != nil {
		return nil, a.fail(err)
	}
	return &reply[Session]{sessionOf(s)}, nil
}

func (a *api) transcript(ctx context.Context, in *SessionIn) (*reply[Transcript], error) {
	t, err := a.Sessions.Transcript(ctx, models.SessionID(in.Session))
	if err != nil {
		return nil, a.fail(err)
	}
	out, err := transcriptOf(t)
	if err != nil {
		return nil, a.fail(err)
	}
	return &reply[Transcript]{out}, nil
}

type itemList struct {
	Items []Item `json:"items"`
}

func (a *api) listItems(ctx context.Context, in *struct {
	SessionIn
	Kind     string `query:"kind" enum:"theme,emotion,action,goal,trigger,coping,open-loop,question,takeaway"`
	Decision string `query:"decision" enum:"proposed,accepted,edited,rejected"`
},
) (*reply[itemList], error) {
	if _, err := a.Sessions.FindSession(ctx, models.SessionID(in.Session)); err != nil {
		return nil, a.fail(err)
	}
	all, err := a.Items.ItemsOf(ctx, models.SessionID(in.Session))
	if err != nil {
		return nil, a.fail(err)
	}
	out := &reply[itemList]{itemList{[]Item{}}}
	for _, it := range all {
		if (in.Kind == "" || in.Kind == string(it.Kind)) && (in.Decision == "" || in.Decision == string(it.Decision)) {
			out.Body.Items = append(out.Body.Items, itemOf(it))
		}
	}
	return out, nil
}

// ItemIn names an item.
type ItemIn struct {
	Item string `path:"item" pattern:"^[0-9a-f]{8}$" doc:"ID of an item"`
}

func (a *api) findItem(ctx context.Context, in *ItemIn) (*reply[Item], error) {
	it, err := a.Items.FindItem(ctx, models.ItemID(in.Item))
	if err != nil {
		return nil, a.fail(err)
	}
	return &reply[Item]{itemOf(it)}, nil
}

// decisionIn says what is made of an item. With edited, the fields that are
// given replace what the item says.
type decisionIn struct {
	Decision   string     `json:"decision" enum:"accepted,edited,rejected,proposed"`
	As         *time.Time `json:"as,omitempty" doc:"The item's decided, as it was read: refused with 409 if it was decided about since"`
	Text       *string    `json:"text,omitempty" minLength:"1" maxLength:"10000"`
	Due        *string    `json:"due,omitempty"`
	Recurrence *string    `json:"recurrence,omitempty" maxLength:"100"`
	When       *string    `json:"when,omitempty" maxLength:"1000"`
	Where      *string    `json:"where,omitempty" maxLength:"1000"`
}

func (a *api) decide(ctx context.Context, in *struct {
	ItemIn
	Body decisionIn
},
) (*reply[Item], error) {
	it, err := a.Items.FindItem(ctx, models.ItemID(in.Item))
	if err != nil {
		return nil, a.fail(err)
	}
	if in.Body.As != nil && !in.Body.As.Equal(it.Decided) {
		return nil, a.fail(models.WithHint(models.Errorf(models.Conflict, "item %s was decided about meanwhile", it.ID), "read it again"))
	}
	edit, err := in.Body.edit()
	if err != nil {
		return nil, a.fail(err)
	}
	return a.decided(a.Decisions.DecideAs(ctx, it, models.Decision(in.Body.Decision), edit))
}

// edit is what the given fields change; nil where nothing is to be changed.
func (d decisionIn) edit() (func(*models.Item), error) {
	if d.Decision != string(models.Edited) {
		if d.Text != nil || d.Due != nil || d.Recurrence != nil || d.When != nil || d.Where != nil {
			return nil, models.Errorf(models.Invalid, "decide about item: only an edit changes what it says")
		}
		return nil, nil
	}
	if d.Text != nil && strings.TrimSpace(*d.Text) == "" {
		return nil, models.Errorf(models.Invalid, "edit item: it would be left without words")
	}
	if d.Due != nil && *d.Due != "" {
		if _, err := models.ParseDate(*d.Due); err != nil {
			return nil, err
		}
	}
	return func(it *models.Item) {
		for _, f := range []struct {
			to   *string
			from *string
		}{{&it.Text, d.Text}, {(*string)(&it.Due), d.Due}, {&it.Recurrence, d.Recurrence}, {&it.When, d.When}, {&it.Where, d.Where}} {
			if f.from != nil {
				*f.to = strings.TrimSpace(*f.from)
			}
		}
	}, nil
}

func (a *api) decided(it models.Item, err error) (*reply[Item], error) {
	if err != nil {
		return nil, a.fail(err)
	}
	a.Changed(it)
	return &reply[Item]{itemOf(it)}, nil
}

func (a *api) undo(ctx context.Context, in *ItemIn) (*reply[Item], error) {
	return a.decided(a.Decisions.Undo(ctx, models.ItemID(in.Item)))
}

func (a *api) finish(ctx context.Context, in *struct {
	ItemIn
	Body struct {
		Finished bool `json:"finished"`
	}
},
) (*reply[Item], error) {
	if err := a.Decisions.Finish(ctx, models.ItemID(in.Item), in.Body.Finished); err != nil {
		return nil, a.fail(err)
	}
	return a.decided(a.Items.FindItem(ctx, models.ItemID(in.Item)))
}

type noteList struct {
	Notes []Note `json:"notes"`
}

func (a *api) listNotes(ctx context.Context, in *struct {
	Since string `query:"since" format:"date" doc:"The first day"`
},
) (*reply[noteList], error) {
	all, err := a.Notes.Notes(ctx, models.Date(in.Since))
	if err != nil {
		return nil, a.fail(err)
	}
	out := &reply[noteList]{noteList{[]Note{}}}
	for _, n := range all {
		out.Body.Notes = append(out.Body.Notes, noteOf(n))
	}
	return out, nil
}

func (a *api) saveNote(ctx context.Context, in *struct{ Body Note }) (*reply[Note], error) {
	n, err := a.Notes.SaveNote(ctx, in.Body.asDays())
	if err != nil {
		return nil, a.fail(err)
	}
	return &reply[Note]{noteOf(n)}, nil
}
