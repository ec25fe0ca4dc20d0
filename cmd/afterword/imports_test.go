package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/afterword/afterword/"

// rooms says what each folder may import of this module. Everything may import
// models; cmd/afterword fits all together and may import everything.
var rooms = map[string]struct {
	may string
	why string
}{
	"models":               {"", "the words that all share depend on nobody"},
	"models/store":         {"models", "it keeps words and seals them through a ring that it is handed"},
	"models/vault":         {"models", "keys know nothing of sessions"},
	"models/weights":       {"models", "speech-model files know nothing of sessions"},
	"capture":              {"models capture/audio", "a recorder that knew the store could lose a session with it"},
	"capture/audio":        {"models", "decoders run in a child of their own"},
	"capture/mic":          {"models capture/mic/vmic", "a microphone knows nothing of what is done with its sound"},
	"capture/mic/vmic":     {"models", "tests and benchmarks speak into it"},
	"transcribe":           {"models", "a worker never touches store or spool"},
	"transcribe/whisper":   {"models transcribe", "the engine behind the words of transcribe"},
	"transcribe/voice":     {"models", "voices are told apart from sound and words alone"},
	"extract":              {"models extract/corpus", "rules over words, nothing else; the corpus is for its tests"},
	"extract/llm":          {"models extract", "a language model that the client set up, behind the words of extract, which knows of none"},
	"extract/corpus":       {"models", "the written sessions that the rules are measured on"},
	"queue":                {"models", "it carries sealed bytes"},
	"cmd/afterword/review": {"models cmd/afterword/days", "the page shows and asks; what it needs it declares itself, in the words of models and of the days"},
	"cmd/afterword/days":   {"models cmd/afterword/paper", "the page and the terminal call the same logic, which knows neither"},
	"cmd/afterword/paper":  {"models", "it sets text, and knows nothing of what it says"},
	"cmd/afterword/notify": {"models", "the desktop knows nothing of plans"},
	"cmd/afterword/api":    {"models cmd/afterword/days", "scripts get what the page and the terminal get, from the same calls"},
	"cmd/build":            {"models models/weights capture/mic/vmic", "set-up holds no product logic"},
}

// doors says which folders may import a package from outside, tests aside, and
// why only these. A path covers the packages below it.
var doors = []struct{ pkg, only, why string }{
	{"database/sql", "models/store", "one writer, one set of pragmas"},
	{"modernc.org/sqlite", "models/store", "one writer, one set of pragmas"},
	{"net/http", "cmd/build cmd/afterword/api cmd/afterword/review models/weights extract/llm", "set-up, the page and the API on loopback, a download on request, a language model that the client named; nothing else speaks to the network"},
	{"net", "cmd/afterword cmd/afterword/review queue models/weights extract/llm cmd/build", "sockets of this computer, and the queue and the language model that the user named"},
	{"github.com/nats-io", "queue", "the queue could be another one tomorrow"},
	{"C", "transcribe/whisper", "C memory is copied at the door"},
	{"unsafe", "transcribe/whisper capture/audio capture/mic", "C memory is copied at the door"},
	{"github.com/gen2brain/malgo", "capture/mic", "the only door to microphones"},
	{"filippo.io/age", "models/vault", "one place for keys"},
	{"golang.org/x/crypto", "models/vault", "one place for keys"},
	{"github.com/zalando/go-keyring", "models/vault", "one place for keys"},
	{"github.com/hajimehoshi/go-mp3", "capture/audio", "hostile files meet decoders in a child process only"},
	{"github.com/mewkiz/flac", "capture/audio", "hostile files meet decoders in a child process only"},
	{"github.com/pion/opus", "capture/audio", "hostile files meet decoders in a child process only"},
	{"github.com/godbus/dbus", "cmd/afterword/notify", "the bus belongs to others: every wait for it is bounded at one door"},
	{"github.com/spf13/cobra", "cmd/afterword", "the command line is the program's"},
	{"golang.org/x/image", "cmd/afterword/paper", "letters are drawn on paper alone"},
	{"os/exec", "cmd/afterword cmd/afterword/notify cmd/build capture capture/audio capture/mic/vmic models/weights", "few parts start processes"},
}

func TestImportRules(t *testing.T) {
	eachGoFile(t, func(room, file string, imports []string) {
		for _, imp := range imports {
			if inner, ok := strings.CutPrefix(imp, module); ok {
				checkRoom(t, room, file, inner)
			}
			for _, d := range doors {
				if !strings.HasSuffix(file, "_test.go") && (imp == d.pkg || strings.HasPrefix(imp, d.pkg+"/") && d.pkg != "net") && !within(room, d.only) {
					t.Errorf("%s imports %s, which only %s may: %s", file, imp, d.only, d.why)
				}
			}
		}
	})
}

func checkRoom(t *testing.T, room, file, imported string) {
	if room == "cmd/afterword" || room == imported {
		return
	}
	rule, ok := rooms[room]
	if !ok {
		// A folder below one that is listed follows its rule.
		for name, r := range rooms {
			if strings.HasPrefix(room, name+"/") && (!ok || len(name) > len(rule.may)) {
				rule, ok = r, true
			}
		}
	}
	if !ok {
		t.Errorf("%s: folder %s has no import rule; add one with its reason", file, room)
		return
	}
	if !within(imported, rule.may) {
		t.Errorf("%s imports %s, but %s may import %q: %s", file, imported, room, rule.may, rule.why)
	}
}

func within(room, list string) bool {
	for name := range strings.FieldsSeq(list) {
		if room == name || name == "cmd/build" && strings.HasPrefix(room, name+"/") {
			return true
		}
	}
	return false
}

func TestHouse(t *testing.T) {
	allowed := " cmd capture transcribe extract queue models go.mod go.sum README.md LICENSE "
	entries, err := filepath.Glob("../../*")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := filepath.Base(e)
		if !strings.HasPrefix(name, ".") && !strings.Contains(allowed, " "+name+" ") {
			t.Errorf("%s lies at the top; only%s and dotfiles do", name, allowed)
		}
	}
}

// eachGoFile visits every Go file of the module, whatever its build tags.
func eachGoFile(t *testing.T, visit func(room, file string, imports []string)) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		var imports []string
		for _, i := range f.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			imports = append(imports, p)
		}
		files++
		visit(filepath.ToSlash(filepath.Dir(rel)), filepath.ToSlash(rel), imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("only %d files were looked at", files)
	}
}
