#include "textflag.h"

// Both routines do what cellGo does, for 24 columns (AVX2 with FMA) or 48
// (AVX-512). DI walks over the weights, four to a row, SI over the inputs; the
// registers 0 to 11 gather the four gates of three vectors of columns each.
// Then each gate goes through its curve. R8 points to the constants of tanh as
// in cell.go, each 16 times: the bounds, the numerator, the denominator, 0.5.

#define DATA16(at, two) \
	DATA rational<>+(at+0)(SB)/8, two; \
	DATA rational<>+(at+8)(SB)/8, two; \
	DATA rational<>+(at+16)(SB)/8, two; \
	DATA rational<>+(at+24)(SB)/8, two; \
	DATA rational<>+(at+32)(SB)/8, two; \
	DATA rational<>+(at+40)(SB)/8, two; \
	DATA rational<>+(at+48)(SB)/8, two; \
	DATA rational<>+(at+56)(SB)/8, two

DATA16(0, $0x40fcf84f40fcf84f)
DATA16(64, $0xc0fcf84fc0fcf84f)
DATA16(128, $0x3ba059dc3ba059dc)
DATA16(192, $0x3a270ded3a270ded)
DATA16(256, $0x3779434a3779434a)
DATA16(320, $0x335c0041335c0041)
DATA16(384, $0xaebd37ffaebd37ff)
DATA16(448, $0x2a61337e2a61337e)
DATA16(512, $0xa59f25c0a59f25c0)
DATA16(576, $0x3ba059dd3ba059dd)
DATA16(640, $0x3b14aa053b14aa05)
DATA16(704, $0x38f895d638f895d6)
DATA16(768, $0x35a0d3d835a0d3d8)
DATA16(832, $0x3f0000003f000000)
GLOBL rational<>(SB), RODATA|NOPTR, $896

#define ARGUMENTS \
	MOVQ w+0(FP), DI; \
	MOVQ x+8(FP), SI; \
	MOVQ k+16(FP), CX; \
	MOVQ bias+24(FP), BX; \
	MOVQ c+32(FP), DX; \
	MOVQ h+40(FP), R9; \
	LEAQ rational<>(SB), R8

// The bias of a gate, in its three vectors.
#define BIAS(at, a, b, c) \
	VBROADCASTSS at(BX), a; \
	VMOVAPS a, b; \
	VMOVAPS a, c

// One weight of a gate times three vectors of inputs, added to the gate's.
#define GATHER(at, w, x, y, z, a, b, c) \
	VBROADCASTSS at(DI), w; \
	VFMADD231PS x, w, a; \
	VFMADD231PS y, w, b; \
	VFMADD231PS z, w, c

// The hyperbolic tangent of v; t, p and q are overwritten.
#define TANH(v, t, p, q) \
	VMINPS 0(R8), v, v; \
	VMAXPS 64(R8), v, v; \
	VMULPS v, v, t; \
	VMOVUPS 512(R8), p; \
	VFMADD213PS 448(R8), t, p; \
	VFMADD213PS 384(R8), t, p; \
	VFMADD213PS 320(R8), t, p; \
	VFMADD213PS 256(R8), t, p; \
	VFMADD213PS 192(R8), t, p; \
	VFMADD213PS 128(R8), t, p; \
	VMULPS p, v, p; \
	VMOVUPS 768(R8), q; \
	VFMADD213PS 704(R8), t, q; \
	VFMADD213PS 640(R8), t, q; \
	VFMADD213PS 576(R8), t, q; \
	VDIVPS q, p, v

// The logistic curve of v, from that of the tangent.
#define SIGMOID(v, t, p, q) \
	VMULPS 832(R8), v, v; \
	TANH(v, t, p, q); \
	VMOVUPS 832(R8), t; \
	VFMADD213PS t, t, v

// One vector of columns: input, forget, new and output gate become the cell
// (DX) and what is handed on (R9).
#define COLUMNS(at, in, keep, new, out, t, p, q) \
	SIGMOID(in, t, p, q); \
	SIGMOID(keep, t, p, q); \
	TANH(new, t, p, q); \
	SIGMOID(out, t, p, q); \
	VMULPS at(DX), keep, keep; \
	VFMADD231PS new, in, keep; \
	VMOVUPS keep, at(DX); \
	TANH(keep, t, p, q); \
	VMULPS keep, out, out; \
	VMOVUPS out, at(R9)

// func cellAVX2(w, x *float32, k int, bias, c, h *float32)
TEXT ·cellAVX2(SB), NOSPLIT, $0-48
	ARGUMENTS
	BIAS(0, Y0, Y1, Y2)
	BIAS(4, Y3, Y4, Y5)
	BIAS(8, Y6, Y7, Y8)
	BIAS(12, Y9, Y10, Y11)

loop:
	VMOVUPS 0(SI), Y12
	VMOVUPS 32(SI), Y13
	VMOVUPS 64(SI), Y14
	GATHER(0, Y15, Y12, Y13, Y14, Y0, Y1, Y2)
	GATHER(4, Y15, Y12, Y13, Y14, Y3, Y4, Y5)
	GATHER(8, Y15, Y12, Y13, Y14, Y6, Y7, Y8)
	GATHER(12, Y15, Y12, Y13, Y14, Y9, Y10, Y11)
	ADDQ $16, DI
	ADDQ $96, SI
	DECQ CX
	JNZ loop

	COLUMNS(0, Y0, Y3, Y6, Y9, Y12, Y13, Y14)
	COLUMNS(32, Y1, Y4, Y7, Y10, Y12, Y13, Y14)
	COLUMNS(64, Y2, Y5, Y8, Y11, Y12, Y13, Y14)
	VZEROUPPER
	RET

// func cellAVX512(w, x *float32, k int, bias, c, h *float32)
TEXT ·cellAVX512(SB), NOSPLIT, $0-48
	ARGUMENTS
	BIAS(0, Z0, Z1, Z2)
	BIAS(4, Z3, Z4, Z5)
	BIAS(8, Z6, Z7, Z8)
	BIAS(12, Z9, Z10, Z11)

loop:
	VMOVUPS 0(SI), Z12
	VMOVUPS 64(SI), Z13
	VMOVUPS 128(SI), Z14
	GATHER(0, Z15, Z12, Z13, Z14, Z0, Z1, Z2)
	GATHER(4, Z15, Z12, Z13, Z14, Z3, Z4, Z5)
	GATHER(8, Z15, Z12, Z13, Z14, Z6, Z7, Z8)
	GATHER(12, Z15, Z12, Z13, Z14, Z9, Z10, Z11)
	ADDQ $16, DI
	ADDQ $192, SI
	DECQ CX
	JNZ loop

	COLUMNS(0, Z0, Z3, Z6, Z9, Z12, Z13, Z14)
	COLUMNS(64, Z1, Z4, Z7, Z10, Z12, Z13, Z14)
	COLUMNS(128, Z2, Z5, Z8, Z11, Z12, Z13, Z14)
	VZEROUPPER
	RET
