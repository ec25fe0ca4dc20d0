// The one door to libwhisper. Everything that Go hands in stays Go's; everything
// that comes out is copied by Go before the next call on the same state.
#ifndef AFTERWORD_DOOR_H
#define AFTERWORD_DOOR_H

#include <stdbool.h>
#include <stdint.h>
#include "whisper.h"

// door_options is one decode. Zero is a greedy decode of plain text.
typedef struct {
	const char *language;    // ISO 639-1; required on multilingual weights
	const int32_t *prompt;   // tokens that precede the text
	int n_prompt;
	int threads;
	int beam;                // 0 or 1: greedy
	int audio_ctx;           // encoder positions of 20 ms; 0: all 1500
	float temperature;
	bool translate;
	bool timestamps;         // the engine writes its own time stamps, too
} door_options;

// door_choice is what the decoder thought of for one token, likeliest first:
// text alone, no commands and no end.
#define DOOR_TOP 5
typedef struct {
	int32_t id[DOOR_TOP];
	float logit[DOOR_TOP];
} door_choice;

void door_log_capture(void);
int door_log_drain(char *into, int size);

struct whisper_context *door_load(const char *path, int alignment);
int door_decode(struct whisper_context *ctx, struct whisper_state *state, const float *pcm, int n, door_options o, int32_t *stop, door_choice *choices, int n_choices);
int door_next(struct whisper_context *ctx, struct whisper_state *state, int32_t token, int past, int threads);
float door_listen(struct whisper_context *ctx, struct whisper_state *state, int threads, float *languages);
whisper_token_data door_token(struct whisper_state *state, int segment, int i);

#endif
