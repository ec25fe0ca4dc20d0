package extract

import (
	"slices"
	"testing"
)

// TestFeelingsInTheirSession: what a turn says of a feeling depends on what
// else is said, in the turn and around it.
func TestFeelingsInTheirSession(t *testing.T) {
	for _, tt := range []struct {
		turns []string
		felt  []string
	}{
		{[]string{"C I shouted at her about a tray. I feel so bad about that tray."}, []string{"guilt"}},
		{[]string{"C I miss him, simply."}, []string{"grief"}},
		{[]string{"C He died in May. The funeral was on a Friday.", "C I miss him, simply."}, []string{"grief"}},
		{[]string{"C I was angry with him for dying. I'm not angry now."}, nil},
		{[]string{"C I was proud as punch when I got the place. That was 2020."}, nil},
		{[]string{"T How old were you?", "C Five. I was terrified of it."}, nil},
		{[]string{"T You sound furious with him.", "C I am."}, []string{"anger"}},
		{[]string{"C I picture her face. Disappointed."}, nil},
		{[]string{"C I'm happy for them, I suppose."}, nil},
		{[]string{"C Thank you. And then the bus came.", "T Mm.", "C It was late."}, nil},
		{[]string{"C I sat there, and then it was time. I can't help feeling ashamed."}, []string{"shame"}},
		{[]string{"C I wish I weren't so scared of the phone, it's only a phone."}, []string{"fear"}},
		{[]string{"C I don't know why I'm so angry with him, he only asked."}, []string{"anger"}},
		{[]string{"C I wouldn't say I'm angry with him, he only asked."}, nil},
		{[]string{"C I can't tell you how grateful I am to that woman."}, []string{"gratitude"}},
		{[]string{"C If I think about the train I get scared."}, []string{"fear"}},
		{[]string{"C I was terrified. And now I'm holding him."}, nil},
		{[]string{"T What was that like?", "C Small. As if I were nine."}, []string{"shame"}},
		{[]string{"T What are you most afraid would happen?", "C That he'd shut the door on me."}, []string{"fear"}},
		{[]string{"T What are you most afraid would happen?", "C Nothing. He's a lamb."}, nil},
		{[]string{"C There's a lot of anger in me, I think."}, []string{"anger"}},
		{[]string{"C There's a lot of anger in that painting."}, nil},
		{[]string{"C It was like putting down a rucksack at the end of a long walk."}, []string{"relief"}},
		{[]string{"C I put down my rucksack and sat on the bench."}, nil},
		{[]string{"C I went to the desk.", "T Mm.", "C It was late.", "T Mm.", "C Thank you."}, []string{"gratitude"}},
	} {
		felt := ruledFeelings(tt.turns, -1)
		if !slices.Equal(felt, tt.felt) {
			t.Errorf("%q: felt %q, want %q", tt.turns, felt, tt.felt)
		}
	}
}
