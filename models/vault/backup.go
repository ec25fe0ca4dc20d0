package vault

import (
	"errors"
	"fmt"
	"io"

	"github.com/afterword/afterword/models"
)

// Encrypt seals a backup with a passphrase, as a file that age opens too:
// what is written goes to w. Close ends it; without that it does not open.
func (v *Vault) Encrypt(w io.Writer, passphrase string) (io.WriteCloser, error) {
	out, err := encrypt(w, passphrase, v.c.WorkFactor)
	if err != nil {
		return nil, fmt.Errorf("encrypt backup: %w", err)
	}
	return out, nil
}

// Decrypt opens what Encrypt sealed. Locked if the passphrase is wrong;
// Unusable, here or while reading, if r is no backup, cut short or damaged.
// What was read before that error is genuine but not all.
func Decrypt(r io.Reader, passphrase string) (io.Reader, error) {
	in := &source{r: r}
	out, err := decrypt(in, passphrase)
	switch {
	case err == nil:
		return &backup{out, in}, nil
	case wrongPassphrase(err):
		return nil, models.WithHint(models.Errorf(models.Locked, "that passphrase does not open this backup"),
			"it is the one given when the backup was made")
	}
	return nil, fmt.Errorf("open backup: %w", in.judge(err))
}

// source remembers a reading error, to tell a bad disk from a bad file.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

func (s *source) judge(err error) error {
	if s.err != nil && errors.Is(err, s.err) {
		return err
	}
	return models.WithHint(models.Errorf(models.Unusable, "it is damaged, cut short, or no backup"), "use another copy of the backup")
}

type backup struct {
	r  io.Reader
	in *source
}

func (b *backup) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("read backup: %w", b.in.judge(err))
	}
	return n, err
}
