package extract

// conditional: an if in the same sentence governs the clause at i, before it
// or after it. "even if" and "see if" do not.
func (u *utterance) conditional(i int, s sentence) bool {
	for k := s.from; k < s.to; k++ {
		w := u.word(k)
		if w != "if" && w != "unless" && !(w == "should" && k == s.from) && w != "suppose" {
			continue
		}
		if w == "suppose" && !(u.word(k+1) == "he" || u.word(k+1) == "she" || u.word(k+1) == "they") {
			continue
		}
		prev := u.word(k - 1)
		if away := u.toks[k].clause - u.toks[i].clause; u.raw && (away > 1 || away < -1) {
			continue // without full stops, an if governs the clause beside it
		}
		if k > i && u.aims(i, k) {
			continue // "I'll tell him first, so I can leave if he laughs"
		}
		if k > i && (u.word(k-1) == "and" || u.word(k-1) == "but") || u.indirectIf(k, s) {
			continue
		}
		if prev == "even" || prev == "see" || prev == "as" || prev == "ask" || prev == "wonder" || prev == "know" || prev == "sure" || prev == "check" || prev == "only" || prev == "and" && u.word(k-2) == "if" {
			continue
		}
		// "if that's all right", "if you could", "if I'm honest" hedge, they do not condition
		if politeIf.has(u, sentence{k, min(k+7, s.to), false}) {
			continue
		}
		return true
	}
	return false
}

// aims: between i and k a clause begins that says what for.
func (u *utterance) aims(i, k int) bool {
	for j := i + 1; j < k; j++ {
		if u.word(j) == "so" && u.toks[j].clause > u.toks[j-1].clause || u.word(j) == "because" {
			return true
		}
	}
	return false
}

// indirectIf: "ask April if I can swap": the if belongs to the asking.
func (u *utterance) indirectIf(k int, s sentence) bool {
	for j := k - 1; j >= max(s.from, k-4); j-- {
		switch lemma(u.word(j), base|gerund|past) {
		case "ask", "see", "know", "wonder", "check", "tell", "decide", "find", "remember":
			return true
		}
		if u.toks[j].kind == mark {
			return false
		}
	}
	return false
}

var politeIf = list(`
if that is all right
if that is okay
if that is fine
if i have|need to $
if i must
if it kills me
if you could
if you can
if you do not mind
if i am honest
if i am being honest
if you like
if you want
if that helps
if i may
if anything
if possible
if my @any hold|holds
if i remember
if you ask me
`)
