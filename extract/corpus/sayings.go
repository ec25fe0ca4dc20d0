package corpus

import (
	"fmt"
	"strings"

	"github.com/afterword/afterword/models"
)

// Saying is one sentence of a person who speaks of a theme.
type Saying struct{ Theme, Text string }

// Sayings reads themes.txt, in order: "= theme", then a sentence a line; a line
// that begins with # is a remark.
func Sayings() ([]Saying, error) {
	var out []Saying
	err := each("themes.txt", func(_, text string) (err error) {
		out, err = parseSayings(text)
		return err
	})
	return out, err
}

func parseSayings(text string) ([]Saying, error) {
	var out []Saying
	theme := ""
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if t, ok := strings.CutPrefix(line, "= "); ok {
			if err := known([]string{t}, models.Themes); err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			theme = t
			continue
		}
		if theme == "" {
			return nil, fmt.Errorf("line %d: a sentence before the first theme", n+1)
		}
		out = append(out, Saying{theme, line})
	}
	return out, nil
}
