package extract

// physical causes explain a body's signs without a feeling.
var physical = list(`
tablets|tablet|medication|medicine|pills|operation|toe|toes|inhaler|flu|virus|caffeine|coffee|injection|dentist|racket|cold|marathon|gym|stairs|anaesthetic|chemo|heatwave|cough|steroids|hangover|food|prawns|curry|hungover|jog|sprint|hay|menopause|hormones|thyroid|pollen|onions|chilli|ferry|insoles|washing_up|parkinson's|asthma|migraine|fever|sunburn|eczema|arthritis|allergy|allergies|radiator|sauna|espresso|decaf|diabetes|sun_cream|suncream|sunglasses|wind|smoke|frost|chalk|treadmill|vindaloo|madras|kebab|heartburn|indigestion|waltzers|rollercoaster|vertigo|jab|needle|physio|cramp|cramps|heating|crackers|stents|to_keep_warm|lengths|laps|trampoline|seasick|antibiotics|painkillers|paracetamol
ran for
run @num
at|with such|that a? speed
from the gloves|cream|soap|heat|sun|kitchen|oven
first|second|third|fourth|fifth|tenth|twentieth|last|@num length|lap|mile|hill|flight
i have|had been running|jogging|cycling
`)

// explained: a body's sign with a cause named behind it: "my face was on fire,
// it was that curry".
var explained = list(", it is|'s|was|are the|that|this|these|them|my|an? @any @any? $\n, it is|'s|was a|the piece|bit|lump of\n, according to\n^ was|is|turned_out the|a|my|his|her @any $")

var bodyParts = set("face head heart chest stomach legs blood hot cold air shoulder shoulders sweat sweating hands nerves jaw")

// hungry: empty for want of food.
var hungry = list("no|without breakfast|lunch|dinner|tea|food\nnot eaten|had_breakfast|had_lunch|eat\nhungry|starving|peckish")

// stimulants make a body jumpy without a worry.
var stimulants = list(`
on coffee|caffeine|sugar|steroids|espresso
coffee|caffeine|espresso|steroids|thyroid|red_bull
`)

func (j *judge) bodily() bool {
	switch j.f.value.kind {
	case whole:
		if physical.has(j.u, sentence{j.s.from, j.f.from, false}) || physical.has(j.u, j.rest()) {
			return true // but "my blood ran cold" has no cold
		}
		for k := j.f.from; k < j.f.to; k++ {
			if bodyParts[j.u.word(k)] {
				return explained.has(j.u, j.rest())
			}
		}
	case state:
		return j.f.value.emotion == "numbness" && (physical.has(j.u, j.s) || hungry.has(j.u, j.s)) || j.f.value.emotion == "anxiety" && stimulants.has(j.u, j.s)
	}
	return false
}
