// Command afterword keeps what mattered in a therapy session, for the person
// whose session it was, on that person's own computer.
//
// Every file <name>.go holds the command of that name. What they share:
//
//	app.go       opens settings, vault, store and spool, in that order; closes in reverse
//	home.go      where things lie, and the lock that says who owns the pipeline
//	config.go    flags, environment, file, defaults: which setting came from where
//	ingest.go    a file becomes sealed sound in the spool and chunks in the ledger
//	hub.go       owns the pipeline: queue, ledger, extraction
//	keeper.go    keeps the hub's own worker alive while there is work, nice while it records
//	desks.go     engine states, each with a chunk in hand
//	captions.go  the child that writes live captions; captionfeed.go keeps it alive
//	courier.go   seals chunks for workers and opens what they answer
//	page.go      fits the parts of the program to the page, which lies in review/
//	cli.go       the command tree, exit codes, how errors are said
//	service.go   lets serve start at login: systemd, launchd
//	view.go      the view of a recording on a whole terminal
//	progress.go  one line that moves on a terminal, lines that stay elsewhere
//
// The pipeline has one owner at a time, whoever holds the lock in the home:
// `serve`, or an `import` in the foreground. Everyone else adds to the ledger
// and rings the owner's bell, which is the queue. An import that finds its
// owner gone takes the lock and goes on.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	keepMemory()
	ctx, stop := signalContext(context.Background())
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program; scripts and end-to-end tests call it too.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return execute(ctx, args, stdin, stdout, stderr)
}

// signalContext ends at the first interrupt, with the signal as its cause, so
// that work in hand can be closed; the second one ends the process at once.
// SIGHUP is ignored: a closed terminal must not end a recording.
func signalContext(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGHUP)
	go func() {
		first, ok := <-ch
		if !ok {
			return
		}
		cancel(stopped{first})
		if second, ok := <-ch; ok {
			os.Exit(stopped{second}.code())
		}
	}()
	return ctx, func() { signal.Stop(ch); close(ch); cancel(nil) }
}

// stopped is the cause of a context that a signal ended.
type stopped struct{ sig os.Signal }

func (s stopped) Error() string { return "stopped by " + s.sig.String() }

func (s stopped) code() int {
	if s.sig == syscall.SIGTERM {
		return 143
	}
	return 130
}
