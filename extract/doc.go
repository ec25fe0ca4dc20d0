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
//     they are. [words.go, disfluency.go, slips.go, sentences.go, verbs.go, frames*.go, roles.go, language.go]
//   - ledger: plans are followed over the dialogue, from the proposal through
//     questions about when and where to agreement or refusal. Then every turn is
//     weighed once more, as a whole, for the plans that no rule hears and for where
//     one ends and the next begins (ledger_heard.go), and every time that was named, or
//     counted from one that was (ledger_counted.go), for whose it is (ledger_days*.go).
//     [ledger*.go, commitment.go, proposals*.go, plans*.go, answers*.go, turns.go; dates*.go and recurrence*.go for the times]
//   - feelings, themes and notes: words of emotion with their scope (denied,
//     imagined, quoted, long ago, somebody else's), weighed by the words around them
//     (emotions_weighed.go), themes by weight, and the smaller findings.
//     [emotions*.go, scope*.go, themes*.go, leanings.go, rarity.go, situations.go, people.go, notes.go]
//   - phrases: the words that the client came back to, in any language that
//     parts words. [phrases.go, common_en.txt]
//   - items: findings become items with quotes and spans, a short wording and a
//     gentle summary; what was often rejected before must be stronger.
//     [items.go, wording.go, antecedent.go, summary.go, least.go]
//
// The rules are tables of word patterns, most of them under lexicon; pattern.go
// says how they are written. emotions.tsv holds the words of feeling and
// emotions_shown.tsv how feelings are shown in place of the word; whether a match
// is felt, by whom and when, is asked in scope*.go, for all rows alike.
//
// Some tables are counted or learnt, not written, all by go run ./cmd/build train:
// how common each phrase of the themes is, and how often where it stands a reader
// named the theme (rarity.go); how far common words lean to each theme and to
// each feeling (leanings.go); what is usual for a theme and for a situation, how much all that
// speaks for a theme, and which themes go together (themes_order.go); and five
// regressions over clues, which are words and what the rules make of them (clues.go,
// odds.go): from which a turn is known to take something on, in a session or alone, and something else than
// the turn before, which time is the plan's, and which feeling is felt.
//
// The lexicon says where a theme is spoken of. Which ones a reader would name is to
// be known as much from the situation that people are in as from their words: a
// table says what comes with being widowed or being given the keys of the firm
// (situations.go). Of a reader's five themes the first five found have 0.68 on
// sessions that nobody read, where the lexicon alone has 0.57; 0.66 on training
// sessions that were left out, 0.84 on the eight development sessions. A quarter of the
// sessions to learn from gives 0.01 less than all: it is not for want of those. A second
// reader of forty-four sessions named 0.78 of what the first had named.
//
// What was tried and left: sentence embeddings of all-MiniLM-L6-v2, in the place
// of its bare word vectors, found one theme in a hundred more; so did a model for
// each theme (from its words, too), and boosted trees, or none. For feelings, sentence embeddings with the
// rules' scope on top changed nothing (F1 0.60 with and without; alone 0.37).
// Its bare word vectors do help there, learnt together with the clues: two points in
// sessions, three in single utterances, at the same share of traps; for plans they do nothing.
// Talk as it really is, with its pauses and repairs, is read as what was meant (disfluency.go), and learnt from
// sessions that were written so: before that, half of the plans found in such talk were none.
// Sessions misheard on purpose, added to what feelings are learnt from, change nothing where all is heard well; where
// fifteen words in a hundred are wrong, a seventh fewer feelings are lost. Sessions with words left out do
// nearly the same; close pairs misheard, too, make it a quarter, and feelings that are named plainly are missed.
// Clusters of words of like meaning changed little. A plan's
// likelihood that knew of what the ledger had found was trusted too far by a model
// of these sessions, whose rules are right too often. For feelings the penalty sees
// to that: what a rule found is a clue like others, and its weight is shrunk with
// theirs; left free, it gave the rules' own result again. Nor did it help to weigh traps
// more, to look at the turns around a feeling, or to ask first whether anything is
// felt at all. A regression for plans in single utterances lost beside the rules as much as it won
// until it was learnt from twice as many, by authors who knew no rule. Which day is a plan's is told no
// better by boosted trees, or by the words of the sentences beside
// it; of the plans in excerpts that are full of other days seven in ten have the right one.
package extract
