package weights

import (
	"encoding/json"

	"github.com/afterword/afterword/models"
)

// maxTokens bounds a vocabulary; Whisper's has 51866.
const maxTokens = 1 << 17

// ordinary is how many tokens every Whisper model writes: those of text. The
// special ones follow by number alone. (English models count <|endoftext|> among
// the ordinary, the others have one more word.)
const ordinary = 50257

// byteRunes maps the runes by which GPT-2's vocabulary writes bytes back to
// the bytes: printable ones stand for themselves, the others, in order, for
// U+0100 and up.
var byteRunes = func() map[rune]byte {
	m := map[rune]byte{}
	next := rune(0x100)
	for b := range 0x100 {
		printable := b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae
		r := rune(b)
		if !printable {
			r = next
			next++
		}
		m[r] = byte(b)
	}
	return m
}()

// readTokens reads a tokenizer.json: the tokens of its vocabulary in order of
// their numbers, as raw bytes. The numbers must run from 0 without a gap.
func readTokens(b []byte) ([][]byte, error) {
	var file struct {
		Model struct {
			Vocab map[string]int `json:"vocab"`
		} `json:"model"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, models.Errorf(models.Unusable, "read tokenizer: %w", err)
	}
	n := len(file.Model.Vocab)
	if n == 0 || n > maxTokens {
		return nil, models.Errorf(models.Unusable, "read tokenizer: it has %d tokens", n)
	}
	tokens := make([][]byte, n)
	for text, id := range file.Model.Vocab {
		if id < 0 || id >= n || tokens[id] != nil {
			return nil, models.Errorf(models.Unusable, "read tokenizer: number %d is doubled or beyond %d", id, n)
		}
		raw := make([]byte, 0, len(text))
		for _, r := range text {
			b, ok := byteRunes[r]
			if !ok {
				return nil, models.Errorf(models.Unusable, "read tokenizer: token %d holds %U, which stands for no byte", id, r)
			}
			raw = append(raw, b)
		}
		tokens[id] = raw
	}
	return tokens[:min(n, ordinary)], nil
}
