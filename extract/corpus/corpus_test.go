package corpus

import (
	"strings"
	"testing"
)

func TestEveryFileReads(t *testing.T) {
	ss, err := Sessions()
	if err != nil {
		t.Fatal(err)
	}
	es, err := EmotionPairs()
	if err != nil {
		t.Fatal(err)
	}
	as, err := ActionPairs()
	if err != nil {
		t.Fatal(err)
	}
	sides, names := map[Side]int{}, map[string]bool{}
	for _, s := range ss {
		if names[s.ID] {
			t.Errorf("session %s stands twice", s.ID)
		}
		names[s.ID] = true
		sides[s.Side()]++
	}
	for _, side := range append(Unread, Train) {
		if sides[side] == 0 {
			t.Errorf("no sessions on the %s side", side)
		}
	}
	if len(es) == 0 || len(as) == 0 {
		t.Error("no pairs")
	}
}

func TestNotesAreRead(t *testing.T) {
	ss, err := ParseSessions("= x 2026-01-12 A title\n= themes worry\nT Any plan?\nC I'll ring, I'm scared. ## fear ; -anger:past ; @committed due=2026-01-13 rec=weekly -1: ring\n")
	if err != nil {
		t.Fatal(err)
	}
	s := ss[0]
	if len(s.Segments) != 2 || s.Emotions[0] != (Emotion{"fear", 1, ""}) || s.Traps[0] != (Emotion{"anger", 1, "past"}) {
		t.Errorf("got %+v", s)
	}
	a := s.Actions[0]
	if a.Due != "2026-01-13" || a.Recurrence != "weekly" || len(a.Segments) != 2 || a.Owner != "client" || a.Text != "ring" {
		t.Errorf("got %+v", a)
	}
}

func TestMistakesNameTheirLine(t *testing.T) {
	head := "= x 2026-01-12 A title\n= themes worry\n"
	for _, bad := range []string{"C Hello. ## happyness\n", "C Hello. ## -anger\n", "C Hello. ## @planned: ring\n", "X Hello.\n"} {
		if _, err := ParseSessions(head + bad); err == nil || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%q: got %v, want line 3", bad, err)
		}
	}
}

func FuzzParseSessions(f *testing.F) {
	f.Add("= x 2026-01-12 A title\n= themes worry\nC I'm scared. ## fear ; @committed +1: ring\nT Good.\n")
	f.Fuzz(func(t *testing.T, text string) {
		ss, err := ParseSessions(text)
		for _, s := range ss {
			if err == nil && len(s.Segments) == 0 {
				t.Error("a session without words")
			}
		}
	})
}
