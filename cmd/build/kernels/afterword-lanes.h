// Floats in lanes, in the compiler's own words.
#pragma once

#if defined(__F16C__) && defined(__FMA__) && (defined(__AVX512F__) || defined(__AVX2__))
#define AFTERWORD_LANES 1

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

namespace afterword {

#if defined(__AVX512F__)
constexpr int lanes_n = 16;
#else
constexpr int lanes_n = 8;
#endif

typedef float   floats __attribute__((vector_size(4 * lanes_n)));
typedef int32_t whole  __attribute__((vector_size(4 * lanes_n)));
typedef float   loose  __attribute__((vector_size(4 * lanes_n), aligned(4), may_alias)); // in memory

static inline floats get(const float * p)       { return *(const loose *) p; }
static inline void   put(float * p, floats v)   { *(loose *) p = v; }
static inline floats larger(floats a, floats b) { return a > b ? a : b; }
static inline floats smaller(floats a, floats b) { return a < b ? a : b; }

// power is e^x to seven digits, for x to 87; 2^-126 for all that is smaller.
static inline floats power(floats x) {
    const floats least = floats{} - 126.0f, round = floats{} + 12582912.0f; // 1.5 * 2^23: no bits are left for fractions
    const floats t = larger(x * 1.44269504f, least);
    const floats n = (t + round) - round, f = t - n; // f in -0.5 to 0.5
    floats p = f * 1.5403530e-4f + 1.3333558e-3f;    // of 2^f
    p = p * f + 9.6181291e-3f;
    p = p * f + 5.5504109e-2f;
    p = p * f + 2.4022651e-1f;
    p = p * f + 6.9314718e-1f;
    p = p * f + 1.0f;
    return (floats) ((whole) p + (__builtin_convertvector(n, whole) << 23));
}

} // namespace afterword
#endif
