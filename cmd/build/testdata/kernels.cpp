// Compares the products, the activation and the median with plain loops, compiled by
// themselves: so each way of doing them is proved for which this processor has
// the instructions, not only the one that the library was built for. It prints
// the largest error of each shape over the largest value expected.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

// What the kernels need of the library.
typedef uint16_t ggml_fp16_t;
struct block_q8_0 {
	ggml_fp16_t d;
	int8_t qs[32];
};
enum { GGML_TYPE_F32 = 0, GGML_TYPE_F16 = 1, GGML_TYPE_Q8_0 = 8 };

#include "../kernels/afterword-gemm.h"
#include "../kernels/afterword-dots.h"
#include "../kernels/afterword-gelu.h"
#include "../kernels/afterword-median.h"

static uint32_t seed = 1;

static int32_t noise() {
	seed = seed * 1664525 + 1013904223;
	return (int32_t)seed >> 8;
}

// draw fills blocks with bytes from least up to 127, or with these two alone.
static std::vector<block_q8_0> draw(size_t n, int least, bool extreme) {
	std::vector<block_q8_0> out(n);
	for (auto & b : out) {
		b.d = 0x3000 + (noise() & 0x3ff); // 1/8 to 1/4
		for (auto & v : b.qs) {
			v = extreme ? (noise() & 1 ? 127 : least) : least + (uint32_t)noise() % (128 - least);
		}
	}
	return out;
}

// product is that of m rows and n columns of k blocks. A column's bytes are -127
// at least, as they come from rounding.
static void product(int m, int n, int k, int threads, bool extreme) {
	const auto A = draw(m * k, -128, extreme), B = draw(n * k, -127, extreme);
	std::vector<float> C(m * n, NAN);
	for (int i = 0; i < threads; i++) {
		if (!afterword::multiply(m, n, k, A.data(), k, B.data(), k, C.data(), m, GGML_TYPE_Q8_0, GGML_TYPE_Q8_0, GGML_TYPE_F32, i, threads)) {
			std::printf("declined\n");
			return;
		}
	}
	double most = 0, off = 0;
	for (int j = 0; j < n; j++) {
		for (int i = 0; i < m; i++) {
			double want = 0;
			for (int l = 0; l < k; l++) {
				const block_q8_0 & a = A[i * k + l], & b = B[j * k + l];
				int sum = 0;
				for (int v = 0; v < 32; v++) {
					sum += a.qs[v] * b.qs[v];
				}
				want += (double)sum * _cvtsh_ss(a.d) * _cvtsh_ss(b.d);
			}
			const double d = std::fabs(C[j * m + i] - want);
			off = d <= off ? off : d; // not a number, too
			most = std::fmax(most, std::fabs(want));
		}
	}
	std::printf("product %dx%dx%d %g\n", m, n, k, off / most);
}

static void activation(int n) {
	std::vector<float> x(n), y(n, NAN);
	for (auto & v : x) {
		v = noise() / 700000.0f; // to 12
	}
	if (!afterword::gelu(n, y.data(), x.data())) {
		std::printf("declined\n");
		return;
	}
	double off = 0;
	for (int i = 0; i < n; i++) {
		const double v = x[i], d = std::fabs(y[i] - 0.5 * v * (1 + std::tanh(0.79788456080286536 * v * (1 + 0.044715 * v * v))));
		off = d <= off ? off : d;
	}
	std::printf("activation %d %g\n", n, off / 12);
}

// median is that of n0 by n1 series of n2 numbers, the n1 beside one another; some
// numbers are alike.
static void median(int n0, int n1, int n2) {
	std::vector<float> from(n0 * n1 * n2), to(n0 * n1 * n2, NAN);
	for (auto & v : from) {
		v = noise() % 20;
	}
	const int64_t n[] = {n0, n1, n2};
	const size_t f = sizeof(float), in[] = {f * n1 * n2, f, f * n1}, out[] = {f, f * n0, f * n0 * n1};
	if (!afterword::median(7, n, (const char *)from.data(), in, (char *)to.data(), out)) {
		std::printf("declined\n");
		return;
	}
	double off = 0;
	for (int i = 0; i < n0; i++) {
		for (int j = 0; j < n1; j++) {
			for (int k = 0; k < n2; k++) {
				float v[7];
				for (int d = -3; d <= 3; d++) {
					const int at = k + d < 0 ? -(k + d) : k + d < n2 ? k + d : 2 * (n2 - 1) - (k + d);
					v[d + 3] = from[i * n1 * n2 + at * n1 + j];
				}
				std::sort(v, v + 7);
				const double d = std::fabs(to[k * n0 * n1 + j * n0 + i] - v[3]);
				off = d <= off ? off : d;
			}
		}
	}
	std::printf("median %dx%dx%d %g\n", n0, n1, n2, off);
}

int main() {
	static const int shapes[][3] = {{1, 1, 1}, {1, 4, 1}, {5, 2, 2}, {70, 3, 17}, {513, 1, 16}, {31, 7, 1}, {33, 13, 3}, {64, 12, 33}, {130, 401, 65}, {7, 500, 2}};
	for (int threads = 1; threads <= 3; threads++) {
		for (const auto & s : shapes) {
			product(s[0], s[1], s[2], threads, s[0] > 60);
		}
	}
	activation(1);
	activation(4099);
	median(3, 13, 50);
	median(1, 4, 8);
}
