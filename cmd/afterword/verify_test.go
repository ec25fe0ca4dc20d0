package main

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestStretchesAreRecognised(t *testing.T) {
	t.Parallel()
	var p stretches
	for _, text := range []string{"I didn't know what to say, so I left.", "Grüße aus dem Garten hinten", "call my sister soon", "no", "oh I see"} {
		p.add(text)
	}
	p.ready()
	for text, want := range map[string]bool{
		"":                                      false,
		"so I left":                             false, // too little to be anybody's words
		"what to say so i left":                 true,
		"DIDN’T know\nwhat to say":              false, // another apostrophe: other bytes
		"didnt know what to say":                true,
		`{"text":"I didn't know what to say,"}`: true,
		"\x00\x01\x02I didn't know what to say\xff\xfe": true,
		"I didn't know what\x01to say so I":             false, // no text has that
		"Grüße aus dem Garten hinten":                   true,
		"please call my sister soon":                    true,
		"oh i see":                                      false, // too few letters
		strings.Repeat("x", 100) + " what to say so i":  true,
	} {
		if got := p.countIn(strings.NewReader(text)) > 0; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	var wide []byte
	for _, u := range utf16.Encode([]rune("what to say, so I left")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	if p.countIn(strings.NewReader(string(wide))) == 0 {
		t.Error("UTF-16 is not read")
	}
}

// BenchmarkScan is over bytes as sealed files have them.
func BenchmarkScan(b *testing.B) {
	var p stretches
	p.add(strings.Repeat("one two three four five six seven ", 1000))
	p.ready()
	noise := make([]byte, 16<<20)
	for i, x := 0, uint64(1); i < len(noise); i++ {
		x = x*6364136223846793005 + 1442695040888963407
		noise[i] = byte(x >> 56)
	}
	b.SetBytes(int64(len(noise)))
	for b.Loop() {
		p.countIn(strings.NewReader(string(noise)))
	}
}

func TestSocketsOfAProcess(t *testing.T) {
	t.Parallel()
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1E56 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0
   1: 00000000:1E57 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12 1 0 100 0 0 10 0
   2: 0100007F:1E56 0100007F:D2B4 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0 100 0 0 10 0
   3: 0A01A8C0:D2B5 22D8B85D:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 14 1 0 100 0 0 10 0
   4: 0A01A8C0:D2B6 08080808:0035 01 00000000:00000000 00:00000000 00000000  1000        0 99 1 0 100 0 0 10 0
   5: 00000000000000000000000001000000:1E58 00000000000000000000000000000000:0000 0A 0:0 0:0 0 1000 0 15 1
   6: 0000000000000000FFFF00000100007F:1E58 0000000000000000FFFF00000100007F:9C40 01 0:0 0:0 0 1000 0 16 1
   7: nonsense nonsense 01 0:0 0:0 0 1000 0 17 1
   8: short
`
	got := socketsIn(strings.NewReader(table), map[string]bool{"11": true, "12": true, "13": true, "14": true, "15": true, "16": true, "17": true})
	want := map[string]bool{
		"127.0.0.1:7766, listening": true, "0.0.0.0:7767, listening": false, "this computer": true,
		"93.184.216.34:443": false, "[::1]:7768, listening": true, "something unreadable": false,
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for end, here := range want {
		if is, ok := got[end]; !ok || is != here {
			t.Errorf("%s: %v, seen: %v", end, is, ok)
		}
	}
}

func FuzzSockets(f *testing.F) {
	f.Add("   0: 0100007F:1E56 00000000:0000 0A 0:0 0:0 0 1000 0 11 1 0")
	f.Fuzz(func(t *testing.T, table string) {
		for end := range socketsIn(strings.NewReader(table), map[string]bool{"11": true}) {
			if strings.Contains(end, ":0,") {
				t.Errorf("%q", end)
			}
		}
	})
}
