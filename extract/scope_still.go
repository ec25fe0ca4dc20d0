package extract

// Ways of speaking that sound like a denial, a wish or a question, and say all
// the same that it is felt.

// allTheSame stand right before the word: "I can't help feeling", "I don't know
// why I'm so", "I'd be lying if I said I wasn't".
var allTheSame = list(`
not help feeling|being|getting|but_feel|but_be @adv*
not know|understand|see why i am|feel|felt|was|get @adv*
not think|believe i have ever been|felt so|this|as|that
not think|believe i was|have been ever so|this|as|that
not remember|recall ever|the_last_time|when|a_time ... so|this|as|that
never|not|hardly been|felt so|this|as|that @adv*
not expecting|expect|think|realize i_would|to|that_i_would be|feel|get @adv*
lying|lie if i said|say i am|was|did|do not feel? @adv*
lying|lie to say i am|was|did|do not feel? @adv*
not pretend|deny|hide that? i am|was|do|did not? feel? @adv*
not mind admitting|saying|telling|you @any? that? i am|was|feel|felt @adv*
not told|tell|telling|to anyone|anybody|him|her|them|you|a_soul|people|my @any? that|how? i am|was|feel|felt @adv*
not just|only|merely @adv*
wish|wishing i was|were|did|am not feel|get|be? so|this|as|that|always @adv*
try|trying|tried|fight|fighting not to be|feel so|this|as|that
trying|fighting not to be|feel @adv*
rather not be|feel so|this|as|that @adv*
why am|was|are i|we @adv*
why do|did i feel|get @adv*
am|was i wrong|mad|stupid|bad|crazy|allowed|awful|silly|terrible to be|feel|get @adv*
is|was it|that normal|wrong|bad|okay|all_right|weird|strange|odd|mad|silly|stupid|terrible|awful to be|feel|get @adv*
want|need|have|should|ought|going|like|would|could|must to? tell him|her|them|you|mum|dad|people|my @any? that? i am|was|feel|felt @adv*
what i feel|felt|am|get is|was @adv*
i am|was the one who|that is|am|was|feels|gets|ends_up|lies_there @adv*
part|bit|half|side of me that? is|was|feels|felt|gets|still_feels @adv*
`)

// noLonger turns "I don't want to be scared" into a complaint.
var (
	notWanted = list("not want to be|feel|keep_feeling|keep_being @adv*")
	noLonger  = list("^ any_more|anymore|all_the_time|like_this|for_ever|forever|every_day")
	falseNo   = list("^ does|did|do not cover|describe|touch|do|come|begin|even\n^ is|was not the|a word|strong\n^ i feel|felt|am|was ,|.|mostly|mainly\n^ is|was what")
	stillSo   = list("and|but|, i still am|do|feel\nand still am|do|is\nand i am still\neven now")
)

// stillFelt: one of these ways governs the match.
func (j *judge) stillFelt() bool {
	if j.self != "i" || j.f.value.kind != state && !(j.f.value.kind == plainly && feelingWord(j.u.word(j.f.from))) {
		return false
	}
	if _, ok := allTheSame.ending(j.u, j.s, j.f.from, 14); ok {
		return true
	}
	rest := j.rest()
	if rest.from < rest.to && noLonger.startsAt(j.u, rest) {
		if _, ok := notWanted.ending(j.u, j.s, j.f.from, 10); ok {
			return true
		}
	}
	return j.f.from <= j.s.from+2 && rest.from < rest.to && falseNo.startsAt(j.u, rest) && j.before == nil || j.f.from == j.s.from && rest.from < rest.to && falseNo.startsAt(j.u, rest)
}

// startsAt reports whether a row matches at the very beginning of s.
func (r *rules[V]) startsAt(u *utterance, s sentence) bool {
	if s.from >= s.to {
		return false
	}
	_, ok := r.at(u, s, s.from)
	return ok
}
