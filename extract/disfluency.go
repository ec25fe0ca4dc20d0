package extract

// Talk as it is spoken is full of what nobody means: "I'll, um, I'll ring, uh, on Monday". The rules
// read it as "I'll ring on Monday"; the text itself, and so every quote, stays as it was said.

// pauses are fillers that mean nothing anywhere. Of "mm" and "hmm" that cannot be said.
var pauses = set("um uh er erm uhm")

// smooth drops pauses with their commas, then what is begun anew in the same
// words. What is nothing but pauses stays.
func (u *utterance) smooth() {
	if u.content() == 0 {
		return
	}
	u.dropPauses()
	for n := 1; n <= 3; n++ { // shortest first: "I, I was, I was just" is "I was just"
		kept := u.toks[:0:0]
		for i := 0; i < len(u.toks); {
			if to := u.again(i, n); to > 0 {
				i = to
				continue
			}
			kept = append(kept, u.toks[i])
			i++
		}
		u.toks = kept
	}
}

// content is how many words there are beside pauses.
func (u *utterance) content() (n int) {
	for _, t := range u.toks {
		if t.kind != mark && !pauses[t.w] {
			n++
		}
	}
	return n
}

// dropPauses drops pauses. Of the commas round them one is left, unless none can
// stand there.
func (u *utterance) dropPauses() {
	kept := u.toks[:0:0]
	for i := 0; i < len(u.toks); i++ {
		if !pauses[u.word(i)] {
			kept = append(kept, u.toks[i])
			continue
		}
		comma := -1
		n := len(kept)
		for n > 0 && kept[n-1].w == "," {
			n--
		}
		if n < len(kept) {
			comma = i - 1
		}
		for u.word(i+1) == "," || pauses[u.word(i+1)] {
			if i++; u.word(i) == "," {
				comma = i
			}
		}
		before := kept[:n]
		kept = before
		if comma >= 0 && n > 0 && i+1 < len(u.toks) && u.toks[i+1].kind != mark && before[n-1].kind != mark && !leans(before, u.word(i+1)) {
			kept = append(kept, u.toks[comma])
		}
	}
	u.toks = kept
}

// leans: the last of the words said cannot end a clause when next follows.
func leans(said []token, next string) bool {
	n := len(said) - 1
	w := said[n].w
	if persons[w] && n > 0 && modals[said[n-1].w] && isBase(next) { // "could you, um, ring"
		return true
	}
	return leaning[w] || (modals[w] || auxiliaries[w]) && (isBase(next) || isGerund(next) || isParticiple(next) || adverbs[next])
}

var (
	leaning     = set("i he she we they the a an my your our their every of and but or if because with from at")
	auxiliaries = set("to am is are was were have has had do does did")
)

// again returns where the same n words begin once more behind those at i, with at
// most a comma or a dash between; 0 if they do not. What is repeated for its
// own sake ("no, no", "very, very") begins with no word of those that are repeated in
// search of the next.
func (u *utterance) again(i, n int) int {
	if !repeated[u.word(i)] {
		return 0
	}
	k := i + n
	for b := u.word(k); b == "," || b == "-" || b == "—" || b == "…"; b = u.word(k) {
		k++
	}
	if k+n > len(u.toks) {
		return 0
	}
	for j := range n {
		a, b := u.toks[i+j], u.toks[k+j]
		if a.kind != lexical || b.kind != lexical || a.w != b.w || a.start == b.start {
			return 0
		}
	}
	return k
}

var repeated = set("i you he she we they it the a an my your his her our their this to of in on at for with from and but so if or because when what how where who is was am are have has will would can could do did just like maybe let")
