package days

import (
	"fmt"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// seen makes one session's findings: an emotion with its intensity.
func seen(session int, label string, intensity float64) models.Item {
	return models.Item{
		ID: models.ItemID(fmt.Sprintf("%08x", session)), Session: models.SessionID(fmt.Sprint(session)), Kind: models.KindEmotion,
		Label: label, Holder: models.Client, Intensity: intensity,
	}
}

func TestEasierIsSaidOnlyFromEnough(t *testing.T) {
	place := map[models.SessionID]int{}
	for i := range 5 {
		place[models.SessionID(fmt.Sprint(i))] = i
	}
	tests := []struct {
		name  string
		items []models.Item
		want  string
	}{
		{"once strong, then not: too few", []models.Item{seen(0, "anxiety", .9)}, ""},
		{"in three, then not", []models.Item{seen(0, "anxiety", .9), seen(1, "anxiety", .9), seen(2, "anxiety", .9)}, "anxiety did not come up in the last 2 sessions"},
		{"less strong", []models.Item{seen(0, "anxiety", .9), seen(2, "anxiety", .8), seen(4, "anxiety", .4)}, "anxiety sounded lighter"},
		{"hardly less strong", []models.Item{seen(0, "anxiety", .9), seen(2, "anxiety", .8), seen(4, "anxiety", .8)}, ""},
		{"stronger: nothing is said", []models.Item{seen(0, "anxiety", .2), seen(2, "anxiety", .3), seen(4, "anxiety", .9)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			emotions, _ := threads(tt.items, place)
			tr := Trends{Dates: make([]models.Date, 5), Emotions: emotions}
			tr.easier(nil, "2026-03-05")
			got := ""
			for _, p := range tr.Easier {
				got += p.Text
				if len(p.Items) == 0 {
					t.Error("it leads nowhere")
				}
			}
			if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What somebody else felt is not the client's.
func TestThreadsAreTheClients(t *testing.T) {
	it := seen(0, "anger", .5)
	it.Holder = models.Therapist
	if e, _ := threads([]models.Item{it}, map[models.SessionID]int{"0": 0}); len(e) != 0 {
		t.Errorf("%+v", e)
	}
}

func TestCalendarFoldsWithinNoCharacter(t *testing.T) {
	var c calendar
	c.text("SUMMARY", strings.Repeat("äöü; ", 40)+"\r\nBEGIN:VEVENT")
	for _, l := range strings.Split(strings.TrimSuffix(c.out.String(), "\r\n"), "\r\n") {
		if len(l) > 75 || strings.ToValidUTF8(l, "") != l {
			t.Errorf("%d octets: %q", len(l), l)
		}
		if strings.HasPrefix(l, "BEGIN") {
			t.Error("text began an event of its own")
		}
	}
}
