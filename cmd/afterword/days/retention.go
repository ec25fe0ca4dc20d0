package days

import (
	"context"
	"maps"
	"slices"

	"github.com/afterword/afterword/models"
)

// Retention is how long the sound of a session is kept. The zero value keeps
// everything for good, and words always stay.
type Retention struct {
	models.Entry
	Sound int                              `json:"sound,omitempty"` // days after the session; 0 keeps it
	Keep  []models.SessionID               `json:"keep,omitempty"`  // whose sound stays all the same
	Told  map[models.SessionID]models.Date `json:"told,omitempty"`  // when the client saw that it goes
	Asked map[models.SessionID]models.Date `json:"asked,omitempty"` // when a reminder asked them to look
	Gone  map[models.SessionID]models.Date `json:"gone,omitempty"`  // when it went
}

// Sound is kept for two weeks at least, to go through a session with it, and
// nothing goes before the client was told so for a week.
const (
	LeastSound = 14
	MostSound  = 3650
	noticeDays = 7
)

const retentionID models.EntryID = "00000000" // of the one entry of its kind

// Retention is what the client chose.
func (b *Book) Retention(ctx context.Context) (Retention, error) {
	all, err := list[Retention](ctx, b, models.EntryFilter{Kind: models.EntryRetention, ID: retentionID})
	if len(all) > 0 {
		return all[0], err
	}
	return Retention{Entry: models.Entry{Kind: models.EntryRetention, ID: retentionID}}, err
}

// SaveRetention stores a choice. A changed length is told anew.
func (b *Book) SaveRetention(ctx context.Context, r Retention) (Retention, error) {
	if r.Sound != 0 && (r.Sound < LeastSound || r.Sound > MostSound) {
		return r, models.Errorf(models.Invalid, "retention: sound is kept for %d to %d days, or always", LeastSound, MostSound)
	}
	was, err := b.Retention(ctx)
	if err != nil {
		return r, err
	}
	if r.Sound != was.Sound {
		r.Told, r.Asked = nil, nil
	}
	return r, save(ctx, b, &r)
}

// KeepSound has the sound of a session stay, or takes that back.
func (b *Book) KeepSound(ctx context.Context, id models.SessionID, keep bool) (Retention, error) {
	r, err := b.Retention(ctx)
	if err != nil {
		return r, err
	}
	r.Keep = slices.DeleteFunc(r.Keep, func(x models.SessionID) bool { return x == id })
	delete(r.Told, id)
	delete(r.Asked, id)
	if keep {
		r.Keep = append(r.Keep, id)
	}
	return b.SaveRetention(ctx, r)
}

// Leaving is a session whose sound goes on a day.
type Leaving struct {
	Session models.SessionID `json:"session"`
	Title   string           `json:"title,omitempty"`
	Date    models.Date      `json:"date"`
	Day     models.Date      `json:"day"`
}

// Leaving are the sounds that go within a week, the first first. Whoever asks
// shows them: that is noted, and each goes a week after it was at the earliest.
func (b *Book) Leaving(ctx context.Context) ([]Leaving, error) {
	r, soon, err := b.soon(ctx)
	if err != nil || r.Sound == 0 {
		return nil, err
	}
	told := maps.Clone(r.Told)
	r.Told = map[models.SessionID]models.Date{} // of sessions that are still there
	var out []Leaving
	for _, s := range soon {
		if r.Told[s.ID] = told[s.ID]; r.Told[s.ID] == "" {
			r.Told[s.ID] = b.Today()
		}
		out = append(out, Leaving{s.ID, s.Title, s.Date, max(addDays(s.Date, r.Sound), addDays(r.Told[s.ID], noticeDays))})
	}
	if maps.Equal(told, r.Told) {
		return out, nil
	}
	if _, err = b.SaveRetention(ctx, r); models.CodeOf(err) == models.Conflict {
		err = nil // another window has just noted the same
	}
	return out, err
}

// soon are the sessions whose time is over within a week, the oldest first, with
// what the client chose.
func (b *Book) soon(ctx context.Context) (Retention, []models.Session, error) {
	r, err := b.Retention(ctx)
	if err != nil || r.Sound == 0 {
		return r, nil, err
	}
	sessions, err := b.past.Sessions(ctx)
	var out []models.Session
	for _, s := range slices.Backward(sessions) {
		if s.State == models.Ready && !r.stays(s.ID) && addDays(s.Date, r.Sound-noticeDays) <= b.Today() {
			out = append(out, s)
		}
	}
	return r, out, err
}

// unasked are those of them that no reminder asked the client to look at.
func (b *Book) unasked(ctx context.Context) (Retention, []models.Session, error) {
	r, soon, err := b.soon(ctx)
	return r, slices.DeleteFunc(soon, func(s models.Session) bool { return r.Asked[s.ID] != "" }), err
}

// asked notes that a reminder asked for a look at the sounds that go soon.
func (b *Book) asked(ctx context.Context) error {
	r, all, err := b.unasked(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	if r.Asked == nil {
		r.Asked = map[models.SessionID]models.Date{}
	}
	for _, s := range all {
		r.Asked[s.ID] = b.Today()
	}
	_, err = b.SaveRetention(ctx, r)
	return err
}

func (r Retention) stays(id models.SessionID) bool {
	return r.Gone[id] != "" || slices.Contains(r.Keep, id)
}

// Due are the sessions whose sound goes now.
func (b *Book) Due(ctx context.Context) ([]models.SessionID, error) {
	r, err := b.Retention(ctx)
	if err != nil || r.Sound == 0 || len(r.Told) == 0 {
		return nil, err
	}
	sessions, err := b.past.Sessions(ctx)
	var out []models.SessionID
	for _, s := range sessions {
		told := r.Told[s.ID]
		if told != "" && addDays(told, noticeDays) <= b.Today() && addDays(s.Date, r.Sound) <= b.Today() && s.State == models.Ready && !r.stays(s.ID) {
			out = append(out, s.ID)
		}
	}
	return out, err
}

// SoundGone notes that the sound of a session is destroyed.
func (b *Book) SoundGone(ctx context.Context, id models.SessionID) error {
	r, err := b.Retention(ctx)
	if err != nil {
		return err
	}
	delete(r.Told, id)
	delete(r.Asked, id)
	if r.Gone == nil {
		r.Gone = map[models.SessionID]models.Date{}
	}
	r.Gone[id] = b.Today()
	_, err = b.SaveRetention(ctx, r)
	return err
}
