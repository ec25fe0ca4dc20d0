package extract

import "slices"

// What is told beside a sign of feeling says which feeling it is: tears beside
// a death are grief, and who feels awful after their own deed feels guilty.

// reading is an utterance while its feelings are read.
type reading struct {
	talk     []utterance
	i        int
	mourning bool
	told     map[string]bool // families of feeling that were named outright
	story    bool            // the turns before tell of a time that is over
}

// beside settles which feeling a match is in the light of what stands beside
// it; false if it is none of its own.
func (r *reading) beside(s sentence, f found[cue], before *utterance) (string, bool) {
	u, emotion := &r.talk[r.i], f.value.emotion
	all := sentence{0, len(u.toks), false}
	if f.value.kind == whole {
		switch {
		case u.bodySign(f) && u.namedIn(s, f, before): // "so happy I cried": the word says which feeling it was
			return "", false
		case r.told[family[emotion]] && !said(u, s, emotion): // the body says what was already named
			return "", false
		case emotion == "anger" && remorse.has(u, all): // "I shouted at her about a tray. I feel so bad about that."
			return "", false
		}
	}
	switch {
	case emotion == "gratitude" && f.to-f.from == 2 && r.i < len(r.talk)*2/3: // a bare "thank you" is a courtesy before the end
		return "", false
	case emotion != "sadness":
		return emotion, true
	case f.value.kind == whole && goodWay.has(u, s): // "I well up every time, in a good way"
		return "joy", true
	case r.mourning && u.misses(f) || u.weeps(f) && mournsNear(r.talk, r.i):
		return "grief", true
	case u.feelsBad(f) && ownDeed.has(u, all):
		return "guilt", true
	}
	return emotion, true
}

// remorse: an outburst that is told is told with regret.
var remorse = list(`
i feel|felt @adv* bad|awful|terrible|horrible|guilty|sick|dreadful
forgive myself
cut my tongue
i have been horrible
i am|was @adv* ashamed|sorry|guilty
`)

// mourned: somebody of whom the session speaks has died.
var mourned = list(`
funeral|widow|widower|widowed|ashes|grave|coffin|bereaved|grief|grieving|miscarriage|stillborn|dementia
passed away
he|she|dad|mum|mam|mom|husband|wife|brother|sister|son|daughter|baby|nan|gran @any? died|passed
when|since|before|after he|she|dad|mum|mam|mom|they|nan|gran died|passed|went
i lost him|her
is|'s|been gone
`)

func mourns(talk []utterance) bool {
	n := 0
	for i := range talk {
		for _, s := range talk[i].sentences {
			if mourned.has(&talk[i], s) {
				n++
			}
		}
	}
	return n > 1
}

// mournsNear: a death, or what somebody left behind, is spoken of right here.
func mournsNear(talk []utterance, i int) bool {
	for k := max(0, i-1); k <= i; k++ {
		for _, s := range talk[k].sentences {
			if mourned.has(&talk[k], s) || slices.ContainsFunc(talk[k].cuesIn(s), func(f found[cue]) bool { return f.value.emotion == "grief" }) {
				return true
			}
		}
	}
	return false
}

func (u *utterance) misses(f found[cue]) bool {
	for k := f.from; k < f.to; k++ {
		if w := u.word(k); w == "miss" || w == "missed" {
			return true
		}
	}
	return false
}

// feelsBad: "I feel awful" says only that it is bad.
func (u *utterance) feelsBad(f found[cue]) bool {
	w := u.word(f.to - 1)
	return w == "awful" || w == "terrible" || w == "rotten" || w == "horrible" || w == "dreadful" || w == "shit"
}

// ownDeed: what the speaker did or left undone; who feels awful beside it feels
// guilty.
var ownDeed = list(`
i shouted|snapped|lied|forgot|screamed|swore|hit|ate|drank|broke|ignored|yelled|slapped|pushed|hid|stole
i @adv* left him|her|them
i never|should
i have @adv* not|never @any
i did not|was_not
bit his|her|their head off
lying to
i have been @adv* hiding|lying|keeping|missing
i am|was @adv* missing|hiding|lying|cheating|letting|putting
`)

// goodWay: tears and a beating heart are of joy here.
var goodWay = list(`
in a good|nice|lovely way
happy tears|crying|cry
tears of joy|happiness|laughter
good crying|tears
`)

// weeps: in a session that mourns, tears are mostly for the dead.
func (u *utterance) weeps(f found[cue]) bool {
	for k := f.from; k < f.to; k++ {
		if namedClasses()["weep"][u.word(k)] {
			return true
		}
	}
	return false
}

// bodySigns go with many feelings.
var bodySigns = set(`cry cried crying weep wept weeping tears shaking shake trembling stomach heart hands palms sick throat still red scream screamed
	speak breathe move goosebumps howled sobbed sob choked welled burst pounding racing`)

func (u *utterance) bodySign(f found[cue]) bool {
	for k := f.from; k < f.to; k++ {
		if bodySigns[u.word(k)] {
			return true
		}
	}
	return false
}

// namedIn: another feeling, of another family, is named outright in the sentence.
func (u *utterance) namedIn(s sentence, body found[cue], before *utterance) bool {
	for _, f := range u.cuesIn(s) {
		if f.value.kind == whole || family[f.value.emotion] == family[body.value.emotion] {
			continue
		}
		if j := (judge{u: u, s: s, f: f, self: "i", before: before}); j.felt() {
			return true
		}
	}
	return false
}
