package vmic

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Server is a PulseAudio server with one virtual microphone, "vmic".
type Server struct {
	dir     string
	cmd     *exec.Cmd
	modules map[string]string // number of the module of each sink
	ears    map[string]*exec.Cmd
}

// Available tells whether the programs that this needs are installed.
func Available() bool {
	for _, p := range []string{"pulseaudio", "pactl", "pacat"} {
		if _, err := exec.LookPath(p); err != nil {
			return false
		}
	}
	return true
}

// Start runs a server whose files lie in dir, with the sink "vmic" and its
// monitor as the default source.
func Start(dir string) (*Server, error) {
	s := &Server{dir: dir}
	return s, s.Run()
}

// Env is what a program needs to find the server.
func (s *Server) Env() []string {
	return []string{"XDG_RUNTIME_DIR=" + s.dir, "PULSE_SERVER=unix:" + s.socket(), "PULSE_RUNTIME_PATH=" + s.dir, "HOME=" + s.dir, "XDG_CONFIG_HOME=" + s.dir}
}

func (s *Server) socket() string { return filepath.Join(s.dir, "native.sock") }

// Run starts the server, also after Kill.
func (s *Server) Run() error {
	_ = os.Remove(s.socket())
	_ = os.Remove(filepath.Join(s.dir, "pid"))
	// The device must not be what a busy machine makes late: it goes first where
	// that is allowed.
	s.cmd = exec.Command("nice", "-n", "-15", "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--high-priority=no",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+s.socket())
	s.cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+s.dir, "PULSE_RUNTIME_PATH="+s.dir, "HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir)
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start pulseaudio: %w", err)
	}
	s.modules, s.ears = map[string]string{}, map[string]*exec.Cmd{}
	var err error
	for range 200 {
		if _, err = s.ctl("info"); err == nil {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if err != nil {
		return err
	}
	if err := s.Plug("vmic"); err != nil {
		return err
	}
	return s.Default("vmic")
}

// Plug adds a virtual microphone. Somebody listens to it from then on: a sink
// that nobody hurries delivers in blocks as long as its player's buffer, which
// no microphone does.
func (s *Server) Plug(name string) error {
	id, err := s.ctl("load-module", "module-null-sink", "sink_name="+name, fmt.Sprintf("rate=%d", Rate), "channels=2", "format=s16le",
		"sink_properties=device.description="+name)
	s.modules[name] = strings.TrimSpace(id)
	if err != nil {
		return err
	}
	ear := s.client("--record", "--latency-msec=20", "--device="+name+".monitor")
	s.ears[name] = ear
	return ear.Start()
}

// Unplug removes it.
func (s *Server) Unplug(name string) error {
	_, err := s.ctl("unload-module", s.modules[name])
	end(s.ears[name])
	return err
}

func end(c *exec.Cmd) {
	if c != nil && c.Process != nil {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
}

// client is a program that plays or records interleaved stereo at Rate, 16
// bits. Its sound is never what a busy machine makes late.
func (s *Server) client(args ...string) *exec.Cmd {
	c := exec.Command("nice", append([]string{"-n", "-15", "pacat", "--raw", "--format=s16le", fmt.Sprintf("--rate=%d", Rate), "--channels=2"}, args...)...)
	c.Env = append(os.Environ(), s.Env()...)
	return c
}

// Default makes a virtual microphone the default source.
func (s *Server) Default(name string) error {
	_, err := s.ctl("set-default-source", name+".monitor")
	return err
}

func (s *Server) ctl(args ...string) (string, error) {
	c := exec.Command("pactl", args...)
	c.Env = append(os.Environ(), s.Env()...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("pactl %s: %w: %s", args[0], err, errs.String())
	}
	return out.String(), nil
}

// Player plays into a virtual microphone until it is stopped or its sound ends.
type Player struct{ cmd *exec.Cmd }

// Play plays interleaved stereo at Rate, 16 bits, as fast as it is taken.
func (s *Server) Play(name string, sound io.Reader) (*Player, error) {
	c := s.client("--playback", "--latency-msec=2000", "--device="+name)
	in, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("play into %s: %w", name, err)
	}
	go func() {
		_, _ = io.CopyBuffer(in, struct{ io.Reader }{sound}, make([]byte, 1<<14))
		_ = in.Close()
	}()
	return &Player{c}, nil
}

// Wait waits until all was played.
func (p *Player) Wait() error { return p.cmd.Wait() }

// Stop ends it at once.
func (p *Player) Stop() { end(p.cmd) }

// PID is the server's process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the server as a crash would. Run starts it again.
func (s *Server) Kill() {
	end(s.cmd)
	for _, ear := range s.ears {
		end(ear)
	}
}
