package main

import (
	"context"
	"io"
	"sync"

	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models"
)

// pageCopies are the files of `export` and `backup`, for the browser.
type pageCopies struct {
	h     *hub
	backs *sync.Mutex // one backup at a time: each makes a snapshot
}

func (p pageCopies) Copy(ctx context.Context, id models.SessionID, form string) (review.File, error) {
	a := p.h.a
	write, ok := exporterFor(form)
	if !ok {
		return review.File{}, models.Errorf(models.Invalid, "export: there is no form %q", form)
	}
	which := string(id)
	if id == "" {
		which = "all"
	}
	b := a.pages()
	all, err := a.bundles(ctx, b, which)
	if err != nil {
		return review.File{}, err
	}
	return review.File{Name: exportName(all, form), Write: func(_ context.Context, w io.Writer) error { return write(w, a, b, all) }}, nil
}

func (p pageCopies) Backup(passphrase string) review.File {
	return review.File{Name: "afterword-" + string(models.DateOf(clock())) + ".age", Write: func(ctx context.Context, w io.Writer) error {
		p.backs.Lock()
		defer p.backs.Unlock()
		return p.h.a.sealBackup(ctx, w, passphrase)
	}}
}
