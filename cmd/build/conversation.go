package main

import (
	"math/rand/v2"
	"strings"
)

// turn is what one voice says.
type turn struct{ Voice, Text string }

// pieces of what a therapist and a client may say; a word in braces is filled
// from fillings. Numbers are left out on purpose: engines write them in many
// ways, and this counts words, not conventions.
var therapistSays = []string{
	"How has your week been since we last met?",
	"What went through your mind when {who} said that?",
	"That sounds {feeling}, and it makes sense to me that you needed a break.",
	"Where in your body did you notice that?",
	"Let us slow down there for a moment.",
	"Last time you wanted to {task}. How did that go?",
	"So part of you wanted to stay, and another part wanted to leave the room.",
	"Could you try to {task} before we meet again on {day}?",
	"I wonder what you would say to a good friend in the same place.",
	"On most days, how long does it take until you fall asleep?",
	"It seems that the worry gets louder when the house gets quiet.",
	"What would be a small sign that things are moving in the right direction?",
	"You noticed the thought, and you did not have to argue with it.",
	"Shall we write that down so that you can look at it later?",
	"I hear how much you care about {who}.",
	"What helped you the last time you felt {feeling}?",
	"We could practise that breathing exercise together right now.",
	"Please keep a short note of it whenever it happens in the {place}.",
	"That was a brave thing to do.",
	"Before we stop today, what would you like to take with you?",
}

var clientSays = []string{
	"It was a long week, and I felt {feeling} most of the time.",
	"On {day} I had an argument with {who} about the {thing}.",
	"I kept thinking that I should have said no much earlier.",
	"My chest gets tight, and then I cannot think straight anymore.",
	"I did {task} once, but after that I forgot about it.",
	"Honestly, I do not know why it upsets me so much.",
	"When I came home from the {place}, I just sat in the dark for a while.",
	"I slept badly again because I was going over the {thing} in my head.",
	"Sometimes I feel {feeling} for no reason at all.",
	"I told {who} that I needed some time for myself, and it went better than expected.",
	"It is easier when I go for a walk in the morning.",
	"I am afraid that everybody in the {place} can see how nervous I am.",
	"Yes, I think I can {task} on {day}.",
	"I used to enjoy cooking for other people, and now even that feels heavy.",
	"What if nothing ever changes?",
	"After our last talk I felt lighter for a couple of days.",
	"I would like to stop checking my phone in the middle of the night.",
	"My sister says that I am too hard on myself.",
	"I was proud of myself, to be honest, even if it was a small step.",
	"Then the same old voice told me that it was not good enough.",
	"I have not talked to {who} since the funeral.",
	"There is this meeting next month, and my stomach turns when I think about it.",
	"Maybe I could ask {who} to come along.",
	"I will try, but I cannot promise anything.",
}

var fillings = map[string][]string{
	"{who}": {"my mother", "my brother", "my manager", "my partner", "my best friend", "the woman next door", "my oldest daughter", "a colleague"},
	"{feeling}": {
		"exhausted", "anxious", "lonely", "a little calmer", "angry", "sad", "overwhelmed", "hopeful", "ashamed", "restless",
	},
	"{task}": {
		"write down one thought every evening", "call the doctor about the new tablets", "go to bed before midnight", "take a walk after lunch",
		"practise the breathing exercise", "talk to my partner about the holidays", "make a list of things that went well",
	},
	"{day}":   {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
	"{place}": {"kitchen", "office", "supermarket", "train", "waiting room", "school"},
	"{thing}": {"money", "dishes", "old letters", "project", "birthday party", "apartment", "car"},
}

// conversation is n turns, the same for the same source of chance: therapist
// and client in turns, now and then a third person.
func conversation(r *rand.Rand, n int) []turn {
	var turns []turn
	said := map[string]int{}
	pick := func(from []string) string {
		best := from[r.IntN(len(from))]
		for range 5 { // what was said least often
			if other := from[r.IntN(len(from))]; said[other] < said[best] {
				best = other
			}
		}
		said[best]++
		for strings.Contains(best, "{") {
			open, shut := strings.IndexByte(best, '{'), strings.IndexByte(best, '}')+1
			words := fillings[best[open:shut]]
			best = best[:open] + words[r.IntN(len(words))] + best[shut:]
		}
		return best
	}
	for i := range n {
		switch {
		case i%23 == 22:
			turns = append(turns, turn{"awb", pick(clientSays)})
		case i%3 == 0:
			turns = append(turns, turn{"rms", pick(therapistSays)})
		default:
			turns = append(turns, turn{"slt", pick(clientSays)})
		}
	}
	return turns
}
