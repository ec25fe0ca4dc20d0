package extract

import "testing"

// Lists are compiled when they are asked for: here all of them are, so that a
// row that is none does not wait for a session to be found.
func TestEveryListCompiles(t *testing.T) {
	rows := 0
	for _, r := range lists {
		r.fill()
		rows += r.n
	}
	if len(lists) < 100 || rows < 1000 {
		t.Errorf("%d lists with %d rows", len(lists), rows)
	}
}
