package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/zalando/go-keyring"
)

// keyringService is the name under which our entries are listed.
const keyringService = "afterword"

// keyringDoor is the way to the system's keyring. No answer comes after wait:
// a keyring may be locked and asking somebody who is not there.
type keyringDoor struct {
	wait  time.Duration
	calls keyringCalls
}

type keyringCalls interface {
	Set(user, secret string) error
	Get(user string) (string, error)
	Delete(user string) error
}

var systemKeyring = keyringDoor{2 * time.Second, system{}}

type system struct{}

func (system) Set(user, secret string) error {
	if err := reachable(); err != nil {
		return err
	}
	return keyring.Set(keyringService, user, secret)
}

func (system) Get(user string) (string, error) {
	if err := reachable(); err != nil {
		return "", err
	}
	return keyring.Get(keyringService, user)
}

func (system) Delete(user string) error {
	if err := reachable(); err != nil {
		return err
	}
	return keyring.Delete(keyringService, user)
}

var errNoBus = errors.New("no desktop session")

// reachable refuses where there is no message bus: the bus library would
// start one, which then stays behind.
func reachable() error {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil {
			return nil
		}
	}
	return errNoBus
}

// put stores a secret and reads it back, both within the wait. If the keyring
// takes it only later, it is removed again.
func (d keyringDoor) put(ctx context.Context, user, secret string) error {
	_, err := d.ask(ctx, func() (string, error) {
		if err := d.calls.Set(user, secret); err != nil {
			return "", err
		}
		got, err := d.calls.Get(user)
		if err == nil && got != secret {
			err = errors.New("it gave back something else")
		}
		return got, err
	}, func() { d.calls.Delete(user) })
	if err != nil {
		return models.WithHint(models.Errorf(models.Unusable, "store the key in the keyring: %w", err),
			"unlock the system's keyring, or keep the key by a passphrase")
	}
	return nil
}

func (d keyringDoor) get(ctx context.Context, user string) (string, error) {
	s, err := d.ask(ctx, func() (string, error) { return d.calls.Get(user) }, nil)
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil:
		return "", err
	case errors.Is(err, keyring.ErrNotFound):
		return "", models.WithHint(models.Errorf(models.Locked, "the keyring does not hold the key of this store"),
			"log in as the user who made the store, or restore a backup")
	}
	return "", models.WithHint(models.Errorf(models.Locked, "ask the keyring for the key: %w", err),
		"unlock the system's keyring, then run 'afterword unlock'")
}

func (d keyringDoor) drop(ctx context.Context, user string) error {
	_, err := d.ask(ctx, func() (string, error) { return "", d.calls.Delete(user) }, nil)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// ask runs one exchange with the keyring. When no answer comes in time the
// exchange is left behind, since it cannot be interrupted; should it succeed
// after all, late undoes it.
func (d keyringDoor) ask(ctx context.Context, exchange func() (string, error), late func()) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d.wait, errors.New("it does not answer"))
	defer cancel()
	type answer struct {
		s   string
		err error
	}
	done := make(chan answer)
	go func() {
		s, err := exchange()
		select {
		case done <- answer{s, err}:
		case <-ctx.Done():
			if late != nil {
				late()
			}
		}
	}()
	select {
	case a := <-done:
		return a.s, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
