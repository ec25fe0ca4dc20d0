package queue

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/afterword/afterword/models"
)

// standing starts a NATS server of somebody else on a port of loopback.
func standing(t *testing.T, jetStream bool) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: jetStream,
		JetStreamMaxMemory: 1 << 20, StoreDir: t.TempDir(), Username: "u", Password: "p",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return fmt.Sprintf("nats://u:p@%s", s.Addr())
}

func TestAnotherNATSServerCarriesTheSame(t *testing.T) {
	url := standing(t, true)
	hub := mustConnect(t, nil, url, "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 10)
	publish(t, hub, 10)
	worker := mustConnect(t, nil, url, "worker")
	startWork(t, worker, 2, echo)
	b.waitDone(t, 10)
	waitEmpty(t, hub)
	for i, n := range b.commits {
		if n != 1 {
			t.Errorf("chunk %d: %d commits", i, n)
		}
	}
	publish(t, hub, 1)
	if err := hub.Forget(ctxFor(t), session); err != nil {
		t.Error(err)
	}
}

func TestConnectingNowhere(t *testing.T) {
	without := standing(t, false)
	tests := []struct {
		name, url string
		want      models.Code
	}{
		{"no server named", "", models.Invalid},
		{"no such socket", "unix:///nowhere/hub.sock", models.NotServed},
		{"a port that nobody serves", "nats://127.0.0.1:1", models.Unusable},
		{"a server without JetStream", without, models.Unusable},
		{"a wrong password", "nats://u:x@" + without[len("nats://u:p@"):], models.Unusable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Connect(ctxFor(t), Config{URL: tt.url}); models.CodeOf(err) != tt.want {
				t.Errorf("connected: %v", err)
			}
		})
	}
}

// BenchmarkPublish: chunks of 450 kB, as a recording makes them, to the disk.
func BenchmarkPublish(b *testing.B) {
	for _, how := range []string{"in process", "over the socket"} {
		b.Run(how, func(b *testing.B) {
			s := mustStart(b, b.TempDir())
			url := ""
			if how != "in process" {
				url = s.URL()
			}
			q := mustConnect(b, s, url, "hub")
			j := job(0)
			j.Payload = make([]byte, 450_000)
			_, _ = rand.Read(j.Payload)
			b.SetBytes(int64(len(j.Payload)))
			b.ResetTimer()
			for i := range b.N {
				j.Seq = i
				if err := q.Publish(ctxFor(b), j); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRound: a whole round of a job whose work takes no time, over the
// socket, with two slots; what is left is what the queue costs.
func BenchmarkRound(b *testing.B) {
	s := mustStart(b, b.TempDir())
	hub := mustConnect(b, s, "", "hub")
	worker := mustConnect(b, s, s.URL(), "worker")
	book := newBook()
	serve(b, hub, book)
	j := job(0)
	j.Payload = make([]byte, 450_000)
	_, _ = rand.Read(j.Payload)
	for i := range b.N {
		j.Seq = i
		if err := hub.Publish(ctxFor(b), j); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(j.Payload)))
	b.ResetTimer()
	stop := startWork(b, worker, 2, echo)
	book.waitDone(b, b.N)
	waitEmpty(b, hub)
	b.StopTimer()
	stop()
}

func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	filled(b, dir, 100)
	b.ResetTimer()
	for range b.N {
		s, err := StartServer(ctxFor(b), ServerConfig{Dir: dir + "/queue", Socket: dir + "/hub.sock"})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = s.Close()
		b.StartTimer()
	}
}
