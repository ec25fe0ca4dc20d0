package main

import (
	"bufio"
	"encoding/hex"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// watched is what was seen of the processes of Afterword.
type watched struct {
	processes map[int]bool    // by process ID
	ends      map[string]bool // "127.0.0.1:7766 (listens)"; true where it is this computer
	dumps     int             // processes whose memory a crash may write to disk
}

func (w *watched) local() []string { return w.those(true) }
func (w *watched) away() []string  { return w.those(false) }

func (w *watched) those(here bool) []string {
	var out []string
	for end, is := range w.ends {
		if is == here {
			out = append(out, end)
		}
	}
	slices.Sort(out)
	return out
}

// saw takes in what one look at a process saw.
func (w *watched) saw(pid int, ends map[string]bool, dumps bool) {
	if w.processes == nil {
		w.processes, w.ends = map[int]bool{}, map[string]bool{}
	}
	if dumps && !w.processes[pid] {
		w.dumps++
	}
	w.processes[pid] = true
	maps.Copy(w.ends, ends)
}

// socketsIn reads a table of the kernel, as in /proc/net/tcp, and tells the
// other end of each socket whose inode is one of those; of one that listens,
// its own. Sockets between two processes of one computer are one entry each.
func socketsIn(table io.Reader, inodes map[string]bool) map[string]bool {
	out := map[string]bool{}
	in := bufio.NewScanner(table)
	for in.Scan() {
		f := strings.Fields(in.Text())
		if len(f) < 10 || !inodes[f[9]] {
			continue
		}
		here, err := kernelAddr(f[1])
		there, terr := kernelAddr(f[2])
		switch {
		case err != nil || terr != nil:
			out["something unreadable"] = false
		case there.Port() == 0:
			out[here.String()+", listening"] = here.Addr().IsLoopback()
		case there.Addr().IsLoopback():
			out["this computer"] = true
		default:
			out[there.String()] = false
		}
	}
	return out
}

// kernelAddr reads "0100007F:1E56": the address as 32-bit words of this
// machine's order, which is little-endian wherever Afterword runs.
func kernelAddr(s string) (netip.AddrPort, error) {
	addr, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(addr)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for i := 0; i+4 <= len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	ip, ok := netip.AddrFromSlice(b)
	n, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return netip.AddrPort{}, strconv.ErrSyntax
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), nil
}
