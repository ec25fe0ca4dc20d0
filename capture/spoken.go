package capture

// How the network's answers become stretches of speech. It calls noise speech
// for a moment here and there, and may not know a whisper for a moment: left out
// is only what has nothing near it that could be speech. Of three minutes of
// speech nothing is left out, clean, 30 dB softer, in as much noise as voice, in
// an echoing room, or made into a whisper; 2 % of a whisper that is hardly above
// the room. Of four minutes of keys, steps, breath, music and recorded noise nine
// tenths are.
const (
	likely = 0.1 // probability from which on somebody may be speaking
	reach  = 250 // frames on both sides of such a window: what is softer there belongs to it
	warm   = 50  // frames that the network hears before it is believed
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
	trusted := r.from*hop + warm*hop
	if r.from == 0 {
		trusted = 0
	}
	for at := r.from * hop; at+heardAtOnce <= r.to*hop; at += heardAtOnce {
		if p := e.network.hear(e.pcm, at); p >= likely && at >= trusted {
			speech = append(speech, run{at/hop - reach, (at+heardAtOnce)/hop + reach})
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
