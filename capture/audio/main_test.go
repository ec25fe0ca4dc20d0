package audio

import (
	"context"
	"os"
	"testing"
)

// TestMain lets the test program be the decoding child too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "decode" {
		if err := ServeDecode(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 2 && os.Args[1] == "misbehave" {
		misbehave(os.Args[2])
	}
	os.Exit(m.Run())
}

// child is how tests decode path.
func child(t testing.TB, path string, want Want) Child {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Child{Exe: exe, Args: []string{"decode"}, Path: path, Want: want}
}

// decodeAll decodes a whole file in a child.
func decodeAll(t testing.TB, path string, want Want) (pcm []int16, s *Stream, err error) {
	s, err = Decode(t.Context(), child(t, path, want))
	if err != nil {
		return nil, nil, err
	}
	t.Cleanup(func() { s.Close() })
	buf := make([]int16, 8192)
	for {
		n, err := s.Read(buf)
		pcm = append(pcm, buf[:n]...)
		if err != nil {
			return pcm, s, err
		}
	}
}
