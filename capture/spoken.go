package capture

// How the network's answers become stretches of speech. It calls noise speech
// for a moment here and there, and of far voices it is never sure: a loud
// phrase across a meeting room had 5 %. So speech is what it holds to be possible
// for a while, and left out is only what has none of that near.
//
// Measured over activity: of three minutes of speech nothing is left out, clean,
// 30 dB softer, in as much noise as voice, in an echoing room, or made into a
// whisper, loud or hardly above the room; nor is a word of 24 minutes of real
// speech. Of four minutes of keys, steps, breath, music and recorded noise 88 %
// are, and half of their windows are not decoded. Single windows of 20 % left
// out 94 %, and 7 % of the soft whisper; four of 5 % in a row 93 %, and a word
// of the meeting.
const (
	likely = 0.03 // probability from which on somebody may be speaking …
	inARow = 4    // … where so many windows of 32 ms have it
	reach  = 250  // frames on both sides of these: what is softer there belongs to them
	warm   = 50   // frames that the network hears before it is believed
)

// spoken leaves those parts of the activity within [from, to) that may be
// speech. Only there does the network listen: silence costs nothing.
func (e *ear) spoken(active []run, from, to int) []run {
	if e.network == nil {
		return active
	}
	var inside, near []run
	for _, r := range active {
		if r = (run{max(r.from, from), min(r.to, to)}); r.from < r.to {
			inside = append(inside, r)
			near = append(near, run{max(0, r.from-reach-warm), min(len(e.bands), r.to+reach)})
		}
	}
	var speech []run
	for _, r := range union(near) {
		speech = append(speech, e.listen(r)...)
	}
	return common(inside, union(speech))
}

// listen finds speech in a stretch, widened by reach. What comes first only
// warms the network up, save at the beginning of all sound.
func (e *ear) listen(r run) (speech []run) {
	e.network.forget()
	trusted := (r.from + warm) * hop
	if r.from == 0 {
		trusted = 0
	}
	row := 0
	for at := r.from * hop; at+heardAtOnce <= r.to*hop; at += heardAtOnce {
		if p := e.network.hear(e.pcm, at); p < likely || at < trusted {
			row = 0
		} else if row++; row >= inARow {
			speech = append(speech, run{(at-(inARow-1)*heardAtOnce)/hop - reach, (at+heardAtOnce)/hop + reach})
		}
	}
	return speech
}

// common is what is in both a and b; the runs of each are in order and apart.
func common(a, b []run) (out []run) {
	for _, r := range a {
		for _, s := range b {
			if from, to := max(r.from, s.from), min(r.to, s.to); from < to {
				out = append(out, run{from, to})
			}
		}
	}
	return out
}
