package extract

// otherSense: the words of a feeling are there, and the sentence says that they
// tell of something else: a story, a thing, somebody else, everybody.
func (j *judge) otherSense() bool {
	if j.self != "i" {
		return false
	}
	u, rest := j.u, j.rest()
	for _, t := range []*rules[bool]{theirTag, theirWay, practical, joking} {
		if t.has(u, rest) {
			return true
		}
	}
	switch picture := j.f.value.kind == whole || j.f.value.kind == plainly; {
	case mustBe.startsAt(u, rest), wished.startsAt(u, rest):
		return true
	case picture && j.mundane():
		return true
	case j.f.value.emotion == "shame" && knacks.startsAt(u, rest):
		return true
	}
	return j.ofFiction() || j.ofThing() || j.endedThere(rest) || j.jokedAfter()
}

// mustBe supposes it of another: "how lonely that must be", "what a relief it
// must have been for her".
var mustBe = list(`
it|that|this|he|she|they|you must
it|that|this must_have been|felt
for you|him|her|them must
he|she|they|you is|'s|was|are|were $
, is|are|was|were not he|she|they
that|the|my|this|his|her @any? @any is|'s|was|are|were $
`)

// theirTag: the words were somebody else's, and that is said behind them: "it'll
// never work, he says".
var theirTag = list(`
, he|she|they|people says|say|said|goes|reckons $
, he|she|they says|said|goes about|to|every|all|and
, said|says the|my|his|her
, my? @kin says|said|reckons
, it says|said
`)

// practical: who turns to the other with something to be done means the words
// as they are: "his shoes are in the hall, tell him to move them".
var practical = list(`
, can|could you hear|see|send|fix|pass|move|reach|check|find
, is it|that the|that|this|left|right|down|up
, tell|ask him|her|them to|$
, you will have to ask
, budge|move|shove up|over
`)

var endings = list("until|till i|he|she|they|it|the|we|you|somebody|someone|that")

// endedThere: "I was calm until I saw the bill."
func (j *judge) endedThere(rest sentence) bool {
	return j.courteous() && j.f.value.kind == state && j.inPast() && endings.startsAt(j.u, rest)
}

// knacks: who is an idiot with computers is not ashamed of it.
var knacks = list("at|with the? computers|computer|machines|numbers|maths|money|names|cards|directions|maps|cooking|spelling|technology|phones|faces|dates|languages|drawing|sums|diy|laptop|cars|plants")

// mundane: what stands right behind a picture shows that it is none: "too much
// going on in that wallpaper", "I kept his coat for the charity shop".
func (j *judge) mundane() bool {
	u := j.u
	if u.weeps(j.f) || family[j.f.value.emotion] == "anger" {
		return false // one may weep over anything, and be fed up with any printer
	}
	for k := j.f.to; k < min(j.f.to+5, j.s.to); k++ {
		if u.toks[k].kind == mark {
			return false
		}
		if namedClasses()["mundane"][u.word(k)] {
			return true
		}
	}
	return false
}

// wished: "a bit of hope would be nice" says that there is none.
var wished = list(`
would|'d be @adv* nice|good|lovely|great|welcome|something|a
would not go amiss
would @adv* help
`)

// theirWay: what was quoted is how somebody else talks.
var theirWay = list(", that is|was how|what he|she|they|my|his|her|people @any? @any? says|said|talks|talked|goes|is|thinks|calls|puts")

// joking takes the word back as a joke or a slip of the tongue.
var joking = list(`
, joking|kidding|joke $
, i am|'m|was @adv* joking|kidding|messing
, only|just joking|kidding|messing
, the|this|that|my @any i mean
, @any i mean ,
, i mean the|this|that|my|blunt
and|, we|i @adv* both|all? laughed|giggled
`)

var jokes = list("^ i am|was? @adv* joking|kidding|messing\n^ only|just joking|kidding|messing\n^ joke|joking|kidding $")

func (j *judge) jokedAfter() bool {
	s, ok := j.u.next(j.s)
	return ok && jokes.has(j.u, s)
}

// fiction is what films and books do to everybody, and who is in them.
var fiction = list(`
the|that|this|a|an film|movie|book|novel|series|documentary|podcast|drama|thriller|episode|play|musical|game|match|story|programme|show|sitcom|soap had|has|'s|is|was|about|where|with|when
it is|was|'s? a|an|the|this|that @any? film|movie|book|novel|series|documentary|podcast|drama|thriller|episode|play|musical|programme|show|song|poem|painting about|where|with|called
main|lead character
the hero|heroine|villain|actor|actress|narrator|protagonist
we|i|they @adv* watched|saw|read|watching|reading a|an|the|that|this @any? @any? film|movie|book|novel|series|documentary|podcast|programme|show|story|poem|article|thing about|where|with|on|called
`)

var askedFiction = list("the|that|this film|movie|book|novel|series|documentary|play|game|match|show|programme|musical|concert")

// ofFiction: "The film had me on the edge of my seat." "What was the book like?"
// "Terrifying."
func (j *judge) ofFiction() bool {
	u := j.u
	if fiction.has(u, sentence{j.s.from, j.f.from, false}) && !u.firstPersonIn(max(j.s.from, j.clauseStart()), j.f.to) {
		return true
	}
	if b := j.before; b != nil && j.f.value.kind == cause && len(b.sentences) > 0 && j.f.from-j.s.from < 4 {
		return askedFiction.has(b, b.sentences[len(b.sentences)-1])
	}
	return false
}

// namedLast: who says "it's on autopilot, the heating" names the thing last.
var namedLast = list(", the|that|this|them|those|these @any $\n, the|that|this|them|those|these @any @any $")

// ofThing: an "it" that is named last is a thing and feels nothing; what it is
// for somebody ("it's frustrating, the wait") is another matter.
func (j *judge) ofThing() bool {
	u := j.u
	if j.f.value.kind == cause || j.f.value.kind == named || u.firstPersonIn(j.s.from, j.s.to) {
		return false
	}
	switch u.word(j.s.from) {
	case "it", "that", "they":
		return namedLast.has(u, j.rest())
	}
	return false
}

// firstPersonIn: the speaker is named between two tokens.
func (u *utterance) firstPersonIn(from, to int) bool {
	for k := from; k < to; k++ {
		switch u.word(k) {
		case "i", "me", "my", "myself", "we", "us", "our", "mine":
			return true
		}
	}
	return false
}
