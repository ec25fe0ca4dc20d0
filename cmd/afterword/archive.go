package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// An exported zip can be imported again, here or elsewhere: beside the files
// for reading, each folder has an archive.json with everything that the store
// holds, and sound.wav. Nothing is ever written by a name that stands in the
// zip; one with names that lead elsewhere is refused as a whole.

// archiveVersion is raised when the meaning of a field changes.
const archiveVersion = 1

type archiveFile struct {
	Version int         `json:"archive_version"`
	Program string      `json:"afterword"`
	Entries []entryJSON `json:"entries"`
	store.Archive
}

// addArchive writes what belongs to a session, or to none.
func (a *app) addArchive(w io.Writer, x bundle) error {
	out := archiveFile{Version: archiveVersion, Program: version, Entries: entriesJSON(x.Entries)}
	if x.Session.ID != "" {
		all, err := a.store.Archive(context.Background(), x.Session.ID)
		if err != nil {
			return err
		}
		out.Archive = all
	}
	return json.NewEncoder(w).Encode(out)
}

// maxArchive bounds what is read of one archive.json: a session of eight hours
// has some 20 MB.
const maxArchive = 256 << 20

// archiveName is a folder's archive or sound; the rest is for people.
var archiveName = regexp.MustCompile(`^(between|(?:` + answerPrefix + `)?\d{4}-\d{2}-\d{2}-[0-9a-f]{12})/(archive\.json|sound\.wav)$`)

// archiveFolder is what a zip has of one session, of one answer, or of none.
type archiveFolder struct {
	archive, sound *zip.File
	answer         bool
}

// openArchive reads the list of an exported zip. It is false for files that
// are no zip at all.
func openArchive(name string) (z *zip.ReadCloser, folders map[string]*archiveFolder, ok bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, false, nil // whoever reads it as sound says why
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.Equal(head, []byte("PK\x03\x04")) {
		return nil, nil, false, nil
	}
	if z, err = zip.OpenReader(name); err != nil {
		return nil, nil, true, models.WithHint(models.Errorf(models.Unusable, "%s is a damaged zip: %w", shown(name), err), "copy it again from where it came from")
	}
	if folders, err = archiveFolders(z.File); err != nil {
		z.Close()
		return nil, nil, true, fmt.Errorf("%s: %w", shown(name), err)
	}
	return z, folders, true, nil
}

func archiveFolders(files []*zip.File) (map[string]*archiveFolder, error) {
	folders := map[string]*archiveFolder{}
	for _, f := range files {
		if strings.ContainsAny(f.Name, "\\\x00") || path.IsAbs(f.Name) || path.Clean("/"+f.Name) != "/"+strings.TrimSuffix(f.Name, "/") || strings.Contains(f.Name, ":") {
			return nil, models.WithHint(models.Errorf(models.Unusable, "a name in it leads out of it"), "no export looks like that; nothing was read")
		}
		m := archiveName.FindStringSubmatch(f.Name)
		if m == nil {
			continue
		}
		if folders[m[1]] == nil {
			folders[m[1]] = &archiveFolder{answer: strings.HasPrefix(m[1], answerPrefix)}
		}
		at := map[string]**zip.File{"archive.json": &folders[m[1]].archive, "sound.wav": &folders[m[1]].sound}[m[2]]
		if *at != nil {
			return nil, models.Errorf(models.Unusable, "it has %s twice", m[2])
		}
		*at = f
	}
	for _, f := range folders {
		if f.archive != nil {
			return folders, nil
		}
	}
	return nil, models.WithHint(models.Errorf(models.Unusable, "it is a zip, but no export of Afterword"), "unpack it, and import the sound files in it")
}

// importArchives brings in the files if they are exports. It reports false,
// having done nothing, if they are not; a mixture of both is refused.
func (a *app) importArchives(ctx context.Context, files []string, base intake) (done bool, err error) {
	for i, name := range files {
		z, folders, ok, err := openArchive(name)
		if err != nil {
			return true, err
		}
		if !ok && i == 0 {
			return false, nil
		}
		if !ok {
			return true, usagef("%s is no export; import exports and sound files one after the other", shown(name))
		}
		if base.Title != "" || base.Date != "" || base.Channels != 1 {
			z.Close()
			return true, usagef("an export has titles, days and channels of its own")
		}
		err = a.importArchive(ctx, name, z, folders)
		z.Close()
		if err != nil {
			return true, err
		}
	}
	return true, nil
}

// restored is what came back with a zip.
type restored struct {
	sessions []models.SessionID
	known    int // sessions that were here already, and stay as they are
	entries  int // notes, plans and outcomes
	answers  int // that can be heard
}

func (r restored) String() string {
	with := ""
	if r.answers > 0 {
		with = fmt.Sprintf(", with the sound of %d answers", r.answers)
	}
	return fmt.Sprintf("%d sessions and %d notes, plans and outcomes are here again%s", len(r.sessions), r.entries, with)
}

// check refuses a zip that brought nothing new.
func (r restored) check(name string) error {
	if len(r.sessions) == 0 && r.entries == 0 && r.known > 0 {
		return models.WithHint(models.Errorf(models.Conflict, "import %s: everything in it is here already", shown(name)), "nothing was changed")
	}
	return nil
}

// importArchive is restoreArchive for the terminal.
func (a *app) importArchive(ctx context.Context, name string, z *zip.ReadCloser, folders map[string]*archiveFolder) error {
	got, err := a.restoreArchive(ctx, name, z, folders)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "sessions": append([]models.SessionID{}, got.sessions...), "known": got.known, "entries": got.entries, "answers": got.answers})
	}
	for _, id := range got.sessions {
		fmt.Fprintln(a.stdout, id)
	}
	a.note("%s.", got)
	return got.check(name)
}

// restoreArchive brings in all sessions of an exported zip, and what belongs to
// none.
func (a *app) restoreArchive(ctx context.Context, name string, z *zip.ReadCloser, folders map[string]*archiveFolder) (got restored, err error) {
	for _, f := range z.File { // in the order in which it was written
		m := archiveName.FindStringSubmatch(f.Name)
		if m == nil || folders[m[1]].archive != f {
			continue
		}
		id, n, err := a.restoreFolder(ctx, folders[m[1]])
		switch {
		case models.CodeOf(err) == models.Conflict:
			a.note("%s; it stays as it is.", oneLine(err.Error()))
			got.known++
			continue
		case err != nil:
			return got, fmt.Errorf("import %s: %w", shown(name), err)
		}
		got.entries += n
		switch {
		case folders[m[1]].answer:
			got.answers++
		case id != "":
			got.sessions = append(got.sessions, id)
		}
	}
	return got, nil
}

// restoreFolder brings in one folder: words and decisions in one transaction,
// then the sound. id is empty for what belongs to no session; n counts entries.
func (a *app) restoreFolder(ctx context.Context, f *archiveFolder) (id models.SessionID, n int, err error) {
	in, err := readArchive(f.archive)
	if err == nil {
		err = in.checkAnswer(f.answer)
	}
	if err != nil {
		return "", 0, err
	}
	if in.Session.ID == "" {
		n, err := a.store.UnarchiveEntries(ctx, in.Archive.Entries)
		return "", n, err
	}
	if err := a.store.Unarchive(ctx, in.Archive); err != nil {
		return "", 0, err
	}
	if f.sound != nil {
		if err := a.restoreSound(ctx, in.Session.ID, f.sound); err != nil {
			if _, ferr := a.forgetSession(context.WithoutCancel(ctx), in.Session.ID); ferr != nil {
				err = errors.Join(err, ferr)
			}
			return "", 0, fmt.Errorf("sound of session %s: %w", in.Session.ID, err)
		}
	}
	if f.answer {
		return in.Session.ID, 0, nil
	}
	if p, err := a.joinAsGuest(ctx); err == nil { // a service that runs writes down at once what was waiting
		_ = p.publishPending(ctx, in.Session.ID)
		p.Close()
	}
	return in.Session.ID, len(in.Archive.Entries), nil
}

func readArchive(f *zip.File) (archiveFile, error) {
	var in archiveFile
	r, err := f.Open()
	if err != nil {
		return in, models.Errorf(models.Unusable, "open archive: %w", err)
	}
	defer r.Close()
	limited := &io.LimitedReader{R: r, N: maxArchive + 1}
	err = json.NewDecoder(limited).Decode(&in)
	switch {
	case limited.N <= 0:
		return in, models.Errorf(models.Unusable, "read archive: it is larger than any session")
	case err != nil:
		return in, models.Errorf(models.Unusable, "read archive: %w", err)
	case in.Version < 1:
		return in, models.Errorf(models.Unusable, "read archive: it is none")
	case in.Version > archiveVersion:
		return in, models.WithHint(models.Errorf(models.TooNew, "read archive: it was written by a newer Afterword"), "update this one first")
	}
	for _, e := range in.Entries {
		e.Body = e.Content
		if err := days.Readable(e.Entry); err != nil {
			return in, err
		}
		in.Archive.Entries = append(in.Archive.Entries, e.Entry)
	}
	return in, nil
}

// restoreSound writes the sound of a session as it was. Only the form that an
// export has is read: 16 bits behind a head of 44 bytes.
func (a *app) restoreSound(ctx context.Context, id models.SessionID, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return models.Errorf(models.Unusable, "open sound: %w", err)
	}
	defer r.Close()
	rate, channels, bytes, err := wavHead(r)
	if err != nil {
		return err
	}
	ring, err := a.sessionRing(ctx, id)
	if err != nil {
		return err
	}
	w, err := a.spool.Writer(id, ring, rate, channels, false)
	if err != nil {
		return err
	}
	buf := make([]byte, 2*rate*channels) // a second
	pcm := make([]int16, rate*channels)
	for bytes > 0 && ctx.Err() == nil && err == nil {
		n := int(min(bytes, int64(len(buf))))
		if _, err = io.ReadFull(r, buf[:n]); err != nil {
			err = models.Errorf(models.Unusable, "read sound: %w", err)
			break
		}
		for i := range n / 2 {
			pcm[i] = int16(binary.LittleEndian.Uint16(buf[2*i:]))
		}
		err = w.Write(pcm[:n/2])
		bytes -= int64(n)
	}
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// wavHead reads the head that an export writes.
func wavHead(r io.Reader) (rate, channels int, bytes int64, err error) {
	h := make([]byte, 44)
	if _, err := io.ReadFull(r, h); err != nil {
		return 0, 0, 0, models.Errorf(models.Unusable, "read sound: %w", err)
	}
	le := binary.LittleEndian
	channels, rate, bytes = int(le.Uint16(h[22:])), int(le.Uint32(h[24:])), int64(le.Uint32(h[40:]))
	if string(h[:4]) != "RIFF" || string(h[8:20]) != "WAVEfmt \x10\x00\x00\x00" || le.Uint16(h[20:]) != 1 || le.Uint16(h[34:]) != 16 || string(h[36:40]) != "data" ||
		channels < 1 || channels > 2 || rate < 8000 || rate > 192000 || bytes%int64(2*channels) != 0 {
		return 0, 0, 0, models.Errorf(models.Unusable, "read sound: it has not the form of an export")
	}
	return rate, channels, bytes, nil
}
