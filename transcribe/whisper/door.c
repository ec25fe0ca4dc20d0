//go:build cgo && whisper

#include "door.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

// What the library would print on stderr goes into a small ring instead:
// warnings and errors only, since lower levels may quote what was said.
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static char log_text[2048];
static int log_len;

static void log_line(enum ggml_log_level level, const char *text, void *unused) {
	(void)unused;
	if (level != GGML_LOG_LEVEL_WARN && level != GGML_LOG_LEVEL_ERROR) {
		return;
	}
	int n = (int)strlen(text);
	if (n > (int)sizeof log_text / 2) {
		n = (int)sizeof log_text / 2;
	}
	pthread_mutex_lock(&log_mutex);
	if (log_len + n > (int)sizeof log_text) { // the newest lines tell most
		int drop = log_len + n - (int)sizeof log_text;
		memmove(log_text, log_text + drop, (size_t)(log_len - drop));
		log_len -= drop;
	}
	memcpy(log_text + log_len, text, (size_t)n);
	log_len += n;
	pthread_mutex_unlock(&log_mutex);
}

void door_log_capture(void) {
	whisper_log_set(log_line, NULL);
	ggml_log_set(log_line, NULL);
}

int door_log_drain(char *into, int size) {
	pthread_mutex_lock(&log_mutex);
	int n = log_len < size ? log_len : size;
	memcpy(into, log_text + (log_len - n), (size_t)n);
	log_len = 0;
	pthread_mutex_unlock(&log_mutex);
	return n;
}

struct whisper_context *door_load(const char *path, int alignment) {
	struct whisper_context_params p = whisper_context_default_params();
	p.use_gpu = false;
	p.flash_attn = false; // it yields no attention weights, which word times come from
	p.dtw_token_timestamps = alignment != WHISPER_AHEADS_NONE;
	p.dtw_aheads_preset = (enum whisper_alignment_heads_preset)alignment;
	return whisper_init_from_file_with_params_no_state(path, p);
}

// stopped runs before each node of the computation. The flag is set from Go.
static bool stopped(void *flag) {
	return __atomic_load_n((int32_t *)flag, __ATOMIC_ACQUIRE) != 0;
}

// once lets the encoder run for the first window and ends the library's own
// walk through the sound there.
static bool once(struct whisper_context *ctx, struct whisper_state *state, void *runs) {
	(void)ctx;
	(void)state;
	return (*(int *)runs)++ == 0;
}

// notes are where the choices of a decode go.
typedef struct {
	door_choice *choices;
	int n;
} notes;

// note keeps the likeliest text tokens of a step. It changes nothing.
static void note(struct whisper_context *ctx, struct whisper_state *state, const whisper_token_data *tokens, int n_tokens, float *logits, void *user) {
	(void)state;
	(void)tokens;
	notes *to = user;
	if (n_tokens >= to->n) {
		return;
	}
	door_choice *c = &to->choices[n_tokens];
	for (int k = 0; k < DOOR_TOP; k++) {
		c->id[k] = -1;
		c->logit[k] = -INFINITY;
	}
	for (int i = 0, eot = whisper_token_eot(ctx); i < eot; i++) {
		if (logits[i] <= c->logit[DOOR_TOP - 1]) {
			continue;
		}
		int k = DOOR_TOP - 1;
		for (; k > 0 && logits[i] > c->logit[k - 1]; k--) {
			c->logit[k] = c->logit[k - 1];
			c->id[k] = c->id[k - 1];
		}
		c->logit[k] = logits[i];
		c->id[k] = i;
	}
}

// door_decode keeps the choices of its first n_choices steps, unless n_choices is
// 0. They are those of the text only where there is one beam.
int door_decode(struct whisper_context *ctx, struct whisper_state *state, const float *pcm, int n, door_options o, int32_t *stop, door_choice *choices, int n_choices) {
	struct whisper_full_params p = whisper_full_default_params(o.beam > 1 ? WHISPER_SAMPLING_BEAM_SEARCH : WHISPER_SAMPLING_GREEDY);
	int runs = 0;
	p.n_threads = o.threads;
	p.language = o.language;
	p.translate = o.translate;
	p.prompt_tokens = o.prompt;
	p.prompt_n_tokens = o.n_prompt;
	p.audio_ctx = o.audio_ctx;
	p.temperature = o.temperature;
	p.temperature_inc = 0; // one pass; Go judges it and asks again
	p.greedy.best_of = 1;
	p.beam_search.beam_size = o.beam;
	p.no_timestamps = !o.timestamps;
	p.single_segment = true;
	p.no_context = true;
	p.suppress_blank = true;
	p.no_speech_thold = 2; // above every probability: no text is thrown away in there
	p.print_progress = false;
	p.print_realtime = false;
	p.print_timestamps = false;
	p.encoder_begin_callback = once;
	p.encoder_begin_callback_user_data = &runs;
	p.abort_callback = stopped;
	p.abort_callback_user_data = stop;
	notes to = {choices, n_choices};
	if (n_choices > 0) {
		p.logits_filter_callback = note;
		p.logits_filter_callback_user_data = &to;
	}
	return whisper_full_with_state(ctx, state, p, pcm, n);
}

// door_next puts a token in place of what the decoder has from position past on,
// and returns the likeliest one after it (text or the end), or -1 on failure.
// The times of tokens leave the decoder with the whole text: its start, its
// language where there are several, "no time stamps", then the text.
int door_next(struct whisper_context *ctx, struct whisper_state *state, int32_t token, int past, int threads) {
	if (whisper_decode_with_state(ctx, state, &token, 1, past, threads) != 0) {
		return -1;
	}
	const float *logits = whisper_get_logits_from_state(state);
	int best = 0;
	for (int i = 1; i <= whisper_token_eot(ctx); i++) {
		best = logits[i] > logits[best] ? i : best;
	}
	return best;
}

// door_listen asks the decoder what it makes of the window that was encoded last
// before any text: one step, no second run of the encoder. It fills
// languages[whisper_lang_max_id()+1] with logits, where that is not NULL, and
// returns the probability that nobody speaks, or -1 on failure. (The library's
// own value is taken from a row of numbers that a prompt of several tokens
// leaves as it was: it belongs to an earlier window, or to none.)
float door_listen(struct whisper_context *ctx, struct whisper_state *state, int threads, float *languages) {
	whisper_token sot = whisper_token_sot(ctx);
	if (whisper_decode_with_state(ctx, state, &sot, 1, 0, threads) != 0) {
		return -1;
	}
	const float *logits = whisper_get_logits_from_state(state);
	if (languages != NULL) {
		for (int i = 0; i <= whisper_lang_max_id(); i++) {
			languages[i] = logits[whisper_token_lang(ctx, i)];
		}
	}
	int n = whisper_n_vocab(ctx);
	float most = logits[0];
	for (int i = 1; i < n; i++) {
		most = logits[i] > most ? logits[i] : most;
	}
	double sum = 0;
	for (int i = 0; i < n; i++) {
		sum += exp(logits[i] - most);
	}
	return (float)(exp(logits[whisper_token_nosp(ctx)] - most) / sum);
}

whisper_token_data door_token(struct whisper_state *state, int segment, int i) {
	return whisper_full_get_token_data_from_state(state, segment, i);
}
