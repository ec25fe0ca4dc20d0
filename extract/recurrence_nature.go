package extract

// byNature are plans that are for every day without saying so: bedtimes, what
// stands at night or before bed, the evening's check-in.
var byNature = list(`
at night|bedtime
before bed
last thing
go|going|off|get to bed at|by|before
get|getting|got|be up at|by
lights out at|by
the|your|our|my|a evening|morning|nightly|daily|bedtime check|check-in|walk|routine|practise|log|diary|stretch|stretches|breathing|exercise|exercises|page|pages|list|tablet|tablets|dose|meditation
for the nights|mornings|evenings
in the mornings|evenings|afternoons
`)

var atNight = list("at night|bedtime|breakfast|lunch|dinner\nbefore bed")

// onceOnly take that back.
var onceOnly = list("tonight\ntomorrow\none night|evening|time\nthat night|evening|morning\nthe night\nthis once\nafterwards\nlast night")

// everyNight: the plan's own words, or the sentence that they stand in, are of
// every day by nature.
func (l *ledger) everyNight(e *entry) bool {
	if e.words.to <= e.words.from {
		return false
	}
	u := &l.talk[e.words.utterance]
	for _, s := range u.sentences {
		if e.settled && s.to-s.from <= 8 && len(u.frames(s)) == 0 && atNight.has(u, s) && !onceOnly.has(u, s) {
			return true // "In the hall, at night. I'll leave it there."
		}
		if e.words.from >= s.from && e.words.from < s.to {
			if onceOnly.has(u, s) {
				return false
			}
			practice := e.origin == proposed && e.strength <= toAsk && e.verb >= 0 && e.words.utterance < len(l.talk) && practices.has(u, s)
			return byNature.has(u, s) || practice && partOfDays.has(u, s)
		}
	}
	return false
}

// practices are what is done to be done again; with a part of the day they are
// for each day.
var (
	practices  = list("practise|practising|sit|breathe|stretch|walk|meditate|write|read|rate|log|note|repeat|take|eat|drink|rest|move|listen|do for? ... minutes?")
	partOfDays = list("once? in the morning|evening|afternoon\nafter breakfast|lunch|dinner|tea|work\nbefore breakfast|lunch|dinner|tea|work|school")
)

var timesWords = set("times days nights evenings mornings afternoons")

// inTheWeek: "this week", "between now and next week", "out of seven" behind a
// number of days or times.
func (u *utterance) inTheWeek(k, to int) int {
	if u.word(k) == "," {
		k++
	}
	return weekSpan.end(u, k, to)
}

var weekSpan = sequences(`
this week
next week
this coming week
out of seven
out of the seven
out of the week
between now and next
between now and then
between now and when we
between now and next week
between now and next time
`)
