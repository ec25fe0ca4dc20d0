package review

import (
	"net/http"
)

// answer is what a handler wants shown: a template and what to fill in, or
// where to go instead.
type answer struct {
	name    string // of the template
	title   string
	data    any
	to      string // a place of ours to go to instead
	status  int    // 0 means 200
	word    string // the client's own for homework
	bare    bool   // no navigation: nobody has come in
	say     string // for people who do not see what changed
	kept    int    // the version that a form was kept as, for the script to go on with
	told    string // a sentence of ours for the page that it leads to
	cookies []*http.Cookie
	live    *bar // see frame

	contacts []contactView // for the grounding exercise
}

type handler func(r *http.Request) (answer, error)

func (p *Page) routes() http.Handler {
	mux := http.NewServeMux()
	in := func(pattern string, h handler) { mux.Handle(pattern, p.inside(p.page(h))) }
	raw := func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, p.inside(h)) }

	in("GET /{$}", p.today)
	in("GET /sessions", p.listSessions)
	in("POST /sessions", p.takeFile)
	in("POST /sessions/notice", p.dismiss)
	in("GET /sessions/{session}", p.session)
	in("GET /sessions/{session}/rest", p.rest)
	in("POST /sessions/{session}/hold", p.hold)
	in("POST /sessions/{session}/place", p.keepPlace)
	in("POST /sessions/{session}/fold", p.fold)
	in("POST /sessions/{session}/speaker", p.speaker)
	in("GET /sessions/{session}/passage/{spot}", p.passage)
	in("GET /sessions/{session}/words/{spot}", p.correct)
	in("POST /sessions/{session}/words/{spot}", p.saveCorrection)
	in("GET /sessions/{session}/words/{spot}/{word}", p.word)
	in("POST /sessions/{session}/words/{spot}/{word}", p.saveWord)
	raw("GET /sessions/{session}/sound.wav", p.sound)
	raw("GET /sessions/{session}/wave.svg", p.wave)
	in("GET /sessions/{session}/coverage", p.coverage)
	in("POST /sessions/{session}/again", p.again)
	in("POST /sessions/{session}/restore/{spot}", p.restore)
	in("POST /sessions/{session}/take", p.chooseTake)
	in("POST /sessions/{session}/voice", p.voice)
	in("POST /sessions/{session}/mark", p.markPassage)
	in("POST /sessions/{session}/unmark", p.unmark)
	in("GET /sessions/{session}/strike", p.chooseCut)
	in("POST /sessions/{session}/strike", p.strike)
	raw("GET /sessions/{session}/copy/{form}", p.copySession)
	raw("GET /copy/{form}", p.copyAll)
	raw("GET /calendar.ics", p.calendarFile)
	raw("POST /backup", p.backup)
	in("GET /sessions/{session}/share", p.chooseShare)
	in("POST /sessions/{session}/share", p.lookAtShare)
	raw("POST /sessions/{session}/share/file", p.share)
	in("GET /recording", p.recording)
	in("GET /recording/new", p.newRecording)
	in("POST /recording", p.record)
	in("POST /recording/tell", p.tellRecorder)
	in("POST /recording/strike", p.strikeLast)
	in("GET /items/{item}", p.item)
	in("GET /items/{item}/edit", p.editItem)
	in("GET /items/{item}/merge", p.askMerge)
	in("POST /items/{item}/merge", p.merge)
	in("POST /items/{item}", p.decide)
	p.daysRoutes(in, raw)
	in("GET /settings", p.settings)
	in("POST /settings", p.chooseSettings)
	in("POST /settings/vocabulary", p.saveVocabulary)
	in("GET /help", p.help)
	in("GET /ground", p.ground)
	raw("GET /events", p.stream)
	raw("GET /unlock", p.unlockPage)

	if p.API != nil {
		mux.HandleFunc(apiPath, p.scripts)
	}
	mux.HandleFunc("POST /unlock", p.unlock)
	mux.HandleFunc("GET /enter", p.enter)
	mux.HandleFunc("GET /assets/{file}", serveAsset)
	mux.HandleFunc("/", p.noSuchPage)
	return mux
}

// daysRoutes are the pages for the days between sessions.
func (p *Page) daysRoutes(in func(string, handler), raw func(string, http.HandlerFunc)) {
	in("GET /notes", p.listNotes)
	in("POST /notes", p.saveNote)
	in("GET /notes/{note}", p.note)
	in("POST /notes/{note}", p.saveNote)
	in("POST /notes/{note}/forget", p.forgetNote)
	in("GET /homework", p.listHomework)
	in("POST /homework", p.savePlan)
	in("GET /homework/new", p.newPlan)
	raw("GET /homework/plans.ics", p.homeworkCalendar)
	in("GET /homework/{plan}", p.plan)
	in("POST /homework/{plan}", p.savePlan)
	in("POST /homework/{plan}/log", p.logOutcome)
	in("POST /homework/{plan}/back", p.takeBack)
	in("POST /homework/{plan}/drop", p.dropPlan)
	in("GET /prep", p.prep)
	raw("GET /prep/{file}", p.sheetFile)
	in("POST /prep/topics", p.saveTopic)
	in("POST /prep/topics/{topic}", p.saveTopic)
	in("POST /prep/topics/{topic}/move", p.moveTopic)
	in("POST /prep/close", p.closeTopic)
	in("POST /prep/next", p.setNext)
	in("GET /journal", p.journal)
	in("POST /journal", p.savePage)
	in("GET /journal/new", p.newPage)
	in("GET /journal/{page}", p.journalPage)
	in("POST /journal/{page}", p.savePage)
	in("POST /journal/{page}/forget", p.forgetPage)
	in("POST /reminders", p.saveReminders)
	in("POST /contacts", p.saveContact)
	in("POST /contacts/{contact}/forget", p.forgetContact)
	in("POST /retention", p.saveKeeping)
	in("POST /settings/speech", p.saveSpeech)
	in("GET /settings/voice", p.enrolPage)
	in("POST /settings/voice", p.enrol)
	in("POST "+voiceFile, p.enrolFile)
	in("POST /settings/voice/forget", p.forgetVoice)
	in("POST /sessions/{session}/keep", p.keepSound)
	in("GET /patterns", p.patterns)
	in("GET /search", p.search)
	in("GET /goals", p.goals)
	in("POST /goals", p.addGoal)
	in("POST /goals/{goal}", p.changeGoal)
	in("GET /recall", p.recall)
	in("POST /recall/{item}", p.grade)
	in("POST /recall/{item}/say", p.sayRecall)
	in("POST /spoken/{spoken}/forget", p.dropSpoken)
	in("GET /reflect", p.listReflections)
	in("GET /reflect/{form}", p.reflect)
	in("POST /reflect/{form}", p.saveReflection)
	in("GET /reflections/{reflection}", p.reflect)
	in("POST /reflections/{reflection}", p.saveReflection)
	in("POST /reflections/{reflection}/forget", p.forgetReflection)
}

// inside lets those in who have a cookie, as long as the store is open.
func (p *Page) inside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !known(r):
			refuse(w, r, http.StatusUnauthorized, "unknown")
		case p.Lock.Locked():
			p.askPassphrase(w, r, "")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

const voiceFile = "/settings/voice/file"

// maxForm bounds what a form may send: a long text, many times over.
const maxForm = 2 << 20

func (p *Page) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path != "/sessions" && r.URL.Path != voiceFile { // these are read as they come
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			if err := parseForm(r); err != nil {
				p.fail(w, r, err)
				return
			}
		}
		a, err := h(r)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		p.write(w, r, a.status, a)
	})
}

func (p *Page) noSuchPage(w http.ResponseWriter, r *http.Request) {
	if !known(r) {
		refuse(w, r, http.StatusUnauthorized, "unknown")
		return
	}
	refuse(w, r, http.StatusNotFound, "page")
}

// enter lets a browser in. It answers with a page that goes on by itself: a
// redirect would still count as coming from elsewhere, and the browser would
// keep the cookie back.
func (p *Page) enter(w http.ResponseWriter, r *http.Request) {
	to, ok := p.gate.redeem(r.URL.Query().Get("once"))
	if !ok {
		if known(r) { // the same link again, from the history
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		refuse(w, r, http.StatusUnauthorized, "link")
		return
	}
	http.SetCookie(w, p.gate.cookie())
	write(w, r, http.StatusOK, answer{name: "enter", title: text("enter.title"), data: to, bare: true})
}

func (p *Page) unlockPage(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// askPassphrase shows the unlock page in the place of whatever was asked for.
func (p *Page) askPassphrase(w http.ResponseWriter, r *http.Request, wrong string) {
	back := "/"
	if r.Method == http.MethodGet && r.URL.Path != "/events" {
		back = inside(r.URL.RequestURI())
	} else if b := r.PostFormValue("back"); b != "" {
		back = inside(b)
	}
	write(w, r, http.StatusLocked, answer{name: "unlock", title: text("unlock.title"), data: unlockView{back, wrong}, bare: true})
}

type unlockView struct{ Back, Wrong string }

func (p *Page) unlock(w http.ResponseWriter, r *http.Request) {
	if !known(r) {
		refuse(w, r, http.StatusUnauthorized, "unknown")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := parseForm(r); err != nil {
		p.fail(w, r, err)
		return
	}
	if p.Lock.Locked() {
		if err := p.Lock.Unlock(r.Context(), r.PostFormValue("passphrase")); err != nil {
			p.askPassphrase(w, r, text("unlock.wrong"))
			return
		}
		p.events.tell(event{name: "unlocked"})
	}
	http.Redirect(w, r, inside(r.PostFormValue("back")), http.StatusSeeOther)
}
