package review

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// recordView is what stands before a recording: with whom, whether everyone
// agreed, and which microphone.
type recordView struct {
	RecordOrder
	Wording     string // to be agreed to; empty where it was
	Unagreed    bool   // it was asked for and not said
	Names       []string
	Microphones []models.Device
}

// Paragraphs are the words to be agreed to, as they are stored, save where
// their lines end. The first is what they are about.
func (v recordView) Paragraphs() []string {
	if v.Wording == "" {
		return nil
	}
	all := strings.Split(v.Wording, "\n\n")
	for i, p := range all {
		all[i] = strings.Join(strings.Fields(p), " ")
	}
	return all
}

// usualWith is with whom the newest recording was: the next one is likely with
// them too.
func usualWith(all []models.Session) string {
	for _, s := range all {
		if with := isolate(s.With); with != "" {
			return with
		}
	}
	return ""
}

// newRecording is the form before a recording. Everything in it may be left
// as it is, save the agreement.
func (p *Page) newRecording(r *http.Request) (answer, error) {
	with := r.URL.Query().Get("with")
	if !r.URL.Query().Has("with") {
		all, err := p.Sessions.Sessions(r.Context())
		if err != nil {
			return answer{}, err
		}
		with = usualWith(all)
	}
	return p.recordForm(r.Context(), recordView{RecordOrder: RecordOrder{With: with}})
}

func (p *Page) recordForm(ctx context.Context, v recordView) (answer, error) {
	if now, _ := p.live.Now(); now.On {
		return answer{to: "/recording"}, nil
	}
	wording, agreed, err := p.Begin.Agreed(ctx, v.With)
	if err != nil {
		return answer{}, err
	}
	if !agreed {
		v.Wording = wording
	}
	all, err := p.Sessions.Sessions(ctx)
	if err != nil {
		return answer{}, err
	}
	for _, s := range all {
		if n := isolate(s.With); n != "" && !slices.Contains(v.Names, n) && len(v.Names) < 20 {
			v.Names = append(v.Names, n)
		}
	}
	v.Microphones, err = p.Begin.Microphones(ctx)
	if err != nil {
		p.Log.Warn("microphones cannot be listed", "error", err.Error()) // the usual one may work yet
	}
	return answer{name: "record", title: text("record.title"), data: v}, nil
}

const (
	maxName = 200  // of a title or a person. Unit: bytes
	maxNote = 4096 // the recorder's own limit
)

// record starts a recording. Where nobody has agreed yet, that is asked first.
func (p *Page) record(r *http.Request) (answer, error) {
	ctx := r.Context()
	f := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	o := RecordOrder{Title: f("title"), With: f("with"), Device: f("device"), Stereo: f("stereo") != "", Later: f("later") != "", Agreed: f("agreed") == "yes"}
	if len(o.Title) > maxName || len(o.With) > maxName {
		return answer{}, models.Errorf(models.Invalid, "record: a title and a name have at most %d bytes", maxName)
	}
	p.desk.Lock()
	defer p.desk.Unlock()
	if p.lookAtRecorder(ctx).On {
		return answer{to: "/recording"}, nil
	}
	if _, agreed, err := p.Begin.Agreed(ctx, o.With); err != nil {
		return answer{}, err
	} else if !agreed && !o.Agreed {
		return p.recordForm(ctx, recordView{RecordOrder: o, Unagreed: r.PostForm.Has("asked")})
	}
	if _, err := p.Begin.Record(context.WithoutCancel(ctx), o); err != nil {
		return answer{}, err
	}
	p.lookAtRecorder(ctx)
	p.live.again()
	return answer{to: "/recording"}, nil
}

// recordingView is the page of the recording that is going on.
type recordingView struct {
	liveView
	Parts []int // minutes that can be struck
	Said  string
}

// recording is the page of what is being recorded.
func (p *Page) recording(r *http.Request) (answer, error) {
	v := p.lookAtRecorder(r.Context())
	if !v.On {
		return answer{name: "recording-none", title: text("live.none")}, nil
	}
	if v.Place != "/recording" {
		return answer{to: v.Place}, nil
	}
	now, _ := p.live.Now()
	v.Heard, v.Draft = now.Heard, now.Draft
	out := recordingView{liveView: v, Parts: []int{1, 2, 5, 10}}
	if at, err := strconv.Atoi(r.URL.Query().Get("marked")); err == nil && at >= 0 {
		out.Said = text("live.marked", models.Clock(time.Duration(at)*time.Millisecond))
	}
	return answer{name: "recording", title: v.Say, data: out}, nil
}

// tellRecorder pauses, goes on, marks or stops.
func (p *Page) tellRecorder(r *http.Request) (answer, error) {
	ctx := context.WithoutCancel(r.Context()) // what was asked for is done, though the page is left
	do := r.PostFormValue("do")
	note := strings.TrimSpace(r.PostFormValue("note"))
	if !slices.Contains([]string{"pause", "resume", "mark", "stop"}, do) {
		return answer{}, models.Errorf(models.Invalid, "tell the recorder: %q is nothing that it does", do)
	}
	if len(note) > maxNote {
		return answer{}, models.Errorf(models.Invalid, "mark: a note has at most %d bytes; this one has %d", maxNote, len(note))
	}
	before := p.lookAtRecorder(ctx)
	if !before.On {
		return answer{name: "recording-none", title: text("live.none"), status: http.StatusConflict}, nil
	}
	at, err := p.Recorder.Tell(ctx, do, note)
	if err != nil {
		return answer{}, err
	}
	p.settle(r.Context(), do)
	p.live.again()
	switch do {
	case "stop":
		if before.Place != "/recording" {
			return answer{to: before.Place}, nil
		}
		return answer{to: "/sessions/" + string(before.Session)}, nil
	case "mark":
		if isPart(r) {
			return answer{name: "recording-said", data: text("live.marked", models.Clock(at)), say: text("live.marked", models.Clock(at))}, nil
		}
		return answer{to: "/recording?marked=" + strconv.FormatInt(at.Milliseconds(), 10)}, nil
	}
	return answer{to: inside(orRecording(r.PostFormValue("back")))}, nil
}

// settles is how long a microphone usually takes to open, and some more.
const settles = 2 * time.Second

// settle looks at the recorder until a pause is over, so that the answer does
// not say that it waits for a microphone which it is just opening.
func (p *Page) settle(ctx context.Context, do string) {
	late := time.After(settles)
	for p.lookAtRecorder(ctx).State == "waiting" && do == "resume" {
		select {
		case <-ctx.Done():
			return
		case <-late:
			return
		case <-time.After(lookLive):
		}
	}
}

func orRecording(to string) string {
	if to == "" {
		return "/recording"
	}
	return to
}

// strikeView asks once more before a part of a session is destroyed.
type strikeView struct {
	Session  models.SessionID
	Span     models.Span
	From, To string
	Live     bool
	Back     string
}

func (v strikeView) FromMS() int64 { return v.Span.Start.Milliseconds() }
func (v strikeView) ToMS() int64   { return v.Span.End.Milliseconds() }

func askStrike(id models.SessionID, what models.Span, live bool, back string) answer {
	v := strikeView{Session: id, Span: what, From: models.Clock(what.Start), To: models.Clock(what.End), Live: live, Back: back}
	return answer{name: "strike", title: text("strike.title"), data: v}
}

// strikeLast destroys the last minutes of the recording. Which ones is settled
// when it is first asked for, not when it is confirmed.
func (p *Page) strikeLast(r *http.Request) (answer, error) {
	v := p.lookAtRecorder(r.Context())
	if !v.On {
		return answer{name: "recording-none", title: text("live.none"), status: http.StatusConflict}, nil
	}
	minutes, err := strconv.Atoi(r.PostFormValue("minutes"))
	if err != nil || minutes < 1 || minutes > 24*60 {
		return answer{}, models.Errorf(models.Invalid, "strike: %q is no number of minutes", r.PostFormValue("minutes"))
	}
	what := models.Span{Start: max(0, v.at-time.Duration(minutes)*time.Minute), End: v.at}
	return askStrike(v.Session, what, true, "/recording"), nil
}

// strike destroys a stretch of a session, once it was confirmed.
func (p *Page) strike(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	from, err1 := strconv.ParseInt(r.PostFormValue("from"), 10, 64)
	to, err2 := strconv.ParseInt(r.PostFormValue("to"), 10, 64)
	const most = int64(1000 * time.Hour / time.Millisecond)
	if err1 != nil || err2 != nil || from < 0 || to <= from || to > most {
		return answer{}, models.Errorf(models.Invalid, "strike: that is no stretch of a session")
	}
	what := models.Span{Start: time.Duration(from) * time.Millisecond, End: time.Duration(to) * time.Millisecond}
	now := p.lookAtRecorder(r.Context())
	recorded := now.On && now.Session == s.ID
	back := "/sessions/" + string(s.ID) + "?view=all"
	if recorded {
		back = "/recording"
	}
	if r.PostFormValue("sure") != "yes" {
		return askStrike(s.ID, what, recorded, back), nil
	}
	if err := p.Recorder.Strike(context.WithoutCancel(r.Context()), s.ID, what); err != nil {
		return answer{}, err
	}
	p.events.tell(event{name: "words", data: map[string]string{"session": string(s.ID), "tab": r.Header.Get("X-Tab")}})
	v := strikeView{Session: s.ID, Span: what, From: models.Clock(what.Start), To: models.Clock(what.End), Live: recorded, Back: back}
	return answer{name: "struck", title: text("struck.title"), data: v}, nil
}
