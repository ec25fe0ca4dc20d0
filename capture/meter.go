package capture

import "math"

// The meter looks at blocks of a tenth of a second.
const (
	blocksASecond = 10
	keptBlocks    = 30 // three seconds: all that it judges by
	shownBlocks   = 5  // half a second: what it shows
	judgedBlocks  = 25 // a warning is due within three seconds

	zeroBlocks  = 20    // exact zeros for so long are no microphone
	quietPeak   = -62.0 // dBFS; a room with nobody in it is louder
	deadPeak    = -80.0 // dBFS; a channel without a microphone …
	alivePeak   = -50.0 // … beside one that hears something
	clipLevel   = 32700 // of 32767
	clipShare   = 0.001 // of all samples
	voiceAbove  = 8.0   // dB above the floor is somebody
	voiceLowest = -60.0 // dBFS; below, nobody is ever heard
)

// level is what one channel did in one block.
type level struct {
	peak    int
	sum     float64 // of squares
	clipped int
}

// meter keeps the levels of the newest sound.
type meter struct {
	channels, size int // size: samples per channel of a block
	filled         int
	blocks         [][]level // the newest last; each has the channels
	now            []level
	floor          float64 // dBFS, follows the quietest
	silentBlocks   int     // since somebody was heard
}

func newMeter(rate, channels int) *meter {
	return &meter{channels: channels, size: max(1, rate/blocksASecond), now: make([]level, channels), floor: -40}
}

// add hears interleaved samples.
func (m *meter) add(pcm []int16) {
	for i := 0; i+m.channels <= len(pcm); i += m.channels {
		for c := range m.now {
			v := int(pcm[i+c])
			if v < 0 {
				v = -v
			}
			l := &m.now[c]
			l.peak = max(l.peak, v)
			l.sum += float64(v) * float64(v)
			if v >= clipLevel {
				l.clipped++
			}
		}
		if m.filled++; m.filled == m.size {
			m.close()
		}
	}
}

func (m *meter) close() {
	loud := math.Inf(-1)
	for _, l := range m.now {
		loud = max(loud, decibels(math.Sqrt(l.sum/float64(m.size))))
	}
	// Falls at once, rises by 1 dB in five seconds.
	m.floor = min(m.floor+1.0/(5*blocksASecond), max(loud, -90))
	if m.silentBlocks++; loud > max(m.floor+voiceAbove, voiceLowest) {
		m.silentBlocks = 0
	}
	if len(m.blocks) == keptBlocks {
		copy(m.blocks, m.blocks[1:])
		m.blocks = m.blocks[:keptBlocks-1]
	}
	m.blocks = append(m.blocks, m.now)
	m.now, m.filled = make([]level, m.channels), 0
}

// restart forgets what was heard: another microphone, or a pause in between.
func (m *meter) restart() {
	m.blocks, m.filled = nil, 0
	clear(m.now)
}

// levels are peak and RMS of each channel in the last half second, in dBFS.
func (m *meter) levels() (peak, rms []float64) {
	shown := m.blocks[max(0, len(m.blocks)-shownBlocks):]
	for c := range m.channels {
		p, sum := 0, 0.0
		for _, b := range shown {
			p, sum = max(p, b[c].peak), sum+b[c].sum
		}
		peak = append(peak, decibels(float64(p)))
		rms = append(rms, decibels(math.Sqrt(sum/float64(max(1, len(shown)*m.size)))))
	}
	return peak, rms
}

// decibels are dBFS of a 16-bit amplitude, not below -120.
func decibels(amplitude float64) float64 { return max(-120, 20*math.Log10(amplitude/32768+1e-9)) }

// What the meter warns of.
const (
	warnNothing = "I can't hear anything: the microphone may be muted, or permission is missing."
	warnQuiet   = "The microphone hears very little: move it closer, or turn it up in the system's sound settings."
	warnClips   = "It is too loud for the microphone: turn it down a little, or move it away."
	warnDead    = "One channel of the microphone is silent."
)

// warnings are what the last seconds give reason for.
func (m *meter) warnings() []string {
	if len(m.blocks) < zeroBlocks {
		return nil
	}
	most, clipped, peaks := 0, 0, make([]int, m.channels)
	for i, b := range m.blocks {
		for c, l := range b {
			if i >= len(m.blocks)-judgedBlocks {
				peaks[c] = max(peaks[c], l.peak)
				clipped += l.clipped
			}
			if i >= len(m.blocks)-zeroBlocks {
				most = max(most, l.peak)
			}
		}
	}
	if most == 0 {
		return []string{warnNothing}
	}
	if len(m.blocks) < judgedBlocks {
		return nil
	}
	loudest, quietest := -120.0, 0.0
	for _, p := range peaks {
		loudest, quietest = max(loudest, decibels(float64(p))), min(quietest, decibels(float64(p)))
	}
	var out []string
	if loudest < quietPeak {
		out = append(out, warnQuiet)
	}
	if float64(clipped) > clipShare*float64(judgedBlocks*m.size*m.channels) {
		out = append(out, warnClips)
	}
	if loudest > alivePeak && quietest < deadPeak {
		out = append(out, warnDead)
	}
	return out
}
