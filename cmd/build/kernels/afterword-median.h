// The median of seven neighbours in time, of the attention that word times come
// from. The library sorts seven numbers at each place; here as many places as
// fit into a register are sorted at once.
#pragma once

#include <stdint.h>
#include <string.h>

namespace afterword {

#if defined(__GNUC__)
typedef float places __attribute__((vector_size(16)));

constexpr int around = 7; // neighbours

// middle sorts by exchanging neighbours and returns the fourth.
static inline places middle(places v[around]) {
    for (int round = 0; round < around; round++) {
        for (int i = round % 2; i + 1 < around; i += 2) {
            const places low = v[i] < v[i + 1] ? v[i] : v[i + 1];
            v[i + 1] = v[i] < v[i + 1] ? v[i + 1] : v[i];
            v[i] = low;
        }
    }
    return v[around / 2];
}

// median writes to to[i][j][k] the median of from[i][j][k-3 … k+3], mirrored at
// both ends, for all places: n of them, strides in bytes. False where it is not
// ours to do: it wants the j beside one another.
static bool median(int width, const int64_t n[3], const char * from, const size_t from_step[3], char * to, const size_t to_step[3]) {
    constexpr int lanes = sizeof(places) / sizeof(float);
    if (width != around || from_step[1] != sizeof(float) || n[2] <= around) {
        return false;
    }
    for (int64_t i = 0; i < n[0]; i++) {
        for (int64_t k = 0; k < n[2]; k++) {
            const char * row[around];
            for (int d = 0; d < around; d++) {
                int64_t at = k + d - around / 2;
                at = at < 0 ? -at : at < n[2] ? at : 2 * (n[2] - 1) - at;
                row[d] = from + i * from_step[0] + at * from_step[2];
            }
            for (int64_t j = 0; j < n[1]; j += lanes) {
                const int some = (int) (n[1] - j < lanes ? n[1] - j : lanes);
                places v[around] = {};
                for (int d = 0; d < around; d++) {
                    memcpy(&v[d], row[d] + j * sizeof(float), some * sizeof(float));
                }
                const places m = middle(v);
                for (int l = 0; l < some; l++) {
                    memcpy(to + i * to_step[0] + (j + l) * to_step[1] + k * to_step[2], (const float *) &m + l, sizeof(float));
                }
            }
        }
    }
    return true;
}
#else
static bool median(int, const int64_t *, const char *, const size_t *, char *, const size_t *) { return false; }
#endif

} // namespace afterword
