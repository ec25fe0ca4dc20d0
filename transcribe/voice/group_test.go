package voice

import (
	"math/rand/v2"
	"testing"
)

// someone is a voice that is like others by so much: all have that in common.
func someone(r *rand.Rand, common *Embedding, like float32) Embedding {
	var own Embedding
	for i := range own {
		own[i] = max(0, float32(r.NormFloat64()))
		own[i] = like*common[i] + (1-like)*own[i]
	}
	return own.Unit()
}

// heard are windows of turns of two seconds, 0.4 s apart, each voice changed a
// little by what it says.
func heard(r *rand.Rand, voices []Embedding, turns []int) (es []Embedding, ws []window) {
	for t, who := range turns {
		from := t * 250
		for k := range 5 {
			e := voices[who]
			for i := range e {
				e[i] = max(0, e[i]+0.05*float32(r.NormFloat64()))
			}
			es = append(es, e.Unit())
			ws = append(ws, window{from + k*40, from + k*40 + Window, t})
		}
	}
	return es, ws
}

func TestGroup(t *testing.T) {
	tests := []struct {
		name   string
		voices int
		like   float32
		turns  int
		want   int
	}{
		{"one voice for 10 s", 1, 0, 4, 1},
		{"one voice for 40 s", 1, 0, 16, 1},
		{"one voice for 5 minutes", 1, 0, 120, 1},
		{"two voices for 20 s", 2, 0, 8, 2},
		{"two voices for 5 minutes", 2, 0, 120, 2},
		{"two voices in an echoing room", 2, 0.5, 16, 2},
		{"three voices for 5 minutes", 3, 0, 120, 3},
		{"three voices of which little is heard", 3, 0, 9, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			var room Embedding
			room = someone(r, &room, 0)
			var voices []Embedding
			for range tt.voices {
				voices = append(voices, someone(r, &room, tt.like))
			}
			turns := make([]int, tt.turns)
			for i := range turns {
				turns[i] = i % tt.voices
			}
			es, ws := heard(r, voices, turns)
			g := group(es, ws)
			if len(g.means) != tt.want {
				t.Fatalf("%d voices, want %d", len(g.means), tt.want)
			}
			if tt.want < tt.voices {
				return
			}
			of := map[int]int{} // voice to group
			for i, p := range g.post {
				who, best := turns[ws[i].burst], 0
				for j := range p {
					if p[j] > p[best] {
						best = j
					}
				}
				if was, ok := of[who]; ok && was != best {
					t.Errorf("window %d is taken for another voice", i)
				}
				of[who] = best
			}
			if len(of) != tt.voices {
				t.Errorf("%d groups for %d voices", len(of), tt.voices)
			}
		})
	}
	if g := group(nil, nil); len(g.means) != 0 {
		t.Error("nobody has a voice")
	}
}
