package corpus

import (
	"fmt"
	"strings"

	"github.com/afterword/afterword/models"
)

// Saying is what a person says in one go who speaks of a theme, or of several.
type Saying struct {
	Themes []string
	Text   string
}

// Sayings reads the files themes-*.txt, in order: "= theme", or "= theme
// theme …", then a saying a line; a line that begins with # is a remark.
func Sayings() ([]Saying, error) {
	var out []Saying
	err := each("themes-*.txt", func(_, text string) error {
		list, err := parseSayings(text)
		out = append(out, list...)
		return err
	})
	return out, err
}

func parseSayings(text string) ([]Saying, error) {
	var out []Saying
	var themes []string
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if t, ok := strings.CutPrefix(line, "= "); ok {
			themes = strings.Fields(t)
			if err := known(themes, models.Themes); err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			continue
		}
		if len(themes) == 0 {
			return nil, fmt.Errorf("line %d: a sentence before the first theme", n+1)
		}
		out = append(out, Saying{themes, line})
	}
	return out, nil
}
