package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind of a token.
type kind uint8

const (
	lexical kind = iota // a word
	number
	mark // punctuation
)

// voice says whose words a token is: the speaker's own, the speaker quoting
// themselves, or the speaker telling what somebody else said or thinks.
type voice uint8

const (
	own voice = iota
	selfQuoted
	othersWords
)

// token is one word as the rules see it: lower case, contractions taken apart
// ("I'll" is two tokens), with its place in the segment's text.
type token struct {
	w          string
	kind       kind
	start, end int // bytes in the segment's text
	capital    bool
	filler     bool // um, uh, a laugh in brackets: patterns step over it
	voice      voice
	clause     int // counts within the segment
}

// sentence is a half-open range of tokens.
type sentence struct {
	from, to int
	question bool // ends with a question mark
}

// utterance is one segment, read once.
type utterance struct {
	seq         int
	index       int  // among the utterances of the session
	client      bool // who speaks: the client, else the therapist
	text        string
	toks        []token
	sentences   []sentence
	doAsked     bool   // what the speaker will do has just been asked
	asksFor     bool   // something to come has just been asked for, or put
	thing       bool   // a thing has just been named as a question: "And the email?"
	shortBefore bool   // the therapist has just said a few words without a verb
	would       string // the deed of "would you …?"
	dayAsked    bool   // what will be on a day has just been asked: "And Saturday?"
	raw         bool   // no punctuation or capitals, as speech engines sometimes write
}

// expansions takes contractions and slurred forms apart. A part keeps the
// place of the whole word in the text.
var expansions = map[string]string{
	"gonna": "going to", "gon": "going to", "gonnae": "going to", "wanna": "want to", "gotta": "have to", "imma": "i am going to", "i'ma": "i am going to",
	"i'mma": "i am going to", "finna": "going to", "tryna": "trying to", "oughta": "ought to", "hafta": "have to", "lemme": "let me", "gimme": "give me", "dunno": "do not know",
	"kinda": "kind of", "sorta": "sort of", "cannot": "can not", "can't": "can not", "cant": "can not", "won't": "will not", "wont": "will not",
	"shan't": "shall not", "don't": "do not", "dont": "do not", "doesn't": "does not", "doesnt": "does not", "didn't": "did not", "didnt": "did not",
	"isn't": "is not", "isnt": "is not", "aren't": "are not", "arent": "are not", "wasn't": "was not", "wasnt": "was not", "weren't": "were not",
	"haven't": "have not", "havent": "have not", "hasn't": "has not", "hasnt": "has not", "hadn't": "had not", "wouldn't": "would not",
	"wouldnt": "would not", "couldn't": "could not", "couldnt": "could not", "shouldn't": "should not", "shouldnt": "should not",
	"mustn't": "must not", "needn't": "need not", "mightn't": "might not", "ain't": "is not", "aint": "is not", "in't": "is not", "innit": "is it not",
	"let's": "let us", "lets": "let us", "d'you": "do you", "c'mon": "come on", "i'm": "i am", "im": "i am", "ive": "i have", "i've": "i have",
	"youre": "you are", "theyre": "they are", "theyll": "they will", "youll": "you will", "youve": "you have", "weve": "we have",
	"thats": "that is", "whats": "what is", "hes": "he is", "shes": "she is", "theres": "there is", "itll": "it will", "thatll": "that will",
	"cannae": "can not", "dinnae": "do not", "didnae": "did not", "wasnae": "was not", "isnae": "is not", "wouldnae": "would not", "willnae": "will not", "no'": "not",
	"y'all": "you", "ya": "you", "yous": "you", "youse": "you", "nowt": "nothing", "owt": "anything", "summat": "something", "aye": "yes", "naw": "no", "nah": "no", "nope": "no",
	"yeah": "yes", "yep": "yes", "yup": "yes", "yah": "yes", "yea": "yes", "alright": "all right", "aight": "all right", "ok": "okay", "okey": "okay", "'cause": "because", "cos": "because", "coz": "because",
	"cuz": "because", "'cos": "because", "tho": "though", "til": "until", "'til": "until", "till": "until", "tonite": "tonight", "mum": "mum", "morra": "tomorrow", "tmrw": "tomorrow", "2moro": "tomorrow",
	"practice": "practise", "practicing": "practising", "practiced": "practised", "feelin": "feeling", "goin": "going", "doin": "doing", "tryin": "trying",
	"workin": "working", "em": "them", "'em": "them", "mm-hm": "mhm", "mm-hmm": "mhm", "mhmm": "mhm", "uh-huh": "mhm", "mmhm": "mhm", "wi": "with", "ma": "my", "masel": "myself", "meself": "myself",
	"shouldve": "should have", "couldve": "could have", "wouldve": "would have", "should've": "should have", "could've": "could have", "would've": "would have",
	"shoulda": "should have", "coulda": "could have", "woulda": "would have", "realise": "realize", "gie": "give", "gied": "gave", "winna": "will not", "didna": "did not", "canna": "can not", "dinna": "do not",
}

var fillers = set("um uh er erm uhm ah hmm mm eh")

// tokenise reads a text once. It never fails: what is no word is a mark, what
// is no text at all is skipped.
func tokenise(text string) []token {
	toks := make([]token, 0, len(text)/4+4)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsLetter(r):
			j := wordEnd(text, i)
			toks = appendWord(toks, text, i, j)
			i = j
		case unicode.IsDigit(r):
			j := numberEnd(text, i)
			toks = append(toks, token{w: strings.ToLower(text[i:j]), kind: number, start: i, end: j})
			i = j
		case r == '<': // markup such as <i> or </b>
			i = pastMarkup(text, i)
		case unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.M, r):
			i += n
		case (r == '\'' || r == '’') && i+n < len(text) && startsSlurred(text[i+n:]):
			j := wordEnd(text, i+n)
			toks = appendWord(toks, text, i+n, j)
			i = j
		case (r == '[' || r == '(' || r == '*') && aside(text, i) > 0: // [laughs], (long pause)
			i = aside(text, i)
		case r == '.' && endsTitle(toks, text, i):
			toks[len(toks)-1].end = i + n
			i += n
		default:
			toks = append(toks, token{w: plainMark(r), kind: mark, start: i, end: i + n})
			i += n
		}
	}
	return toks
}

var titles = set("mr mrs ms dr st prof rev fr sr sgt capt")

// endsTitle: the full stop at i is that of a title: "Mr. Okafor", "St. Luke's",
// but not "on Baker St. I'll ask there."
func endsTitle(toks []token, text string, i int) bool {
	n := len(toks) - 1
	if n < 0 || toks[n].end != i || !toks[n].capital || !titles[toks[n].w] || n > 0 && toks[n].w == "st" && toks[n-1].capital {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i+1:], " "))
	return unicode.IsUpper(next)
}

func startsSlurred(s string) bool {
	for _, p := range []string{"cause ", "cos ", "til ", "em ", "em.", "em,"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// aside returns the end of a stage direction that begins at i, or 0.
func aside(text string, i int) int {
	closing := map[byte]byte{'[': ']', '(': ')', '*': '*'}[text[i]]
	limit := min(len(text), i+40)
	j := strings.IndexByte(text[i+1:limit], closing)
	if j <= 0 {
		return 0
	}
	words := strings.Fields(strings.ToLower(text[i+1 : i+1+j]))
	for _, w := range words {
		if stageWords[w] {
			return i + j + 2
		}
	}
	return 0
}

var stageWords = set("laughs laugh laughing laughter pause pauses sighs sigh crying cries sobs silence sniffs coughs inaudible crosstalk tearful chuckles nods shrugs music noise")

// pastMarkup steps over a short tag, or over the sign itself.
func pastMarkup(text string, i int) int {
	limit := min(len(text), i+80)
	if j := strings.IndexByte(text[i:limit], '>'); j > 0 {
		return i + j + 1
	}
	return i + 1
}

func wordEnd(text string, i int) int {
	j := i
	for j < len(text) {
		r, n := utf8.DecodeRuneInString(text[j:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) {
			j += n
			continue
		}
		if r == '\'' || r == '’' || r == '-' || r == '‑' {
			if next, _ := utf8.DecodeRuneInString(text[j+n:]); unicode.IsLetter(next) {
				j += n
				continue
			}
		}
		break
	}
	return j
}

func numberEnd(text string, i int) int {
	j := i
	for j < len(text) {
		c := text[j]
		digitNext := j+1 < len(text) && text[j+1] >= '0' && text[j+1] <= '9'
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || (c == '.' || c == ':' || c == ',' || c == '-' || c == '/') && digitNext {
			j++
			continue
		}
		break
	}
	return max(j, i+1)
}

func plainMark(r rune) string {
	switch r {
	case '“', '”', '«', '»', '„':
		return `"`
	case '’', '‘':
		return "'"
	case '–', '—', '−':
		return "—"
	case '…':
		return "."
	}
	return string(r)
}

// appendWord lower-cases a word and takes contractions apart.
func appendWord(toks []token, text string, i, j int) []token {
	raw := text[i:j]
	low := strings.ReplaceAll(strings.ToLower(raw), "’", "'")
	low = strings.ReplaceAll(low, "‑", "-")
	first, _ := utf8.DecodeRuneInString(raw)
	add := func(w string) {
		toks = append(toks, token{w: w, start: i, end: j, capital: unicode.IsUpper(first), filler: fillers[w]})
	}
	if x := strings.TrimSuffix(low, "s"); strings.Contains(x, "'") && expansions[low] == "" && (strings.HasSuffix(x, "'s") || expansions[x] != "") {
		low = x // "that'ss", "didn'ts"
	}
	if e, ok := expansions[low]; ok {
		for _, w := range strings.Fields(e) {
			add(w)
		}
		return toks
	}
	stem, tail, found := strings.Cut(low, "'")
	if !found || stem == "" {
		if strings.Count(low, "-") > 0 && !keepHyphen[low] {
			for _, part := range strings.Split(low, "-") {
				if part != "" {
					add(part)
				}
			}
			return toks
		}
		add(low)
		return toks
	}
	endings := map[string]string{"ll": "will", "d": "'d", "ve": "have", "re": "are", "m": "am", "s": "'s", "t": "not"}
	full, ok := endings[tail]
	if d, rest, two := strings.Cut(tail, "'"); two && d == "d" && rest == "ve" { // I'd've
		add(stem)
		add("would")
		add("have")
		return toks
	}
	if !ok {
		add(low)
		return toks
	}
	add(strings.TrimSuffix(stem, "-"))
	add(full)
	return toks
}

var keepHyphen = set("follow-up check-in check-up time-out")

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func fields(s string) []string { return strings.Fields(s) }
