package weights

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

const (
	webTries = 4
	webStall = 60 * time.Second // without a byte: try again
	maxWeb   = 4 << 30          // no official file is larger
)

// fromWeb fetches the official file over HTTPS, going on with what an earlier
// try has left. If the whole is not what it should be, that beginning may have
// been of another version: it is fetched once more from the start.
func (f *fetcher) fromWeb(ctx context.Context, w Weight) error {
	if !w.Speech() { // it is published in the package only
		return errNotThere
	}
	part := filepath.Join(f.dir, w.File+".part")
	st, err := os.Stat(part)
	resumed := err == nil && st.Size() > 0
	err = f.make(ctx, w, func(part string) error { return f.download(ctx, w, part) })
	if resumed && models.CodeOf(err) == models.Unusable {
		err = f.make(ctx, w, func(part string) error { return f.download(ctx, w, part) })
	}
	return err
}

// download fills part, in several tries, each going on where the last ended.
func (f *fetcher) download(ctx context.Context, w Weight, part string) error {
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	for try := 1; ; try++ {
		err := f.once(ctx, w, out)
		if err == nil {
			return out.Sync()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if try == webTries || errors.Is(err, errFinal) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * f.pause()):
		}
	}
}

// pause is the time between tries; tests, which bring their own server, do not
// wait.
func (f *fetcher) pause() time.Duration {
	if strings.HasPrefix(f.url, "http://127.0.0.1") {
		return time.Millisecond
	}
	return 2 * time.Second
}

// errFinal is an answer that another try will not change.
var errFinal = errors.New("the server will not give it")

// once appends to out what it lacks, in one request.
func (f *fetcher) once(ctx context.Context, w Weight, out *os.File) error {
	at, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if w.Bytes > 0 && at == w.Bytes {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stall := time.AfterFunc(webStall, cancel)
	defer stall.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url+w.File, nil)
	if err != nil {
		return err
	}
	if at > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", at))
	}
	res, err := f.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusPartialContent && strings.HasPrefix(res.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", at)):
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable && at > 0:
		// All of it is there, or what is there is of something else: the digest
		// will tell.
		return nil
	case res.StatusCode == http.StatusOK:
		if err := out.Truncate(0); err != nil {
			return err
		}
		if at, err = out.Seek(0, io.SeekStart); err != nil {
			return err
		}
	case res.StatusCode >= 400 && res.StatusCode < 500 && res.StatusCode != http.StatusTooManyRequests:
		return fmt.Errorf("%w: it says %s", errFinal, res.Status)
	default:
		return fmt.Errorf("the server says %s", res.Status)
	}
	return f.receive(res, w, out, at, stall)
}

func (f *fetcher) receive(res *http.Response, w Weight, out *os.File, at int64, stall *time.Timer) error {
	total := w.Bytes
	if total == 0 && res.ContentLength > 0 {
		total = at + res.ContentLength
	}
	limit := max(w.Bytes, 1)
	if w.Bytes == 0 {
		limit = maxWeb
	}
	buf := make([]byte, 256<<10)
	for {
		n, err := res.Body.Read(buf)
		stall.Reset(webStall)
		if at+int64(n) > limit {
			return models.Errorf(models.Unusable, "the server sends more than the %d bytes expected: %w", limit, errFinal)
		}
		if _, err := out.Write(buf[:n]); err != nil {
			return errors.Join(errFinal, err)
		}
		at += int64(n)
		f.tell(at, total)
		if errors.Is(err, io.EOF) {
			if total > 0 && at < total {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}
