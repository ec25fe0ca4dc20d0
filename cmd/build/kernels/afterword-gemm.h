// Products of q8_0 matrices for processors with AVX2, better with VNNI (AVX-512
// or AVX).
//
// C[j][i] is the dot product of row i of the weights with column j: both in
// blocks of 32 signed bytes with a scale. The bytes of a block are multiplied
// and summed as integers, and the sums, times both scales, as floats, as
// elsewhere; only the order of the floats' additions differs.
//
// The instructions multiply unsigned bytes by signed ones and add up four
// neighbours in each lane. So a panel of rows is laid out once for many columns: a
// register holds four bytes each of as many rows as it has lanes, and a column's
// four bytes are loaded into all lanes. Nothing is summed across lanes at the end.
// With VNNI weights are made unsigned by adding 128, and what that adds to a sum,
// 128 times the sum of the column's block, is taken off at the start of it.
// Without it two products are added in 16 bits first, where that would not fit:
// there a weight gives its sign to the column's byte.
#pragma once

#if defined(__F16C__) && defined(__FMA__) && (defined(__AVX512VNNI__) && defined(__AVX512F__) || defined(__AVX2__))

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

namespace afterword {

// signed_dot adds four neighbours' products of w and x to the lanes of sum, for
// processors without VNNI. size is w without its signs.
static inline __m256i signed_dot(__m256i sum, __m256i w, __m256i size, __m256i x) {
    const __m256i pairs = _mm256_maddubs_epi16(size, _mm256_sign_epi8(x, w));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

#if defined(__AVX512VNNI__) && defined(__AVX512F__)
struct lanes {
    static constexpr int n = 16, high = 2, wide = 6; // a tile is high registers of rows by wide columns
    static constexpr uint8_t added = 128;            // to the weights
    typedef __m512i ints;
    typedef __m512i weights;
    typedef __m512  floats;
    static weights load(const uint8_t * p)            { return _mm512_loadu_si512(p); }
    static ints   all(int32_t v)                      { return _mm512_set1_epi32(v); }
    static ints   dot(ints sum, weights w, ints x)    { return _mm512_dpbusd_epi32(sum, w, x); }
    static floats to_floats(ints v)                   { return _mm512_cvtepi32_ps(v); }
    static floats load(const float * p)               { return _mm512_loadu_ps(p); }
    static floats all(float v)                        { return _mm512_set1_ps(v); }
    static floats mul(floats a, floats b)             { return _mm512_mul_ps(a, b); }
    static floats add_mul(floats c, floats a, floats b) { return _mm512_fmadd_ps(a, b, c); }
    static void   store(float * p, floats v)          { _mm512_storeu_ps(p, v); }
};
#else
struct lanes {
    static constexpr int n = 8, high = 2, wide = 4;
    typedef __m256i ints;
    typedef __m256  floats;
#if defined(__AVXVNNI__)
    static constexpr uint8_t added = 128;
    typedef __m256i weights;
    static weights load(const uint8_t * p)            { return _mm256_loadu_si256((const __m256i *) p); }
    static ints   dot(ints sum, weights w, ints x)    { return _mm256_dpbusd_avx_epi32(sum, w, x); }
#else
    static constexpr uint8_t added = 0;
    struct weights { __m256i is, size; };
    static weights load(const uint8_t * p) {
        const __m256i w = _mm256_loadu_si256((const __m256i *) p);
        return {w, _mm256_abs_epi8(w)};
    }
    static ints   dot(ints sum, weights w, ints x)    { return signed_dot(sum, w.is, w.size, x); }
#endif
    static ints   all(int32_t v)                      { return _mm256_set1_epi32(v); }
    static floats to_floats(ints v)                   { return _mm256_cvtepi32_ps(v); }
    static floats load(const float * p)               { return _mm256_loadu_ps(p); }
    static floats all(float v)                        { return _mm256_set1_ps(v); }
    static floats mul(floats a, floats b)             { return _mm256_mul_ps(a, b); }
    static floats add_mul(floats c, floats a, floats b) { return _mm256_fmadd_ps(a, b, c); }
    static void   store(float * p, floats v)          { _mm256_storeu_ps(p, v); }
};
#endif

constexpr int panel_rows = lanes::n * lanes::high;
constexpr int deep       = 32;  // blocks of a row that a panel holds: 1024 values
constexpr int across     = 192; // columns for which a panel is laid out once

// panel is the bytes of panel_rows rows, with what is added to them, and their
// scales.
struct panel {
    uint8_t bytes[deep][8][panel_rows][4];
    float   scale[deep][panel_rows];
};

// side is what of a column's block goes into the sums beside its bytes.
struct side {
    int32_t start; // minus what is added to each weight, times the sum of its bytes
    float   scale;
};

// turn takes the 32 bytes of a block from each of eight rows and writes them as
// eight groups of 8x4 bytes, the groups stride bytes apart.
static inline void turn(const block_q8_0 * const row[8], int64_t block, uint8_t * to, int stride) {
    const __m256i sign = _mm256_set1_epi8((char) lanes::added);
    __m256i a[8], b[8];
    for (int i = 0; i < 8; i++) {
        a[i] = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *) row[i][block].qs), sign);
    }
    for (int i = 0; i < 8; i += 2) {
        b[i]     = _mm256_unpacklo_epi32(a[i], a[i + 1]);
        b[i + 1] = _mm256_unpackhi_epi32(a[i], a[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        a[i]     = _mm256_unpacklo_epi64(b[i], b[i + 2]);
        a[i + 1] = _mm256_unpackhi_epi64(b[i], b[i + 2]);
        a[i + 2] = _mm256_unpacklo_epi64(b[i + 1], b[i + 3]);
        a[i + 3] = _mm256_unpackhi_epi64(b[i + 1], b[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_si256((__m256i *) (to + i * stride),       _mm256_permute2x128_si256(a[i], a[i + 4], 0x20));
        _mm256_storeu_si256((__m256i *) (to + (i + 4) * stride), _mm256_permute2x128_si256(a[i], a[i + 4], 0x31));
    }
}

// lay fills the panel with blocks of the rows from first on. Where there are no
// more rows it repeats the last.
static void lay(panel & p, const block_q8_0 * A, int64_t lda, int64_t first, int64_t m, int64_t block, int blocks) {
    for (int r = 0; r < panel_rows; r += 8) {
        const block_q8_0 * row[8];
        for (int i = 0; i < 8; i++) {
            row[i] = A + lda * (first + r + i < m ? first + r + i : m - 1) + block;
        }
        for (int l = 0; l < blocks; l++) {
            turn(row, l, p.bytes[l][0][r], sizeof p.bytes[l][0]);
            for (int i = 0; i < 8; i++) {
                p.scale[l][r + i] = _cvtsh_ss(row[i][l].d);
            }
        }
    }
}

// weigh works out the sides of blocks of a column.
static void weigh(side * s, const block_q8_0 * x, int blocks) {
    const __m256i ones = _mm256_set1_epi8(1), sixteen = _mm256_set1_epi16(1);
    for (int l = 0; l < blocks; l++) {
        __m256i v = _mm256_maddubs_epi16(ones, _mm256_loadu_si256((const __m256i *) x[l].qs));
        v = _mm256_madd_epi16(v, sixteen);
        __m128i w = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
        w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0x4e));
        w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0xb1));
        s[l].start = -(int32_t) lanes::added * _mm_cvtsi128_si32(w);
        s[l].scale = _cvtsh_ss(x[l].d);
    }
}

// tile adds the products of a panel with lanes::wide columns to sums, or begins
// them. Column j's blocks begin at x + j*ldx, its sides at s + j*deep.
static inline void tile(const panel & p, const block_q8_0 * x, int64_t ldx, const side * s, int blocks, float * C, int64_t ldc, bool begin) {
    constexpr int H = lanes::high, W = lanes::wide;
    lanes::floats sum[W][H];
    for (int j = 0; j < W; j++) {
        for (int i = 0; i < H; i++) {
            sum[j][i] = begin ? lanes::all(0.0f) : lanes::load(C + j * ldc + i * lanes::n);
        }
    }
    for (int l = 0; l < blocks; l++) {
        lanes::ints dot[W][H];
        for (int j = 0; j < W; j++) {
            for (int i = 0; i < H; i++) {
                dot[j][i] = lanes::all(s[j * deep + l].start);
            }
        }
#pragma GCC unroll 8
        for (int g = 0; g < 8; g++) {
            lanes::weights w[H];
            for (int i = 0; i < H; i++) {
                w[i] = lanes::load(p.bytes[l][g][i * lanes::n]);
            }
            for (int j = 0; j < W; j++) {
                int32_t four;
                memcpy(&four, x[j * ldx + l].qs + 4 * g, sizeof four);
                for (int i = 0; i < H; i++) {
                    dot[j][i] = lanes::dot(dot[j][i], w[i], lanes::all(four));
                }
            }
        }
        for (int i = 0; i < H; i++) {
            lanes::floats scale = lanes::load(p.scale[l] + i * lanes::n);
            for (int j = 0; j < W; j++) {
                sum[j][i] = lanes::add_mul(sum[j][i], lanes::mul(lanes::to_floats(dot[j][i]), scale), lanes::all(s[j * deep + l].scale));
            }
        }
    }
    for (int j = 0; j < W; j++) {
        for (int i = 0; i < H; i++) {
            lanes::store(C + j * ldc + i * lanes::n, sum[j][i]);
        }
    }
}

// edge is a tile that reaches over the last row or column: it is done aside.
static void edge(const panel & p, const block_q8_0 * x, int64_t ldx, const side * s, int blocks, float * C, int64_t ldc, bool begin, int rows, int columns) {
    block_q8_0 y[lanes::wide][deep];
    float D[lanes::wide][panel_rows] = {};
    for (int j = 0; j < lanes::wide; j++) {
        memcpy(y[j], x + (j < columns ? j : columns - 1) * ldx, blocks * sizeof(block_q8_0));
        for (int i = 0; !begin && j < columns && i < rows; i++) {
            D[j][i] = C[j * ldc + i];
        }
    }
    tile(p, y[0], deep, s, blocks, D[0], panel_rows, begin);
    for (int j = 0; j < columns; j++) {
        for (int i = 0; i < rows; i++) {
            C[j * ldc + i] = D[j][i];
        }
    }
}

// gemm multiplies m rows of A by n columns of B, k blocks each; thread ith of nth
// does its share of the panels. Strides count blocks and floats.
static bool gemm(int64_t m, int64_t n, int64_t k, const block_q8_0 * A, int64_t lda, const block_q8_0 * B, int64_t ldb, float * C, int64_t ldc, int ith, int nth) {
    const int64_t panels = (m + panel_rows - 1) / panel_rows;
    const int64_t from = panels * ith / nth, to = panels * (ith + 1) / nth;
    panel p;
    side  s[across + lanes::wide][deep]; // the sides of a last tile's missing columns are whatever is there
    for (int64_t l = 0; l < k; l += deep) {
        const int blocks = (int) (k - l < deep ? k - l : deep);
        for (int64_t j0 = 0; j0 < n; j0 += across) {
            const int columns = (int) (n - j0 < across ? n - j0 : across);
            for (int j = 0; j < columns; j++) {
                weigh(s[j], B + (j0 + j) * ldb + l, blocks);
            }
            for (int64_t i = from * panel_rows; i < to * panel_rows && i < m; i += panel_rows) {
                const int rows = (int) (m - i < panel_rows ? m - i : panel_rows);
                lay(p, A, lda, i, m, l, blocks);
                for (int j = 0; j < columns; j += lanes::wide) {
                    const block_q8_0 * x = B + (j0 + j) * ldb + l;
                    float * c = C + (j0 + j) * ldc + i;
                    if (rows == panel_rows && j + lanes::wide <= columns) {
                        tile(p, x, ldb, s[j], blocks, c, ldc, l == 0);
                    } else {
                        edge(p, x, ldb, s[j], blocks, c, ldc, l == 0, rows, columns - j < lanes::wide ? columns - j : lanes::wide);
                    }
                }
            }
        }
    }
    return true;
}

} // namespace afterword

#else

namespace afterword {
static inline bool gemm(int64_t, int64_t, int64_t, const block_q8_0 *, int64_t, const block_q8_0 *, int64_t, float *, int64_t, int, int) { return false; }
} // namespace afterword

#endif
