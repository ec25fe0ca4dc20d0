package extract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/afterword/afterword/models"
)

// stopLists are the commonest short words of some languages: enough to tell
// which one a page of speech is in.
var stopLists = map[string]map[string]bool{
	"en": set("the and to of a i you it that is was in for on with not this have are my be but so me what do like at we he she they just your know think about all it's i'm don't yeah okay can how would when if feel going did been there out um were from really had"),
	"de": set("der die das und ich nicht ist sie wir mit ein eine zu den dem auf für aber auch so wie war habe hat mir mich sich das es dass noch schon wenn kann ja nein mal nur bei haben bin sind was von im"),
	"fr": set("le la les et je ne pas est que un une des de du en pour avec mais vous nous il elle ce qui sur dans au j'ai c'est oui non me mon ma très plus comme suis être avoir fait tout alors quand on"),
	"es": set("el la los las y yo no es que un una de del en por para con pero usted nosotros él ella lo se me mi muy más como estoy está ser no sé vas voy va tengo mañana tengo todo entonces cuando sí también bien porque qué sobre hay"),
	"it": set("il lo la gli le e io non è che un una di del in per con ma lei noi lui si mi mio molto più come sono essere ho tutto allora quando sì anche bene perché questo cosa ci sto"),
	"pt": set("o a os as e eu não é que um uma de do em por para com mas você nós ele ela se me meu minha muito mais como estou está ser tenho tudo então quando sim também bem porque isso"),
	"nl": set("de het een en ik niet is dat van in op voor met maar je we hij zij ze er dit heb heeft ben bent was als wel nog ook zo wat hoe mijn mij naar aan kan moet toch gewoon"),
	"pl": set("i w nie to się na że z do jest ale jak ja co tak po mi już tylko mam był dla bardzo jestem czy może też tego było go przez"),
	"sv": set("och jag att det är inte en som på för med men så har du vi han hon var ett om av till mig min när kan ja nej också bara vad hur"),
	"da": set("og jeg at det er ikke en som på for med men så har du vi han hun var et om af til mig min når kan ja nej også bare hvad hvordan"),
	"tr": set("ve bir bu da de ben çok için ama ne var mı o gibi daha sonra değil kadar şey evet hayır ki bana beni benim olarak"),
}

var languageNames = map[string]string{
	"de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish", "sv": "Swedish", "da": "Danish", "tr": "Turkish",
	"ja": "Japanese", "zh": "Chinese", "ko": "Korean", "ru": "Russian", "ar": "Arabic", "he": "Hebrew", "el": "Greek", "hi": "Hindi", "th": "Thai",
}

var scripts = []struct {
	table *unicode.RangeTable
	code  string
}{
	{unicode.Hiragana, "ja"},
	{unicode.Katakana, "ja"},
	{unicode.Hangul, "ko"},
	{unicode.Han, "zh"},
	{unicode.Cyrillic, "ru"},
	{unicode.Arabic, "ar"},
	{unicode.Hebrew, "he"},
	{unicode.Greek, "el"},
	{unicode.Devanagari, "hi"},
	{unicode.Thai, "th"},
}

// enough words before a language other than the one named is believed.
const enoughWords = 12

// language is the ISO 639-1 code of what is spoken, "" if it is none that is
// known here. Too few words, and the transcript's own word counts; English if
// it has none.
func language(t models.Transcript) string {
	counts := map[string]int{}
	letters, words := map[string]int{}, 0
	latin := 0
	for _, s := range t.Segments {
		for _, r := range s.Text {
			if r < 0x80 {
				if unicode.IsLetter(r) {
					latin++
				}
				continue
			}
			for _, sc := range scripts {
				if unicode.Is(sc.table, r) {
					letters[sc.code]++
					break
				}
			}
		}
		for w := range strings.FieldsFuncSeq(strings.ToLower(s.Text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
			words++
			for code, l := range stopLists {
				if l[strings.ReplaceAll(w, "’", "'")] {
					counts[code]++
				}
			}
		}
		if words > 4000 {
			break
		}
	}
	best, most := "", latin/4+8
	for _, sc := range scripts {
		if letters[sc.code] > most {
			best, most = sc.code, letters[sc.code]
		}
	}
	if best != "" {
		if best == "zh" && letters["ja"] > letters["zh"]/10 {
			return "ja"
		}
		return best
	}
	given := strings.ToLower(t.Language)
	given, _, _ = strings.Cut(given, "-")
	if words < enoughWords {
		return fewWords(counts, words, given)
	}
	return closest(counts, words, given)
}

// fewWords settles a scrap: what the transcript says of itself, unless the
// words are plainly of another language.
func fewWords(counts map[string]int, words int, given string) string {
	best, most := "en", counts["en"]
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		if counts[code] > most {
			best, most = code, counts[code]
		}
	}
	plain := words >= 3 && most*3 >= words
	switch {
	case given == "" && plain:
		return best
	case given == "":
		return "en"
	case plain && best == "en" && counts[given] == 0:
		return "en"
	}
	return given
}

// closest is the language whose common words make up most of the speech.
func closest(counts map[string]int, words int, given string) string {
	best, most := "", 0
	for code, n := range counts {
		if n > most || n == most && code < best {
			best, most = code, n
		}
	}
	switch {
	case best == "en" || counts["en"]*5 >= words:
		if given != "" && given != "en" && counts[given] > counts["en"] {
			return given
		}
		return "en"
	case most*6 >= words:
		return best
	case given != "" && given != "en" && stopLists[given] == nil:
		return given
	case counts["en"]*12 >= words:
		return "en"
	}
	return ""
}

// foreign is the summary of a transcript that the rules cannot read.
func foreign(code string) string {
	name := languageNames[code]
	switch {
	case name != "":
		name = "This session is in " + name
	case code != "":
		name = fmt.Sprintf("This session is in a language (%s)", code)
	default:
		name = "The language of this session was not recognised"
	}
	return name + ". The rules that find items know English only so far, and noted none; the transcript itself is complete."
}
