// Attention of the speech encoder: heads of 64 values, no mask, keys and values
// as half floats.
//
// A block of queries is turned so that a register holds one value of each of
// several queries. Then all that belongs to a query stays in its lane: both
// products load one value of a key into all lanes, and the largest score, the
// exponentials and their sum need nothing across lanes. Keys and values pass by
// in tiles; when a larger score turns up, what was summed is scaled down.
#pragma once

#include "afterword-lanes.h"

#if defined(AFTERWORD_LANES)

#include <algorithm>

namespace afterword {

#if defined(__AVX512F__)
constexpr int attention_high = 8;
#else
constexpr int attention_high = 4;
#endif
constexpr int attention_wide = 3; // registers of queries in a tile of attention_high

constexpr int head    = 64; // values of a query, key or value
constexpr int queries = 96; // of a block
constexpr int keys    = 32; // of a tile
constexpr int parts   = queries / lanes_n;

// product adds A*B to C, or begins it: attention_high rows of A, of k values,
// whose rows and values are row and step apart, by k rows of B. Rows of B and C
// are blocks of queries, of which it does attention_wide registers.
template <int row, int step>
static inline void product(const float * A, const float * B, float * C, int k, bool begin) {
    constexpr int H = attention_high, W = attention_wide;
    floats sum[H][W];
    for (int i = 0; i < H; i++) {
        for (int j = 0; j < W; j++) {
            sum[i][j] = begin ? floats{} : get(C + i * queries + j * lanes_n);
        }
    }
    for (int l = 0; l < k; l++) {
        floats b[W];
        for (int j = 0; j < W; j++) {
            b[j] = get(B + l * queries + j * lanes_n);
        }
        for (int i = 0; i < H; i++) {
            for (int j = 0; j < W; j++) {
                sum[i][j] += A[i * row + l * step] * b[j];
            }
        }
    }
    for (int i = 0; i < H; i++) {
        for (int j = 0; j < W; j++) {
            put(C + i * queries + j * lanes_n, sum[i][j]);
        }
    }
}

// widen makes n rows of half floats, stride bytes apart, into floats.
static inline void widen(float * to, const char * from, size_t stride, int n) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < head; j += 8) {
            _mm256_storeu_ps(to + i * head + j, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) (from + i * stride) + j / 8)));
        }
    }
}

// block is the state of one block of queries of one head.
struct block {
    float query[head][queries]; // scaled
    float out[head][queries];   // not yet divided by sum
    float score[keys][queries];
    float key[keys][head], value[keys][head];
    floats most[parts], sum[parts];

    void attend(int n);
};

// attend takes in n keys and values.
void block::attend(int n) {
    for (int q = 0; q < queries; q += attention_wide * lanes_n) {
        for (int i = 0; i < n; i += attention_high) {
            product<head, 1>(key[i], query[0] + q, score[i] + q, head, true);
        }
    }
    for (int p = 0; p < parts; p++) {
        const int q = p * lanes_n;
        floats high = most[p];
        for (int i = 0; i < n; i++) {
            high = larger(get(score[i] + q), high);
        }
        const floats shrink = power(most[p] - high);
        most[p] = high;
        floats s = sum[p] * shrink;
        for (int i = 0; i < n; i++) {
            const floats e = power(get(score[i] + q) - high);
            put(score[i] + q, e);
            s += e;
        }
        sum[p] = s;
        for (int d = 0; d < head; d++) {
            put(out[d] + q, get(out[d] + q) * shrink);
        }
    }
    for (int q = 0; q < queries; q += attention_wide * lanes_n) {
        for (int d = 0; d < head; d += attention_high) {
            product<1, head>(value[0] + d, score[0] + q, out[d] + q, n, false);
        }
    }
}

// attention does rows ir0 to ir1 of a flash_attn_ext node, a row being one query
// of one head; false where it is of another kind.
static bool attention(ggml_tensor * dst, int64_t ir0, int64_t ir1) {
    const ggml_tensor * q = dst->src[0], * k = dst->src[1], * v = dst->src[2];
    float scale, bias, cap;
    memcpy(&scale, (const float *) dst->op_params + 0, sizeof scale);
    memcpy(&bias,  (const float *) dst->op_params + 1, sizeof bias);
    memcpy(&cap,   (const float *) dst->op_params + 2, sizeof cap);
    if (dst->src[3] || dst->src[4] || bias != 0 || cap != 0 || q->ne[0] != head || v->ne[0] != head ||
        q->type != GGML_TYPE_F32 || k->type != GGML_TYPE_F16 || v->type != GGML_TYPE_F16 || k->ne[1] < 1) {
        return false;
    }
    block b;
    memset(b.key, 0, sizeof b.key); // the last tile reads beyond its keys
    for (int64_t ir = ir0; ir < ir1;) {
        const int64_t i1 = ir % q->ne[1], i2 = ir / q->ne[1] % q->ne[2], i3 = ir / (q->ne[1] * q->ne[2]);
        const int rows = (int) std::min({(int64_t) queries, ir1 - ir, q->ne[1] - i1});
        const char * K = (const char *) k->data + i2 / (q->ne[2] / k->ne[2]) * k->nb[2] + i3 / (q->ne[3] / k->ne[3]) * k->nb[3];
        const char * V = (const char *) v->data + i2 / (q->ne[2] / v->ne[2]) * v->nb[2] + i3 / (q->ne[3] / v->ne[3]) * v->nb[3];
        memset(b.query, 0, sizeof b.query);
        memset(b.out, 0, sizeof b.out);
        for (int r = 0; r < rows; r++) {
            const float * from = (const float *) ((const char *) q->data + (i1 + r) * q->nb[1] + i2 * q->nb[2] + i3 * q->nb[3]);
            for (int d = 0; d < head; d++) {
                b.query[d][r] = from[d] * scale;
            }
        }
        for (int p = 0; p < parts; p++) {
            b.most[p] = floats{} - 1e30f;
            b.sum[p] = floats{};
        }
        for (int64_t i = 0; i < k->ne[1]; i += keys) {
            const int n = (int) std::min((int64_t) keys, k->ne[1] - i);
            widen(b.key[0], K + i * k->nb[1], k->nb[1], n);
            widen(b.value[0], V + i * v->nb[1], v->nb[1], n);
            b.attend(n);
        }
        for (int r = 0; r < rows; r++) {
            float * to = (float *) ((char *) dst->data + (i3 * dst->ne[2] * dst->ne[1] + (i1 + r) * dst->ne[1] + i2) * dst->nb[1]);
            const float whole_sum = b.sum[r / lanes_n][r % lanes_n];
            for (int d = 0; d < head; d++) {
                to[d] = b.out[d][r] / whole_sum;
            }
        }
        ir += rows;
    }
    return true;
}

} // namespace afterword

#else

namespace afterword {
static inline bool attention(ggml_tensor *, int64_t, int64_t) { return false; }
} // namespace afterword

#endif
