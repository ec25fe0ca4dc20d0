package audio

import (
	"bufio"
	"encoding/binary"
	"io"
)

// oggPage is a page of an Ogg stream (RFC 3533) with the packets that end on
// it.
type oggPage struct {
	serial     uint32
	granule    int64 // position at the end of the last packet; -1 if none ends here
	first, end bool  // of the logical stream
	lost       bool  // pages are missing in front of it
	packets    [][]byte
}

// oggReader finds pages, also behind damaged stretches. It keeps to one
// logical stream: the one that choose accepts by its first packet.
type oggReader struct {
	r       *bufio.Reader
	choose  func(firstPacket []byte) bool
	serial  uint32
	started bool
	next    uint32 // sequence number of the next page
	partial []byte // beginning of a packet that goes on on the next page
	open    bool   // partial is valid
	skipped int    // pages or bytes between pages that could not be used
}

const (
	oggMaxPage   = 27 + 255 + 255*255
	oggMaxPacket = 1 << 20
)

func newOggReader(r io.Reader, choose func([]byte) bool) *oggReader {
	return &oggReader{r: bufio.NewReaderSize(r, oggMaxPage+1), choose: choose}
}

// page returns the next page of the stream; io.EOF at the end of the file.
func (o *oggReader) page() (oggPage, error) {
	for {
		raw, err := o.raw()
		if err != nil {
			return oggPage{}, err
		}
		p, lacing, body := parseOggPage(raw)
		if p.first && o.choose(body) {
			o.serial, o.started, o.next = p.serial, true, binary.LittleEndian.Uint32(raw[18:])
			o.open = false
		}
		if !o.started || p.serial != o.serial {
			continue
		}
		seq := binary.LittleEndian.Uint32(raw[18:])
		p.lost = seq != o.next
		o.next = seq + 1
		o.split(&p, raw[5]&1 != 0, lacing, body)
		return p, nil
	}
}

// raw returns the bytes of the next whole page with a right checksum, valid
// until the next call.
func (o *oggReader) raw() ([]byte, error) {
	bad := false
	for {
		b, err := o.r.Peek(27)
		if err != nil {
			return nil, io.EOF
		}
		if string(b[:5]) == "OggS\x00" {
			size := 27 + int(b[26])
			if b, err = o.r.Peek(size); err == nil {
				for _, n := range b[27:] {
					size += int(n)
				}
				b, err = o.r.Peek(size)
			}
			if err == nil && oggCRC(b) == binary.LittleEndian.Uint32(b[22:]) {
				_, err = o.r.Discard(size)
				return b, err
			}
		}
		if !bad {
			bad = true
			o.skipped++
		}
		if _, err := o.r.Discard(1); err != nil {
			return nil, io.EOF
		}
	}
}

func parseOggPage(b []byte) (p oggPage, lacing, body []byte) {
	p = oggPage{
		serial: binary.LittleEndian.Uint32(b[14:]), granule: int64(binary.LittleEndian.Uint64(b[6:])),
		first: b[5]&2 != 0, end: b[5]&4 != 0,
	}
	n := 27 + int(b[26])
	return p, b[27:n], b[n:]
}

// split cuts the body into packets.
func (o *oggReader) split(p *oggPage, continued bool, lacing, body []byte) {
	if !continued || p.lost {
		o.open = false
	}
	drop := continued && !o.open // the end of a packet of which we do not have the beginning
	if !o.open {
		o.partial = nil
	}
	for _, n := range lacing {
		if len(o.partial)+int(n) <= oggMaxPacket {
			o.partial = append(o.partial, body[:n]...)
		}
		body = body[n:]
		if n == 255 {
			continue
		}
		if !drop {
			p.packets = append(p.packets, o.partial)
		}
		o.partial, drop = nil, false
	}
	o.open = len(lacing) > 0 && lacing[len(lacing)-1] == 255 && !drop
}

// oggCRC is the checksum of a page, reckoned with zeros in its own place.
func oggCRC(b []byte) uint32 {
	var c uint32
	for i, x := range b {
		if i >= 22 && i < 26 {
			x = 0
		}
		c = c<<8 ^ oggTable[byte(c>>24)^x]
	}
	return c
}

var oggTable = func() (t [256]uint32) {
	for i := range t {
		c := uint32(i) << 24
		for range 8 {
			h := c >> 31
			c = c<<1 ^ h*0x04c11db7
		}
		t[i] = c
	}
	return t
}()
