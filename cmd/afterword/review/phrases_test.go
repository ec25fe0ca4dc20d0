package review

import (
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// What a language model made of a session is said in words, whatever became of
// it, and nothing is said where none was asked.
func TestReadingText(t *testing.T) {
	tests := []struct {
		r    models.Reading
		want string
	}{
		{models.Reading{}, ""},
		{models.Reading{State: models.ReadingDue}, "will read this session too"},
		{models.Reading{State: models.ReadingDue, Name: "m at 127.0.0.1:1", Read: 3, Parts: 13}, "(m at 127.0.0.1:1) is reading this session: 3 of 13"},
		{models.Reading{State: models.ReadingDone, Added: 2, Unproved: 3, Outside: 4}, "added: 2. Left out: 7"},
		{models.Reading{State: models.ReadingDone}, "It added: 0."},
		{models.Reading{State: models.ReadingPart, Read: 3, Parts: 13, Added: 1}, "read 3 of 13 parts"},
		{models.Reading{State: models.ReadingAway, Why: "it took too long"}, "was not reached. What the rules found is all here."},
		{models.Reading{State: models.ReadingRefused}, "It was not asked."},
	}
	for _, tt := range tests {
		if got := readingText(tt.r); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") || strings.Contains(got, "%!") {
			t.Errorf("%+v: %q", tt.r, got)
		}
	}
}
