package transcribe

import (
	"slices"
	"strings"
	"unicode"
)

const (
	// promptBytes bounds a vocabulary as the engine gets it. It takes half of its
	// context at most, and each token costs time.
	promptBytes = 400
	// fewestEchoed is how many entries of a vocabulary in a row, in its order and
	// with nothing between them, are no longer taken for speech.
	fewestEchoed = 3
)

// Prompt makes a prompt of names and words that may come up, the likeliest
// first. What does not fit is left out from the end. The engine heeds most what
// stands last, so the first one does.
func Prompt(ranked []string) string {
	var taken []string
	size := 0
	for _, w := range ranked {
		w = strings.Join(strings.FieldsFunc(w, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || r == ',' || r == '<' || r == '>' || r == '|'
		}), " ")
		same := func(t string) bool { return strings.EqualFold(t, w) }
		if w == "" || slices.ContainsFunc(taken, same) {
			continue
		}
		if size += len(w) + 2; size > promptBytes {
			break
		}
		taken = append(taken, w)
	}
	if len(taken) == 0 {
		return ""
	}
	slices.Reverse(taken)
	return strings.Join(taken, ", ") + "."
}

// echo tells whether words are the prompt, or a part of it, said back: what the
// engine does where it hears nothing that it understands. Nobody says three
// entries of a list in its order.
func echo(ws []word, prompt string) bool {
	var list, said []string
	for _, entry := range strings.Split(prompt, ",") {
		if e := keys(strings.Fields(entry)); e != "" {
			list = append(list, e)
		}
	}
	for _, w := range ws {
		said = append(said, w.Text)
	}
	text := keys(said)
	if len(list) < 2 || text == "" {
		return false
	}
	fewest := min(fewestEchoed, len(list))
	for i := 0; i+fewest <= len(list); i++ {
		run := strings.Join(list[i:i+fewest], " ")
		// The rest of such a text is more of the same, whole or cut off.
		if at := strings.Index(" "+text+" ", " "+run+" "); at >= 0 {
			return covered(text, list)
		}
	}
	return false
}

// covered tells whether four in five words of text are words of the list.
func covered(text string, list []string) bool {
	known := map[string]bool{}
	for _, w := range strings.Fields(strings.Join(list, " ")) {
		known[w] = true
	}
	n, all := 0, strings.Fields(text)
	for _, w := range all {
		if known[w] {
			n++
		}
	}
	return 5*n >= 4*len(all)
}

// keys is words as they are compared, with spaces between them.
func keys(words []string) string {
	var out []string
	for _, w := range words {
		if k := key(w); k != "" {
			out = append(out, k)
		}
	}
	return strings.Join(out, " ")
}

// echoes tells whether an utterance of a pass is the prompt said back.
func (p pass) echoes(prompt string) bool {
	return prompt != "" && slices.ContainsFunc(utterances(slices.Clone(p.words)), func(u []word) bool { return echo(u, prompt) })
}
