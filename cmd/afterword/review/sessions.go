package review

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// stage is how far a session has come on its way from a file to items.
type stage struct {
	ID      models.SessionID `json:"id"`
	Step    string           `json:"step"`    // recording, reading, transcribing, waiting, finding
	Percent int              `json:"percent"` // of that step; -1 where nobody knows
	Say     string           `json:"say"`
}

func (p *Page) stageOf(ctx context.Context, s models.Session) (stage, error) {
	st := stage{ID: s.ID, Percent: -1}
	now, _ := p.live.Now()
	switch {
	case now.On && now.Session == s.ID:
		st.Step = "recording"
	case s.State == models.Ingesting:
		st.Step = "reading"
		if at, ok := p.reading.percent(s.ID); ok {
			st.Percent = at
		}
	case s.State == models.Transcribing:
		st.Step = "transcribing"
		done, total, _, err := p.Ledger.Progress(ctx, s.ID)
		if err != nil {
			return st, err
		}
		if total > 0 {
			st.Percent = int(100 * done / total)
		}
	default:
		st.Step = "finding"
	}
	st.Say = text("stage." + st.Step)
	if st.Step == "transcribing" && p.Engine != nil {
		if err := p.Engine.Mute(); err != nil {
			st.Step, st.Percent = "waiting", -1
			st.Say = text("stage.waiting", isolate(err.Error()), isolate(models.HintOf(err)))
		}
	}
	if st.Percent >= 0 {
		st.Say += ", " + strconv.Itoa(st.Percent) + " %"
	}
	return st, nil
}

// reading are the files that are being read in by this process, and what went
// wrong with earlier ones.
type reading struct {
	mu      sync.Mutex
	ctx     context.Context // ends with the service
	work    sync.WaitGroup
	at      map[models.SessionID]int
	notices []notice
}

// notice says that a file could not be taken, or what came back with it. It is
// there until it is dismissed.
type notice struct {
	ID         int
	Name       string
	Said, Hint string
}

func (f *reading) start(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ctx, f.at = ctx, map[models.SessionID]int{}
}

func (f *reading) wait() { f.work.Wait() }

func (f *reading) percent(id models.SessionID) (int, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, ok := f.at[id]
	return at, ok && at >= 0
}

func (f *reading) set(id models.SessionID, percent int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at[id] = percent
}

func (f *reading) complain(name string, err error) {
	f.notice(name, err.Error(), models.HintOf(err))
}

func (f *reading) notice(name, said, hint string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := 1
	if n := len(f.notices); n > 0 {
		id = f.notices[n-1].ID + 1
	}
	f.notices = append(f.notices, notice{id, isolate(name), isolate(said), hint})
}

func (f *reading) list() []notice {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.notices)
}

func (f *reading) drop(id int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notices = slices.DeleteFunc(f.notices, func(n notice) bool { return n.ID == id })
}

// listView is the page of all sessions.
type listView struct {
	Months   []month
	Notices  []notice
	Calendar calendarView
}

type month struct {
	Name     string
	Sessions []listed
}

type listed struct {
	heading
	Short string // of the summary
	Stage *stage
	Held  string
}

func (p *Page) listSessions(r *http.Request) (answer, error) {
	all, err := p.Sessions.Sessions(r.Context())
	if err != nil {
		return answer{}, err
	}
	slices.SortStableFunc(all, func(a, b models.Session) int { return strings.Compare(string(b.Date), string(a.Date)) })
	v := listView{Notices: p.reading.list()}
	for _, s := range all {
		l, err := p.listed(r.Context(), s)
		if err != nil {
			return answer{}, err
		}
		name := s.Date.Time().Format("January 2006")
		if n := len(v.Months); n == 0 || v.Months[n-1].Name != name {
			v.Months = append(v.Months, month{Name: name})
		}
		m := &v.Months[len(v.Months)-1]
		m.Sessions = append(m.Sessions, l)
	}
	v.Calendar, err = p.calendar(r.Context(), r.URL.Query().Get("month"))
	return answer{name: "sessions", title: text("nav.sessions"), data: v}, err
}

func (p *Page) listed(ctx context.Context, s models.Session) (listed, error) {
	l := listed{heading: head(s), Short: firstSentence(isolate(s.Summary))}
	if s.State != models.Ready {
		st, err := p.stageOf(ctx, s)
		l.Stage = &st
		return l, err
	}
	pace, err := p.Pace.Pace(ctx, s.ID)
	if err == nil && pace.Held.After(p.Now()) {
		l.Held = heldUntil(pace.Held, p.Now())
		l.Short = "" // it was put off, and so were its words
	}
	return l, err
}

func firstSentence(s string) string {
	if i := strings.Index(s, ". "); i > 0 {
		return s[:i+1]
	}
	return s
}

// takeFile takes recordings that were dropped or chosen. Fields come before the
// file they belong to: date is the file's own day.
func (p *Page) takeFile(r *http.Request) (answer, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return answer{}, models.Errorf(models.Invalid, "take file: the form is not one with files")
	}
	form, err := r.MultipartReader()
	if err != nil {
		return answer{}, models.Errorf(models.Invalid, "take file: %w", err)
	}
	var date models.Date
	taken := 0
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return answer{}, models.Errorf(models.Invalid, "take file: %w", err)
		}
		if part.FormName() == "date" {
			b, _ := io.ReadAll(io.LimitReader(part, 32))
			date, _ = models.ParseDate(strings.TrimSpace(string(b))) // without one it is today's
			continue
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		if err := p.receive(r.Context(), Upload{Name: part.FileName(), Date: date, Body: part}); err != nil {
			return answer{}, err
		}
		date = ""
		taken++
	}
	if taken == 0 {
		return answer{}, models.WithHint(models.Errorf(models.Invalid, "take file: there is none"), "%s", text("import.none"))
	}
	return answer{to: "/sessions"}, nil
}

// receive takes one file and goes on with it in the background. What is wrong
// with the file becomes a notice; other files go on.
func (p *Page) receive(ctx context.Context, u Upload) error {
	s, said, err := p.Intake.Receive(ctx, u)
	switch models.CodeOf(err) {
	case "":
	case models.Conflict, models.Unusable, models.Invalid:
		p.reading.complain(u.Name, err)
		return nil
	default:
		return err
	}
	if said != "" {
		p.reading.notice(u.Name, said, "")
		return nil
	}
	if s.State != models.Ingesting {
		return nil // it had been read already, and is on its way
	}
	p.reading.set(s.ID, 0)
	p.reading.work.Go(func() {
		err := p.Intake.Read(p.reading.ctx, s.ID, func(done, total time.Duration) {
			percent := -1
			if total > 0 {
				percent = min(100, int(100*done/total))
			}
			p.reading.set(s.ID, percent)
		})
		if err != nil && p.reading.ctx.Err() == nil {
			p.reading.complain(u.Name, err)
			p.events.tell(event{name: "notice"})
		}
	})
	return nil
}

func (p *Page) dismiss(r *http.Request) (answer, error) {
	id, err := strconv.Atoi(r.PostFormValue("id"))
	if err != nil {
		return answer{}, models.Errorf(models.Invalid, "dismiss: %q is no notice", r.PostFormValue("id"))
	}
	p.reading.drop(id)
	return answer{to: "/sessions"}, nil
}

func itoa(n int) string { return strconv.Itoa(n) }
