// The activation between the layers, x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))),
// worked out instead of looked up: the table has half floats.
#pragma once

#include "afterword-lanes.h"

namespace afterword {

#if defined(AFTERWORD_LANES)
static void gelu(int n, float * y, const float * x) {
    int i = 0;
    for (; i + lanes_n <= n; i += lanes_n) {
        const floats v = get(x + i);
        // x/(1 + e^-2u) is the same; beyond 80 it is x or 0 for all that a float can tell.
        const floats u = smaller(v * (v * v * 0.071354816f + 1.5957691f) * -1.0f, floats{} + 80.0f);
        put(y + i, v / (power(u) + 1.0f));
    }
    ggml_vec_gelu_f32(n - i, y + i, x + i);
}
#else
static void gelu(int n, float * y, const float * x) { ggml_vec_gelu_f32(n, y, x); }
#endif

} // namespace afterword
