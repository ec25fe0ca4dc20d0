// Package days is what happens between two sessions: carrying out what was
// agreed, noting how a day was, reflecting, remembering, and preparing the
// next session. It is all logic and no surface: the page and the terminal call
// the same methods of a [Book] and each shows the plain data in its own way.
//
// What the client writes are entries in the store, one noun a file:
//
//   - A [Plan] says how an action is to be carried out: what, when, where, how
//     often. Each accepted action has one without being asked; its ID is the
//     item's, and it is stored once it is changed. [plan.go, rhythm.go]
//   - An [Outcome] is what came of a plan, one time. [outcome.go]
//   - A [Note] is a minute's look at a day; a [Page] is free text. [note.go, journal.go]
//   - A [Reflection] is a form with the answers given so far. [forms.go, reflect.go]
//   - A [Goal] has steps. [goal.go]
//   - A [Topic] waits for the next session, an [Appointment]. [sheet.go, topic.go]
//   - A [Card] says how well an accepted item is remembered. [recall.go]
//
// From these, and from what the sessions hold, everything else is worked out
// when it is asked for: [Book.Homework], [Book.Sheet], [Book.Trends],
// [Book.Wins], [Book.Skills]. A [Finder] searches in all of it.
//
// # How it speaks
//
// What was not done is never counted, only what was: there is no streak, an
// occasion that passed is not carried over, and partly done is done. A number
// of a person's mood is shown as that person gave it and never judged. Where
// there is too little to say something, that is what is said.
package days
