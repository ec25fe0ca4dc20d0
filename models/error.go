package models

import (
	"errors"
	"fmt"
)

// Code classes an error for whoever must act on it: the command line turns it
// into an exit code, the page into a status.
type Code string

const (
	Internal  Code = "internal"  // anything without a code
	Invalid   Code = "invalid"   // the request or the input is wrong
	NotFound  Code = "not-found" //
	Conflict  Code = "conflict"  // it exists already, or changed meanwhile
	Locked    Code = "locked"    // the store needs a passphrase, or the passphrase is wrong
	NoModel   Code = "no-model"  // no usable speech model
	Busy      Code = "busy"      // another process owns the store
	NotServed Code = "not-served"
	DiskFull  Code = "disk-full"
	Unusable  Code = "unusable" // a file or a device that cannot be used
	Partial   Code = "partial"  // some of it worked; what did not is named
	Stale     Code = "stale"    // the words under an item have changed
	TooNew    Code = "too-new"  // data written by a newer program
)

// Error is an error with a class and, for people, a hint: what to do next.
// Neither ever holds what was said in a session.
type Error struct {
	Code Code
	Hint string // a sentence, or empty
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error; %w works as in fmt.Errorf.
func Errorf(c Code, format string, args ...any) error {
	return &Error{Code: c, Err: fmt.Errorf(format, args...)}
}

// WithHint adds what to do next to err, keeping its code.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Code: CodeOf(err), Hint: fmt.Sprintf(format, args...), Err: err}
}

// CodeOf is the outermost code in err's chain; Internal if there is none, and
// empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// HintOf is the outermost hint in err's chain, or empty.
func HintOf(err error) string {
	for err != nil {
		e := (*Error)(nil)
		if !errors.As(err, &e) {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}
