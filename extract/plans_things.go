package extract

import "github.com/afterword/afterword/models"

// Plans whose subject is the thing: "It comes with me", "The phone sleeps in the
// kitchen", "The Friday takeaway can go". Said of the day as it is, the same
// words are no plan, and so they count only where something to come was asked
// for, or a day ahead stands beside them.

// thingGoes say where the thing will be.
var thingGoes = list(`
it|that|those|one|phone|laptop|letter|form|card|bottle|money|box|bag goes|go|comes|come|waits|wait|lives|sleeps|charges in|on|under|out|into|back|off|with|outside|inside|downstairs|upstairs|away|there|until|over|behind|beside|by|here
it|that|those|one waits|can_wait $
it|that|those is|are|'s @adv* going|coming|staying in|on|under|out|into|back|off|with|outside|downstairs|upstairs|away
it|that|those can|will @adv* go|wait|live|sleep|charge in|on|under|out|into|back|off|with|outside|downstairs|upstairs|away|there|until
it|that|those|all|half will be in|on|out|up|done|gone|sent|posted|written|paid|finished|sorted
it|that|those|all|half is|'s|are getting done|sent|posted|written|paid|finished|sorted|binned|blocked
the|my|that|those @any @any? will_be|is_getting|are_getting|'s_getting done|gone|sent|posted|written|paid|finished|sorted|binned|blocked
he|she|they will know|hear|be_told|find_out
he|she|they will have|get it|that|them|the|his|her|their|an|a
he|she|they will by|tonight|tomorrow
the|my|that @any @any? can|is_going|are_going|is_coming|'s_coming|'s_going go|out|away|off|back|in|on|under|into|downstairs
the|my|that @any @any? can go|wait $
the|my|that @any @any? goes|lives|sleeps|charges in|on|out|off|under|into|outside|downstairs|upstairs|away|by|behind
`)

// selves are no things: what one's own body does, and what other people do.
var selves = list(`
head|tummy|heart|chest|mind|stomach|belly|hands|legs|breath|voice|face
husband|wife|partner|sister|brother|mum|mom|mam|dad|mother|father|son|daughter|friend|mate|boss|neighbour|cat|dog|baby|boy|girl|kids|children|nan|gran|grandad|aunt|uncle|cousin|manager|nurse|doctor|teacher
`)

// thingPlan reads such a sentence.
func (u *utterance) thingPlan(s sentence, c calendar) (plan, bool) {
	if s.question || s.to-s.from > 22 {
		return plan{}, false
	}
	for i := s.from; i < s.to; i++ {
		f, ok := thingGoes.at(u, s, i)
		if !ok {
			continue
		}
		if u.toks[i].voice != own || u.doubted(frame{at: i}, s) || never.has(u, s) || u.mentions(sentence{s.from, u.planEnd(f.to-1, s), false}, "not") || u.pastIn(s) || selves.has(u, sentence{s.from, f.to, false}) {
			return plan{}, false
		}
		w := c.readWhen(u, s.from, s.to)
		if (!u.asksFor || u.thing) && w.due == "" || u.word(s.from) == "if" && !u.asksFor {
			return plan{}, false
		}
		if !u.asksFor && !aheadOf.has(u, sentence{i, f.to, false}) {
			return plan{}, false
		}
		if w.due == "" && (byThen[u.word(i)] || getting.has(u, sentence{i, f.to, false})) || byThen[u.word(i)] && !u.asksFor {
			return plan{}, false
		}
		if articles[u.word(i)] && getting.has(u, sentence{i, f.to, false}) && !u.asksFor && !u.thing && !byMe.has(u, s) {
			return plan{}, false // "The roof's getting done on Saturday"
		}
		p := u.saidPlan(s, i, u.planEnd(f.to-1, s))
		p.lemma = "put"
		return p, true
	}
	return plan{}, false
}

var (
	byMe    = list("by me|myself")
	getting = list("getting\nwill be")
	byThen  = set("he she they") // "He'll know by tonight": one will have told him
)

// aheadOf say that the thing is not there yet.
var aheadOf = list("will|going|can|getting|will_be|is_getting|are_getting|is_going|are_going|is_coming")

func (u *utterance) pastIn(s sentence) bool {
	for _, f := range u.frames(s) {
		if f.over() {
			return true
		}
	}
	return false
}

// thingSet: the therapist says where the thing is to be: "Then they live next to
// your toothbrush from tonight", "And the numbers go on a bit of paper". It
// stands once the client takes it, or where a time says that it is to begin.
func (l *ledger) thingSet(i int, s sentence) *entry {
	u := &l.talk[i]
	if s.question || s.to-s.from > 20 || u.word(s.from) == "so" && !fromNow.has(u, s) || u.mentions(s, "not") || u.opensCase(s) {
		return nil
	}
	from := u.skipOpeners(s)
	for from < s.to && (u.word(from) == "then" || u.word(from) == "and") {
		from++
	}
	if from >= s.to {
		return nil
	}
	if f, ok := putThere.at(u, s, from); !ok || u.toks[from].voice != own || selves.has(u, sentence{from, f.to, false}) || inMind.has(u, sentence{from, f.to, false}) {
		return nil
	}
	w := l.cal.readWhen(u, s.from, s.to)
	e := &entry{origin: proposed, strength: toHint, status: models.Suggested, words: proof{i, from, u.planEnd(from, s)}, verb: -1, when: w, waiting: true}
	if fromNow.has(u, s) || w.due != "" {
		e.strength, e.status = toSet, models.Assigned
	}
	l.add(e).prove(i, s.from, s.to)
	return e
}

var inMind = list("money|time|day|days|mind|thought|thoughts|worry|anger|feeling|sleep|blame|energy|room|house|world")

var putThere = list(`
they|it|that goes|go|lives|live|stays|stay|sleeps|sleep next|beside|by|on|in|under|outside|downstairs|upstairs
the|your @any @any? goes|go|lives|live|stays|stay|sleeps|sleep next|beside|by|on|in|under|outside|downstairs|upstairs
`)

var fromNow = list("from now|today|tonight|tomorrow|here on|onwards|in?\nwhatever happens\nno matter what $")

var settledNow = list("that is @adv* decided|settled|agreed $")

// cannotBefore: what cannot be done stands in the sentence before, or in this
// one.
func (u *utterance) cannotBefore(s sentence) bool {
	for _, b := range u.sentences {
		if b.to == s.from {
			return canNot.has(u, b)
		}
	}
	return false
}

var canNot = list("i can not\ni am not @ing\ni will not\nnot|never the|all|every")
