// Products of matrices with one to three columns, as the decoder has them: each
// weight is used once or thrice, so that all depends on how fast memory gives
// them. Each row is read in one go, and what comes a page later is asked for in
// time: the processor by itself stops at the end of each page.
#pragma once

#if defined(__F16C__) && defined(__FMA__) && defined(__AVX2__)

#include <immintrin.h>
#include <stdint.h>

namespace afterword {

constexpr int ahead = 4096; // bytes

// total adds up the lanes of four registers.
static inline __m128 total(__m256 a, __m256 b, __m256 c, __m256 d) {
    const __m256 t = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    return _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
}

static inline void ask(const void * p) {
    _mm_prefetch((const char *) p, _MM_HINT_T0);
}

static inline __m256 halves(const ggml_fp16_t * p) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) p));
}

// dots_f16 multiplies rows from to to of A, of k half floats, by one column.
static void dots_f16(int64_t from, int64_t to, int64_t k, const ggml_fp16_t * A, int64_t lda, const ggml_fp16_t * x, float * C) {
    const bool shorter = k <= 256; // rows that lie apart, such as a head's keys: ask for those of later
    for (int64_t i = from; i < to; i += 4) {
        const ggml_fp16_t * a[4];
        for (int r = 0; r < 4; r++) {
            a[r] = A + lda * (i + r < to ? i + r : to - 1);
            for (int64_t l = 0; shorter && l < k; l += 32) {
                ask(a[r] + 16 * lda + l);
            }
        }
        __m256 sum[4] = {};
        int64_t l = 0;
        for (; l + 8 <= k; l += 8) {
            const __m256 v = halves(x + l);
            for (int r = 0; r < 4; r++) {
                sum[r] = _mm256_fmadd_ps(halves(a[r] + l), v, sum[r]);
            }
            if (!shorter && l % 32 == 0) {
                for (int r = 0; r < 4; r++) {
                    ask(a[r] + l + 512);
                }
            }
        }
        float out[4];
        _mm_storeu_ps(out, total(sum[0], sum[1], sum[2], sum[3]));
        for (int r = 0; r < 4 && i + r < to; r++) {
            C[i + r] = out[r];
            for (int64_t t = l; t < k; t++) {
                C[i + r] += _cvtsh_ss(a[r][t]) * _cvtsh_ss(x[t]);
            }
        }
    }
}

// dot4 adds up four neighbours' products of a row's bytes and a column's. It
// is lanes::dot for 32 bytes.
static inline __m256i dot4(__m256i sum, __m256i w, __m256i x) {
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
    return _mm256_dpbusd_epi32(sum, _mm256_xor_si256(w, _mm256_set1_epi8((char) 0x80)), x);
#elif defined(__AVXVNNI__)
    return _mm256_dpbusd_avx_epi32(sum, _mm256_xor_si256(w, _mm256_set1_epi8((char) 0x80)), x);
#else
    return signed_dot(sum, w, _mm256_abs_epi8(w), x);
#endif
}

constexpr int longest = 256; // blocks of a row

// dots_q8_0 multiplies rows from to to of A, of k blocks, by N columns. Weights
// are made unsigned as in gemm.
template <int N>
static void dots_q8_0(int64_t from, int64_t to, int k, const block_q8_0 * A, int64_t lda, const block_q8_0 * B, int64_t ldb, float * C, int64_t ldc) {
    side s[N][longest];
    for (int j = 0; j < N; j++) {
        weigh(s[j], B + j * ldb, k);
    }
    for (int64_t i = from; i < to; i++) {
        const block_q8_0 * a = A + lda * i;
        __m256 sum[N] = {};
        for (int l = 0; l < k; l++) {
            ask((const char *) (a + l) + ahead);
            const __m256i w = _mm256_loadu_si256((const __m256i *) a[l].qs);
            const __m256 scale = _mm256_cvtph_ps(_mm_set1_epi16(a[l].d));
            for (int j = 0; j < N; j++) {
                // Each of eight lanes begins with an eighth.
                const __m256i dot = dot4(_mm256_set1_epi32(s[j][l].start / 8), w, _mm256_loadu_si256((const __m256i *) B[j * ldb + l].qs));
                sum[j] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), _mm256_mul_ps(scale, _mm256_set1_ps(s[j][l].scale)), sum[j]);
            }
        }
        for (int j = 0; j < N; j++) {
            C[j * ldc + i] = _mm_cvtss_f32(total(sum[j], sum[j], sum[j], sum[j]));
        }
    }
}

} // namespace afterword
#endif

namespace afterword {

// multiply works out C[j][i], the dot product of row i of A and column j of B,
// for m rows and n columns of k blocks: thread ith of nth its share. Strides count
// blocks. False where the kinds are not ours.
static bool multiply(int64_t m, int64_t n, int64_t k, const void * A, int64_t lda, const void * B, int64_t ldb, void * C, int64_t ldc, int Atype, int Btype, int Ctype, int ith, int nth) {
    if (Atype != Btype || Ctype != GGML_TYPE_F32) {
        return false;
    }
    if (Atype == GGML_TYPE_Q8_0 && n >= 4) {
        return gemm(m, n, k, (const block_q8_0 *) A, lda, (const block_q8_0 *) B, ldb, (float *) C, ldc, ith, nth);
    }
    const int64_t from = m * ith / nth, to = m * (ith + 1) / nth;
#if defined(__F16C__) && defined(__FMA__) && defined(__AVX2__)
    if (Atype == GGML_TYPE_Q8_0 && k <= longest) {
        auto dots = n == 1 ? dots_q8_0<1> : n == 2 ? dots_q8_0<2> : dots_q8_0<3>;
        dots(from, to, (int) k, (const block_q8_0 *) A, lda, (const block_q8_0 *) B, ldb, (float *) C, ldc);
        return true;
    }
    if (Atype == GGML_TYPE_F16 && n == 1) {
        dots_f16(from, to, k, (const ggml_fp16_t *) A, lda, (const ggml_fp16_t *) B, (float *) C);
        return true;
    }
#endif
    return false;
}

} // namespace afterword
