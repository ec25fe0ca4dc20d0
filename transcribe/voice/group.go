package voice

import (
	"math"
	"math/rand/v2"
)

// The numbers were chosen on dialogues made of readers, half of them with the
// noise and echo of a room, on single voices and on three real conversations.
// With other readers they did about as well. Change, pause and trust were halved
// and doubled: the words that are right in the dialogues moved by less than one in
// a hundred, those of a telephone call by four.
const (
	// change is the probability that another voice has taken over at the next
	// window inside a burst, pause that at the first window after a pause.
	change = 0.12
	pause  = 0.4
	// trust is how much a window counts as a witness of its own.
	trust = 1
	// full is the length in frames from which a window counts fully.
	full = 120
	// spread is a variance below which no voice is believed to stay.
	spread = 1e-4

	// kin is how like each other the means of two voices may be without a
	// contrast between their stretches; what is above it takes half as much of
	// that. Halves of one voice were 0.80 to 0.97 alike and had a contrast of −0.03
	// to 0.10, two voices 0.53 to 0.84 (0.88 on the telephone) and 0.07 to 0.39.
	// Of 51 recordings of one voice 4 are still cut in two, of 39 dialogues none
	// is taken for one voice; but where the second voice says a word now and then
	// it goes unheard in 4 of 10.
	kin = 0.74
	// stranger is how unlike all three voices must be for a third one to be
	// believed, part how much of the session each must speak, and enough how many
	// windows it takes: about half a minute.
	stranger = 0.76
	part     = 0.08
	enough   = 150
)

// grouping says who speaks in each window.
type grouping struct {
	means []Embedding // of each voice
	post  [][]float64 // for each window the probability of each voice
}

// group finds the voices in windows, in order of time.
func group(es []Embedding, ws []window) grouping {
	if len(es) == 0 {
		return grouping{}
	}
	c := crowd{es: es, ws: ws, weight: make([]float64, len(ws))}
	for t, w := range ws {
		if es[t] != (Embedding{}) {
			c.weight[t] = math.Min(1, float64(w.to-w.from)/full)
		}
	}
	one := grouping{post: certain(len(es), 1, func(int) int { return 0 })}
	one.means = c.means(one.post)
	if len(es) < 2 {
		return one
	}
	two := c.settle(c.divide(2))
	if c.contrast(two) < (c.likeness(two)-kin)/2 {
		return one
	}
	if len(es) >= enough {
		if three := c.settle(c.divide(3)); c.likeness(three) < stranger && enoughEach(three) {
			return three
		}
	}
	return two
}

// crowd is what is to be grouped.
type crowd struct {
	es     []Embedding
	ws     []window
	weight []float64
}

// certain is the posterior of a guess without doubt.
func certain(n, k int, who func(t int) int) [][]float64 {
	post := make([][]float64, n)
	for t := range post {
		post[t] = make([]float64, k)
		post[t][who(t)] = 1
	}
	return post
}

// means are the voices of a guess.
func (c crowd) means(post [][]float64) []Embedding {
	out := make([]Embedding, len(post[0]))
	for t := range c.es {
		for j := range out {
			w := float32(post[t][j] * c.weight[t])
			if w == 0 {
				continue
			}
			for i := range out[j] {
				out[j][i] += w * c.es[t][i]
			}
		}
	}
	for j := range out {
		out[j].unit()
	}
	return out
}

// divide finds k groups by k-means over angles: the best of several beginnings,
// which are the same ones each time.
func (c crowd) divide(k int) [][]float64 {
	r := rand.New(rand.NewPCG(1, 1))
	var best [][]float64
	score := math.Inf(-1)
	for range 12 {
		means := c.far(k, r)
		who := make([]int, len(c.es))
		var total float64
		for range 20 {
			total = 0
			for t := range c.es {
				top := float32(-2)
				for j := range means {
					if d := c.es[t].Dot(&means[j]); d > top {
						top, who[t] = d, j
					}
				}
				total += c.weight[t] * float64(top)
			}
			means = c.means(certain(len(c.es), k, func(t int) int { return who[t] }))
		}
		if total > score {
			score, best = total, certain(len(c.es), k, func(t int) int { return who[t] })
		}
	}
	return best
}

// far draws k windows, each far from those before (k-means++).
func (c crowd) far(k int, r *rand.Rand) []Embedding {
	means := []Embedding{c.es[r.IntN(len(c.es))]}
	for len(means) < k {
		sum := 0.0
		sums := make([]float64, len(c.es))
		for t := range c.es {
			near := float32(-1)
			for j := range means {
				near = max(near, c.es[t].Dot(&means[j]))
			}
			sum += c.weight[t] * float64((1-near)*(1-near))
			sums[t] = sum
		}
		x, t := r.Float64()*sum, 0
		for t < len(sums)-1 && sums[t] < x {
			t++
		}
		means = append(means, c.es[t])
	}
	return means
}

// settle lets the voices speak on: means and the walk in time correct each
// other until both stay.
func (c crowd) settle(post [][]float64) grouping {
	h := hmm{voices: len(post[0]), change: make([]float64, len(c.ws))}
	for t := 1; t < len(c.ws); t++ {
		h.change[t] = change
		if c.ws[t].burst != c.ws[t-1].burst {
			h.change[t] = pause
		}
	}
	g := grouping{post: post}
	for range 12 {
		g.means = c.means(g.post)
		g.post = h.posteriors(c.likelihoods(g))
	}
	return g
}

// likelihoods compares each window with each pair of voices along the line
// between the two, on which each voice is a normal distribution of the same
// width. How far the voices are apart decides how much a window says.
func (c crowd) likelihoods(g grouping) [][]float64 {
	k := len(g.means)
	like := make([][]float64, len(c.es))
	for t := range like {
		like[t] = make([]float64, k)
	}
	for a := range k {
		for b := range a {
			c.compare(g, a, b, like)
		}
	}
	return like
}

func (c crowd) compare(g grouping, a, b int, like [][]float64) {
	var line Embedding
	for i := range line {
		line[i] = g.means[a][i] - g.means[b][i]
	}
	at := make([]float64, len(c.es))
	var sum, weight [2]float64
	for t := range at {
		at[t] = float64(c.es[t].Dot(&line))
		for j, v := range [2]int{a, b} {
			w := g.post[t][v] * c.weight[t]
			sum[j] += w * at[t]
			weight[j] += w
		}
	}
	mean := [2]float64{sum[0] / (weight[0] + 1e-9), sum[1] / (weight[1] + 1e-9)}
	var square float64
	for t := range at {
		for j, v := range [2]int{a, b} {
			square += g.post[t][v] * c.weight[t] * (at[t] - mean[j]) * (at[t] - mean[j])
		}
	}
	variance := square/(weight[0]+weight[1]+1e-9) + spread
	for t := range at {
		for j, v := range [2]int{a, b} {
			like[t][v] -= trust * c.weight[t] * (at[t] - mean[j]) * (at[t] - mean[j]) / (2 * variance) / float64(len(g.means)-1)
		}
	}
}

// contrast is how much more alike windows of one voice are that lie more than
// 5 s apart, than windows of two voices that lie closer. One voice that drifts
// is alike where it is near.
func (c crowd) contrast(g grouping) float64 {
	const distance, reach = 500, 3000 // frames
	var same, other, ns, no float64
	for x := range c.ws {
		if c.weight[x] < 0.8 {
			continue
		}
		for y := x + 1; y < len(c.ws) && c.ws[y].from-c.ws[x].to < reach; y++ {
			gap := c.ws[y].from - c.ws[x].to
			if gap < 0 || c.weight[y] < 0.8 {
				continue
			}
			d := float64(c.es[x].Dot(&c.es[y]))
			p := g.post[x][0]*g.post[y][0] + g.post[x][1]*g.post[y][1]
			if gap > distance {
				same, ns = same+p*d, ns+p
			} else {
				other, no = other+(1-p)*d, no+1-p
			}
		}
	}
	if ns == 0 || no == 0 {
		return -1 // too short to tell
	}
	return same/ns - other/no
}

// likeness is that of the two voices that are most alike, by long windows: short
// ones are all somewhat alike.
func (c crowd) likeness(g grouping) float64 {
	long := crowd{c.es, c.ws, make([]float64, len(c.ws))}
	for t, w := range c.ws {
		if w.to-w.from >= full {
			long.weight[t] = c.weight[t]
		}
	}
	means := long.means(g.post)
	top := float32(-1)
	for a := range means {
		for b := range a {
			top = max(top, means[a].Dot(&means[b]))
		}
	}
	return float64(top)
}

// enoughEach tells whether every voice speaks enough to be one.
func enoughEach(g grouping) bool {
	for a := range g.means {
		share := 0.0
		for t := range g.post {
			share += g.post[t][a] / float64(len(g.post))
		}
		if share < part {
			return false
		}
	}
	return true
}
