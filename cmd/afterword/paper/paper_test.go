package paper

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/afterword/afterword/models"
)

// read is the text of a PDF, as another program reads it.
func read(t testing.TB, b []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, name, "-")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil || problems.Len() > 0 {
		t.Fatalf("%v: %s", err, problems.String())
	}
	return string(out)
}

func TestEveryWordIsOnThePaper(t *testing.T) {
	blocks := []Block{{Title, "Grüße (from) the \\ žluťoučký кот, Ωmega “q”"}, {Heading, "To do"}, {Item, "Call e\u0301lan"}, {Quote, "0:40 I will"}, {Small, "line one\nline two"}}
	var words []string
	for i := range 4000 {
		words = append(words, fmt.Sprintf("word%d", i))
	}
	blocks = append(blocks, Block{Text, strings.Join(words, " ")}, Block{Text, strings.Repeat("long", 100) + " after"})
	var b bytes.Buffer
	if err := Write(&b, "x", blocks); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(read(t, b.Bytes())), " ")
	for _, want := range append([]string{"Grüße (from) the \\ žluťoučký кот, Ωmega “q”", "To do", "• Call élan", "0:40 I will", "line one line two", "after"}, words...) {
		if !strings.Contains(got, want) {
			t.Fatalf("%q is not on the paper:\n%.600s", want, got)
		}
	}
	if n := strings.Count(b.String(), "/Type /Page "); n < 5 {
		t.Errorf("%d pages", n)
	}
}

// The list of objects says where each of them begins.
func TestObjectsLieWhereTheListSays(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, "x", []Block{{Text, "y"}}); err != nil {
		t.Fatal(err)
	}
	s := b.String()
	start, err := strconv.Atoi(regexp.MustCompile(`startxref\n(\d+)`).FindStringSubmatch(s)[1])
	if err != nil || !strings.HasPrefix(s[start:], "xref\n") {
		t.Fatalf("the list is not at %d: %v", start, err)
	}
	all := regexp.MustCompile(`(\d{10}) 00000 n `).FindAllStringSubmatch(s[start:], -1)
	if len(all) < reserved+2 {
		t.Fatalf("%d objects", len(all))
	}
	for i, m := range all {
		at, _ := strconv.Atoi(m[1])
		if want := fmt.Sprintf("%d 0 obj\n", i+1); !strings.HasPrefix(s[at:], want) {
			t.Errorf("object %d does not lie at %d", i+1, at)
		}
	}
}

func TestWhatTheTypefaceLacks(t *testing.T) {
	for _, s := range []string{"中文", "שלום", "x\u0323\u0302"} {
		var b bytes.Buffer
		err := Write(&b, "x", []Block{{Text, "before"}, {Text, s}})
		if models.CodeOf(err) != models.Unusable || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", s, err, b.Len())
		}
	}
	var b bytes.Buffer
	if err := Write(&b, "x", []Block{{Text, "glad 😀\uFE0F\x00\u202eend"}}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, b.Bytes()); !strings.Contains(got, "glad □end") || !strings.Contains(got, "□ stands for") {
		t.Errorf("%q", got)
	}
}

func TestWriteEnds(t *testing.T) {
	full := errors.New("full")
	if err := Write(failing{full}, "x", []Block{{Text, "y"}}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	var b bytes.Buffer
	if err := Write(&b, "", nil); err != nil || strings.Count(b.String(), "/Type /Page ") != 1 {
		t.Errorf("nothing to set: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// However a text is broken into lines, its letters stay in order and none is
// wider than the page.
func TestLinesKeepEveryLetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zäW \n]{0,200}`).Draw(t, "text")
		most := rapid.Float64Range(20, 400).Draw(t, "most")
		got := lines(s, looks[Text], most)
		letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if letters(strings.Join(got, "")) != letters(s) {
			t.Fatalf("%q became %q", s, got)
		}
		for _, l := range got {
			if measure(l, looks[Text]) > most && len([]rune(l)) > 1 {
				t.Fatalf("%q is %.1f wide", l, measure(l, looks[Text]))
			}
		}
	})
}
