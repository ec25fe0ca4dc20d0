// Compares products, attention and activation of the library, through its public functions,
// with plain ones: a line "kind shape threads error" each, the error being the
// largest difference over the largest value expected.
#include "ggml.h"
#include "ggml-cpu.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma pack(push, 1)
typedef struct {
	ggml_fp16_t scale;
	int8_t values[32];
} block; // of q8_0
#pragma pack(pop)

static uint32_t seed = 1;

// noise is between -1 and 1.
static float noise(void) {
	seed = seed * 1664525 + 1013904223;
	return (float)(int32_t)seed / 2147483648.0f;
}

static void fill(float *to, int n) {
	for (int i = 0; i < n; i++) {
		to[i] = noise();
	}
}

static void compute(struct ggml_context *ctx, struct ggml_tensor *node, int threads) {
	struct ggml_cgraph *graph = ggml_new_graph(ctx);
	ggml_build_forward_expand(graph, node);
	if (ggml_graph_compute_with_ctx(ctx, graph, threads) != GGML_STATUS_SUCCESS) {
		exit(1);
	}
}

// worst is how far n values at got are from those at want.
static double worst(const float *got, const double *want, int n) {
	double most = 0, difference = 0;
	for (int i = 0; i < n; i++) {
		double d = fabs(got[i] - want[i]);
		if (!(d <= difference)) { // not a number, too
			difference = d;
		}
		most = fmax(most, fabs(want[i]));
	}
	return difference / most;
}

static struct ggml_context *memory(void) {
	return ggml_init((struct ggml_init_params){.mem_size = (size_t)256 << 20});
}

// product is that of m rows of weights and n columns of k values, all q8_0 where
// they meet; extreme takes the largest and smallest values that there are.
static void product(int m, int n, int k, int threads, int extreme) {
	struct ggml_context *ctx = memory();
	struct ggml_tensor *a = ggml_new_tensor_2d(ctx, GGML_TYPE_Q8_0, k, m);
	struct ggml_tensor *b = ggml_new_tensor_2d(ctx, GGML_TYPE_F32, k, n);
	float *rows = malloc(sizeof(float) * m * k);
	fill(rows, m * k);
	fill(b->data, n * k);
	if (extreme) {
		for (int i = 0; i < m * k; i++) {
			rows[i] = rows[i] < 0 ? -1 : 1;
		}
		for (int i = 0; i < n * k; i++) {
			((float *)b->data)[i] = i / k % 2 ? -1 : 1;
		}
	}
	ggml_from_float_t quantize = ggml_get_type_traits_cpu(GGML_TYPE_Q8_0)->from_float;
	quantize(rows, a->data, (int64_t)m * k);
	block *columns = malloc(sizeof(block) * n * k / 32);
	quantize(b->data, columns, (int64_t)n * k);
	double *want = malloc(sizeof(double) * m * n);
	for (int j = 0; j < n; j++) {
		for (int i = 0; i < m; i++) {
			double sum = 0;
			for (int l = 0; l < k / 32; l++) {
				const block *x = (block *)a->data + i * (k / 32) + l, *y = columns + j * (k / 32) + l;
				int dot = 0;
				for (int v = 0; v < 32; v++) {
					dot += x->values[v] * y->values[v];
				}
				sum += (double)ggml_fp16_to_fp32(x->scale) * ggml_fp16_to_fp32(y->scale) * dot;
			}
			want[j * m + i] = sum;
		}
	}
	struct ggml_tensor *c = ggml_mul_mat(ctx, a, b);
	compute(ctx, c, threads);
	printf("product %dx%dx%d %d %g\n", m, n, k, threads, worst(c->data, want, m * n));
	free(rows);
	free(columns);
	free(want);
	ggml_free(ctx);
}

// halves is the product of m rows and one column of k half floats.
static void halves(int m, int k, int threads) {
	struct ggml_context *ctx = memory();
	struct ggml_tensor *a = ggml_new_tensor_2d(ctx, GGML_TYPE_F16, k, m);
	struct ggml_tensor *b = ggml_new_tensor_1d(ctx, GGML_TYPE_F32, k);
	fill(b->data, k);
	for (int i = 0; i < m * k; i++) {
		((ggml_fp16_t *)a->data)[i] = ggml_fp32_to_fp16(noise());
	}
	double *want = calloc(m, sizeof(double));
	for (int i = 0; i < m; i++) {
		for (int l = 0; l < k; l++) {
			want[i] += (double)ggml_fp16_to_fp32(((ggml_fp16_t *)a->data)[i * k + l]) * ggml_fp16_to_fp32(ggml_fp32_to_fp16(((float *)b->data)[l]));
		}
	}
	struct ggml_tensor *c = ggml_mul_mat(ctx, a, b);
	compute(ctx, c, threads);
	printf("halves %dx%d %d %g\n", m, k, threads, worst(c->data, want, m));
	free(want);
	ggml_free(ctx);
}

// attention is that of n queries over m keys in heads of the given size; the
// scores go from one to far apart.
static void attention(int n, int m, int heads, int size, int threads, float scale) {
	struct ggml_context *ctx = memory();
	struct ggml_tensor *q = ggml_new_tensor_3d(ctx, GGML_TYPE_F32, size, n, heads);
	struct ggml_tensor *k = ggml_new_tensor_3d(ctx, GGML_TYPE_F16, size, m, heads);
	struct ggml_tensor *v = ggml_new_tensor_3d(ctx, GGML_TYPE_F16, size, m, heads);
	fill(q->data, size * n * heads);
	for (int i = 0; i < size * m * heads; i++) {
		((ggml_fp16_t *)k->data)[i] = ggml_fp32_to_fp16(noise());
		((ggml_fp16_t *)v->data)[i] = ggml_fp32_to_fp16(noise());
	}
	double *want = calloc((size_t)size * n * heads, sizeof(double)), *score = malloc(sizeof(double) * m);
	for (int h = 0; h < heads; h++) {
		for (int i = 0; i < n; i++) {
			double most = -INFINITY, sum = 0;
			for (int j = 0; j < m; j++) {
				score[j] = 0;
				for (int d = 0; d < size; d++) {
					score[j] += (double)scale * ((float *)q->data)[(h * n + i) * size + d] * ggml_fp16_to_fp32(((ggml_fp16_t *)k->data)[(h * m + j) * size + d]);
				}
				most = fmax(most, score[j]);
			}
			for (int j = 0; j < m; j++) {
				sum += score[j] = exp(score[j] - most);
			}
			for (int j = 0; j < m; j++) {
				for (int d = 0; d < size; d++) {
					want[(i * heads + h) * size + d] += score[j] / sum * ggml_fp16_to_fp32(((ggml_fp16_t *)v->data)[(h * m + j) * size + d]);
				}
			}
		}
	}
	struct ggml_tensor *o = ggml_flash_attn_ext(ctx, q, k, v, NULL, scale, 0, 0);
	compute(ctx, o, threads);
	printf("attention %dx%dx%dx%d,%g %d %g\n", n, m, heads, size, scale, threads, worst(o->data, want, size * n * heads));
	free(want);
	free(score);
	ggml_free(ctx);
}

// activation is what the encoder's layers have between their products.
static void activation(int n, int threads) {
	struct ggml_context *ctx = memory();
	struct ggml_tensor *x = ggml_new_tensor_1d(ctx, GGML_TYPE_F32, n);
	double *want = malloc(n * sizeof *want);
	for (int i = 0; i < n; i++) {
		float v = ((float *)x->data)[i] = 12 * noise();
		want[i] = 0.5 * v * (1 + tanh(0.79788456080286536 * v * (1 + 0.044715 * (double)v * v)));
	}
	struct ggml_tensor *y = ggml_gelu(ctx, x);
	compute(ctx, y, threads);
	printf("activation %d %d %g\n", n, threads, worst(y->data, want, n));
	free(want);
	ggml_free(ctx);
}

int main(void) {
	static const int shapes[][3] = {
		{1, 1, 32}, {1, 4, 32}, {5, 2, 64}, {70, 3, 544}, {513, 1, 512}, {31, 7, 32}, {32, 6, 1024}, {33, 13, 96}, {64, 12, 1056},
		{100, 193, 512}, {130, 401, 2080}, {512, 50, 2048}, {2048, 9, 512}, {7, 500, 64},
	};
	for (int threads = 1; threads <= 3; threads++) {
		for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
			product(shapes[i][0], shapes[i][1], shapes[i][2], threads, i == 4 || i == 6);
		}
		halves(1, 1, threads);
		halves(9, 64, threads);
		halves(1403, 64, threads);
		halves(64, 1403, threads);
		attention(64, 1, 1, 64, threads, 0.125f);
		attention(97, 33, 3, 64, threads, 0.125f);
		attention(200, 200, 2, 64, threads, 8);
		attention(301, 129, 4, 64, threads, 1);
		attention(100, 70, 2, 128, threads, 0.1f); // not ours
		activation(1, threads);
		activation(4099, threads);
	}
	return 0;
}
