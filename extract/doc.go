// Package extract reads a transcript and writes down what a careful reader
// would: what was agreed, felt and talked about, each item with the words that
// prove it. It uses no model and no network; the same transcript gives the same
// items.
//
// A session is read in five steps, each in files of its own:
//
//   - words: every segment is taken apart once, into tokens, sentences, clauses
//     and frames (who does what, when, and whether: "I'll ring her" is the
//     subject I, the mood will, the verb ring), and it is settled whose words
//     they are. [words.go, slips.go, sentences.go, verbs.go, frames.go, roles.go, language.go]
//   - ledger: plans are followed over the dialogue, from the proposal through
//     questions about when and where to agreement or refusal.
//     [ledger*.go, proposals.go, plans*.go, answers.go, turns.go; dates*.go and recurrence*.go for the times]
//   - feelings, themes and notes: words of emotion with their scope (denied,
//     imagined, quoted, long ago, somebody else's), themes by weight, and the
//     smaller findings. [emotions.go, scope*.go, themes.go, rarity.go, people.go, notes.go]
//   - phrases: the words that the client came back to, in any language that
//     parts words. [phrases.go, common_en.txt]
//   - items: findings become items with quotes and spans, a short wording and a
//     gentle summary; what was often rejected before must be stronger.
//     [items.go, wording.go, antecedent.go, summary.go, least.go]
//
// The rules are tables of word patterns, most of them under lexicon; pattern.go
// says how they are written. One table is counted, not written: how common each
// phrase of the themes is, and how often where it stands a reader named the
// theme (rarity.go). Weights learnt per theme were tried twice and lost. On the
// 53 sessions unseen by both, learnt from 102, word weights by Bayes' rule found
// 0.31 of the themes where the rules found 0.56; together 0.55; with a learnt
// bias for each theme 0.55. The readers' themes are among the first twelve
// in eight of ten cases: what is missing is judgement, not words.
// A scored model fits in beside the rules: what readThemes and readFeelings
// return carries a weight, and nothing after them asks where it came from.
package extract
