package models

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write the golden files anew")

func checkGolden(t *testing.T, name string, v any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), out.String()); d != "" {
		t.Error(d)
	}
}

var transcript = Transcript{
	ID: "7f2a00c1d2e3", Title: "After the holidays", Date: "2026-03-05", Language: "en", Duration: 3012400 * time.Millisecond,
	Segments: []Segment{
		{
			Seq: 0, Span: sec(1.24, 4.8), Speaker: Client, Text: "I will, \"every\" evening <3", Suspect: []Doubt{DoubtRepeat, DoubtLowProb},
			Words: []Word{{Text: "I", Span: sec(1.24, 1.31), P: 0.98}, {Text: "will,", Span: sec(1.31, 1.5), P: 0.25, Alternatives: []string{"well", "wheel"}}},
		},
		{Seq: 1, Span: sec(5, 6.001), Speaker: Therapist, Text: "Good. 🙂", Edited: true},
		{Seq: 2, Speaker: "S1", Text: ""},
	},
}

func TestTranscriptJSON(t *testing.T) {
	checkGolden(t, "transcript.json", transcript)
	b, err := json.Marshal(transcript)
	if err != nil {
		t.Fatal(err)
	}
	var back Transcript
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(transcript, back); d != "" {
		t.Error(d)
	}
}

func TestReadTranscript(t *testing.T) {
	tests := []struct {
		name, in string
		want     []Segment
		fails    string
	}{
		{"text only", `{"segments":[{"text":"a"},{"text":"b"}]}`, []Segment{{Seq: 0, Speaker: Unknown, Text: "a"}, {Seq: 1, Speaker: Unknown, Text: "b"}}, ""},
		{"numbers of its own", `{"segments":[{"seq":7,"speaker":"client","text":"a"}]}`, []Segment{{Seq: 7, Speaker: Client, Text: "a"}}, ""},
		{"no segments", `{"segments":[]}`, nil, ""},
		{"unknown fields", `{"more":1,"segments":[{"text":"a","color":"red"}]}`, []Segment{{Speaker: Unknown, Text: "a"}}, ""},
		{"not a transcript", `{"title":"x"}`, nil, `no "segments"`},
		{"a number twice", `{"segments":[{"seq":1,"text":"a"},{"seq":1,"text":"b"}]}`, nil, "segment 1: number 1 is used twice"},
		{"missing text", `{"segments":[{"text":"a"},{"speaker":"client"}]}`, nil, `segment 1 has no "text"`},
		{"runs backwards", `{"segments":[{"start":2,"end":1,"text":"a"}]}`, nil, "segment 0: it runs"},
		{"a negative time", `{"segments":[{"start":-2,"end":1,"text":"a"}]}`, nil, "a time is -2"},
		{"a time beyond all bounds", `{"segments":[{"start":1,"end":1e300,"text":"a"}]}`, nil, "a time is 1e+300"},
		{"a time in words", `{"segments":[{"start":"noon","end":1,"text":"a"}]}`, nil, "not a number of seconds"},
		{"a duration beyond all bounds", `{"duration":1e18,"segments":[]}`, nil, "a time is"},
		{"a word that runs backwards", `{"segments":[{"text":"a","words":[{"text":"a","start":2,"end":1}]}]}`, nil, "word 0 runs"},
		{"a probability of two", `{"segments":[{"text":"a","words":[{"text":"a","p":2}]}]}`, nil, "word 0 has the probability"},
		{"another date", `{"date":"5.3.2026","segments":[]}`, nil, "read date"},
		{"segments of another type", `{"segments":{"a":1}}`, nil, "read transcript"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got Transcript
			err := json.Unmarshal([]byte(tt.in), &got)
			if tt.fails != "" {
				if CodeOf(err) != Invalid || !strings.Contains(err.Error(), tt.fails) {
					t.Fatalf("error %v (%s), want %q", err, CodeOf(err), tt.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got.Segments); d != "" {
				t.Error(d)
			}
		})
	}
}

// What can be read can be written, and is then read the same.
func FuzzTranscript(f *testing.F) {
	f.Add([]byte(`{"id":"a","title":"t","date":"2026-03-05","language":"en","duration":3.5,"segments":[{"seq":3,"start":1.24,"end":4.8,"speaker":"client","text":"x","words":[{"text":"I","start":1.24,"end":1.31,"p":0.98}],"suspect":["repeat"]}]}`))
	f.Add([]byte(`{"segments":[{"text":"","start":0,"end":0.0001}]}`))
	f.Add([]byte(`{"segments":[{"seq":-1,"text":"\ud800"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var first, second Transcript
		if json.Unmarshal(b, &first) != nil {
			return
		}
		out, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("write what was read: %v", err)
		}
		if err := json.Unmarshal(out, &second); err != nil {
			t.Fatalf("read what was written: %v\n%s", err, out)
		}
		// Probabilities are written with two decimals.
		near := cmpopts.EquateApprox(0, 0.006)
		if d := cmp.Diff(first, second, near, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

func TestItemsJSON(t *testing.T) {
	yes := true
	quote := []Evidence{{Segment: 4, Span: sec(12.1, 14.9), Quote: "I froze"}, {Segment: 5, Quote: "again"}}
	checkGolden(t, "items.json", Items{
		ID: "7f2a00c1d2e3", Summary: "You talked about work.",
		List: []Item{
			{Kind: KindTheme, Label: "work-stress", Text: "not written", Score: 0.8149, Evidence: quote, Decision: Accepted},
			{Kind: KindEmotion, Label: "anxiety", Holder: Client, Basis: "said", Intensity: 0, Evidence: quote[:1]},
			{
				ID: "00c1d2e3", Kind: KindAction, Text: "write a thought record", Status: Assigned, Owner: "client", Due: "2026-03-08", Recurrence: "daily",
				When: "in the evening", Where: "at home", Skill: "thought record", Evidence: quote[:1], Finished: true, Stale: true, Decision: Edited,
			},
			{Kind: KindAction, Text: "call", Status: Suggested, Owner: "client", Evidence: quote[:1]},
			{Kind: KindGoal, Text: "sleep", Evidence: quote[:1]},
			{Kind: KindTrigger, Text: "mail", Evidence: quote[:1]},
			{Kind: KindCoping, Text: "box breathing", Helped: &yes, Evidence: quote[:1]},
			{Kind: KindOpenLoop, Text: "the letter", Evidence: quote[:1]},
			{Kind: KindQuestion, Text: "why now", Evidence: quote[:1]},
			{Kind: KindTakeaway, Text: "one step", Evidence: nil, Engine: EngineLLM},
		},
		Phrases: []Phrase{{Text: "froze", Evidence: quote[:1]}},
	})
	checkGolden(t, "no-items.json", Items{ID: "7f2a00c1d2e3"})
	if _, err := json.Marshal(Items{List: []Item{{Kind: "poem"}}}); CodeOf(err) != Invalid {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestEvidenceIn(t *testing.T) {
	tests := []struct {
		name string
		e    Evidence
		want bool
	}{
		{"verbatim", Evidence{Segment: 0, Quote: "I will, \"every\""}, true},
		{"another case", Evidence{Segment: 0, Quote: "i will"}, false},
		{"another segment", Evidence{Segment: 1, Quote: "I will"}, false},
		{"no such segment", Evidence{Segment: 9, Quote: "I will"}, false},
		{"no segment", Evidence{Segment: -1, Quote: "I will"}, false},
		{"nothing", Evidence{Segment: 0}, false},
		{"spaces", Evidence{Segment: 0, Quote: " "}, false},
	}
	for _, tt := range tests {
		if got := tt.e.In(transcript); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
