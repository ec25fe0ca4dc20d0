package queue

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// maxSocket is the longest path of a socket, in bytes. macOS takes 104 with
// the closing zero, Linux 108; some go to the name under which it is made.
const maxSocket = 90

// SocketURL is how to connect to the hub whose ServerConfig.Socket is path. It
// is path itself, unless that is too long for a socket.
func SocketURL(path string) string { return "unix://" + socketPath(path) }

// socketPath replaces a path that is too long by one in a folder of the user's
// own below XDG_RUNTIME_DIR or the folder for temporary files.
func socketPath(path string) string {
	if len(path) <= maxSocket {
		return path
	}
	h := sha256.Sum256([]byte(filepath.Clean(path)))
	name := "afterword-" + hex.EncodeToString(h[:8])
	for _, base := range []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"} {
		short := filepath.Join(base, name, "hub.sock")
		if filepath.IsAbs(base) && len(short) <= maxSocket {
			return short
		}
	}
	return path // the system will say that it is too long
}

// socket bridges connections on a Unix socket to the server.
type socket struct {
	path     string
	short    bool // its folder is one that socketPath chose
	listener *net.UnixListener
	file     os.FileInfo // to remove this file at the end, not its successor

	mu    sync.Mutex
	conns map[net.Conn]bool
	done  bool
	owned sync.WaitGroup
}

func (s *Server) listen(asked string) (*socket, error) {
	path := socketPath(asked)
	short := path != asked
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, models.Errorf(models.Unusable, "make the folder of the socket: %w", err)
	}
	if err := ownFolder(asked); err != nil {
		return nil, err
	}
	if err := clearSocket(path); err != nil {
		return nil, err
	}
	l, err := bind(path)
	if err != nil {
		return nil, models.Errorf(models.Unusable, "open the socket of the queue: %w", err)
	}
	sock := &socket{path: path, short: short, listener: l, conns: map[net.Conn]bool{}}
	sock.file, _ = os.Lstat(path)
	sock.owned.Go(func() { sock.accept(s) })
	return sock, nil
}

// ownFolder sees that nobody else owns or can enter the folder that takes the
// place of one whose path is too long: it may be where everybody can write.
func ownFolder(asked string) error {
	path := socketPath(asked)
	if path == asked {
		return nil
	}
	info, err := os.Lstat(filepath.Dir(path))
	if err == nil && info.Mode()&fs.ModeSymlink == 0 && private(info) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return models.WithHint(models.Errorf(models.Unusable, "open the socket of the queue: others can enter its folder"),
		"Set XDG_RUNTIME_DIR to a folder of your own, or AFTERWORD_HOME to a shorter path.")
}

// clearSocket removes what a killed hub left behind; Busy if somebody answers
// there, Conflict if it is no socket at all.
func clearSocket(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return models.Errorf(models.Unusable, "look at the socket of the queue: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode()&fs.ModeSocket == 0 {
		return models.Errorf(models.Conflict, "open the socket of the queue: something else is in its place")
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = c.Close()
		return models.Errorf(models.Busy, "open the socket of the queue: another one is served there")
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return models.Errorf(models.Unusable, "remove the old socket of the queue: %w", err)
	}
	return nil
}

// bind opens the socket so that at no moment others can connect: it is made in
// a private folder, its mode set, and then moved to its place.
func bind(path string) (*net.UnixListener, error) {
	if runtime.GOOS == "windows" { // there the folder's rights are the socket's
		return net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".s")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err = errors.Join(os.Chmod(made, 0o600), os.Rename(made, path)); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

func (k *socket) accept(s *Server) {
	for {
		c, err := k.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			select { // such as too many open files
			case <-s.stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
			continue
		}
		if !k.keep(c) {
			_ = c.Close()
			return
		}
		k.owned.Go(func() {
			defer k.drop(c)
			bridge(s, c)
		})
	}
}

// bridge copies both ways until one side ends, and tells who came and, where
// it was the client that ended, who went.
func bridge(s *Server, client net.Conn) {
	inner, err := s.InProcessConn()
	if err != nil {
		_ = client.Close()
		return
	}
	serverEnded := make(chan struct{})
	go func() {
		_, _ = io.Copy(client, inner)
		_ = client.Close()
		close(serverEnded)
	}()
	name := ""
	in := bufio.NewReaderSize(client, 32<<10)
	if line, err := in.ReadSlice('\n'); err == nil || errors.Is(err, bufio.ErrBufferFull) {
		if name = connectName(line); name != "" {
			s.connection(name, 1, true)
		}
		if _, err := inner.Write(line); err == nil {
			_, _ = in.WriteTo(inner)
		}
	}
	clientEnded := true
	select {
	case <-serverEnded:
		clientEnded = false
	default:
	}
	_ = inner.Close()
	<-serverEnded
	if name != "" {
		s.connection(name, -1, clientEnded)
	}
}

// connectName reads the client's name out of the first line of the protocol.
func connectName(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte("CONNECT "))
	if !ok {
		return ""
	}
	var hello struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(rest, &hello) != nil {
		return ""
	}
	return hello.Name
}

func (k *socket) keep(c net.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.done {
		k.conns[c] = true
	}
	return !k.done
}

func (k *socket) drop(c net.Conn) {
	_ = c.Close()
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.conns, c)
}

func (k *socket) close() {
	if now, err := os.Lstat(k.path); err == nil && k.file != nil && os.SameFile(now, k.file) {
		_ = os.Remove(k.path)
		if k.short {
			_ = os.Remove(filepath.Dir(k.path)) // unless somebody else put something there
		}
	}
	_ = k.listener.Close()
	k.mu.Lock()
	k.done = true
	for c := range k.conns {
		_ = c.Close()
	}
	k.mu.Unlock()
	k.owned.Wait()
}

// unixDialer connects a NATS client to a socket, whatever address it asks for.
type unixDialer struct{ path string }

func (d unixDialer) Dial(_, _ string) (net.Conn, error) {
	c, err := net.DialTimeout("unix", d.path, 2*time.Second)
	if err != nil {
		return nil, fmt.Errorf("dial the hub: %w", err)
	}
	return c, nil
}

// SkipTLSHandshake tells the client that a socket needs none.
func (d unixDialer) SkipTLSHandshake() bool { return true }
