package main

import (
	"context"
	"io"

	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models"
)

func (p pageCopies) handover(ctx context.Context, o review.ShareOrder) (handover, error) {
	a := p.h.a
	s, err := a.store.FindSession(ctx, o.Session)
	if err != nil {
		return handover{}, err
	}
	return a.handover(ctx, a.pages(), s, shareFlags{items: o.Items, hide: o.Hide, keep: o.Keep})
}

func (p pageCopies) Handover(ctx context.Context, o review.ShareOrder) (review.Handover, error) {
	h, err := p.handover(ctx, o)
	out := review.Handover{Items: h.page.Items.List}
	for _, w := range h.replaced() {
		out.Replaced = append(out.Replaced, review.Replaced{Word: w, As: h.put.As[w]})
	}
	return out, err
}

func (p pageCopies) Share(o review.ShareOrder, passphrase string) review.File {
	return review.File{Name: "from-a-session-" + string(models.DateOf(clock())) + ".html.age", Write: func(ctx context.Context, w io.Writer) error {
		a := p.h.a
		h, err := p.handover(ctx, o)
		if err != nil {
			return err
		}
		b := a.pages()
		note, err := a.sealShare(ctx, b, w, h, passphrase)
		if err == nil {
			note.For = oneLine(o.For)
			_, err = b.SaveShared(ctx, note)
		}
		return err
	}}
}
