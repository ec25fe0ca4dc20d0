// The activation between the two products of a layer, x/2 (1 + tanh(√(2/π) (x +
// 0.044715 x³))), which is x / (1 + e^-2u) with u what stands behind tanh. The
// library looks it up, value by value, in a table of half floats.
#pragma once

#include "afterword-lanes.h"

namespace afterword {

#if defined(AFTERWORD_LANES)
static inline floats gelu(floats x) {
    const floats u = x * (x * x * 0.0356774081f + 0.7978845608f);
    return x / (power(smaller(u * -2.0f, floats{} + 87.0f)) + 1.0f);
}

// gelu works on n values; false where it is not ours to do.
static inline bool gelu(int n, float * y, const float * x) {
    int i = 0;
    for (; i + lanes_n <= n; i += lanes_n) {
        put(y + i, gelu(get(x + i)));
    }
    if (i < n) {
        float rest[lanes_n] = {};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        put(rest, gelu(get(rest)));
        memcpy(y + i, rest, (n - i) * sizeof *y);
    }
    return true;
}
#else
static inline bool gelu(int, float *, const float *) { return false; }
#endif

} // namespace afterword
