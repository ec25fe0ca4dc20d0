#include "textflag.h"

// func dot(a, b []float32) float32
TEXT ·dot(SB), NOSPLIT, $0-52
	MOVQ  a_base+0(FP), SI
	MOVQ  a_len+8(FP), CX
	MOVQ  b_base+24(FP), DI
	XORPS X0, X0
	XORPS X1, X1
	SHRQ  $3, CX
	JZ    done

loop:
	MOVUPS (SI), X2
	MOVUPS 16(SI), X3
	MOVUPS (DI), X4
	MOVUPS 16(DI), X5
	MULPS  X4, X2
	MULPS  X5, X3
	ADDPS  X2, X0
	ADDPS  X3, X1
	ADDQ   $32, SI
	ADDQ   $32, DI
	DECQ   CX
	JNZ    loop

done:
	ADDPS   X1, X0
	MOVHLPS X0, X1
	ADDPS   X1, X0
	MOVAPS  X0, X1
	SHUFPS  $1, X1, X1
	ADDSS   X1, X0
	MOVSS   X0, ret+48(FP)
	RET

// A row of dots4: eight products of it with X8 and X9 into lo and hi.
#define ROW(at, lo, hi) \
	MOVUPS (at), X10; \
	MOVUPS 16(at), X11; \
	MULPS  X8, X10; \
	MULPS  X9, X11; \
	ADDPS  X10, lo; \
	ADDPS  X11, hi; \
	ADDQ   $32, at

// The sum of eight lanes, as in dot.
#define SUM(lo, hi, to) \
	ADDPS   hi, lo; \
	MOVHLPS lo, hi; \
	ADDPS   hi, lo; \
	MOVAPS  lo, hi; \
	SHUFPS  $1, hi, hi; \
	ADDSS   hi, lo; \
	MOVSS   lo, to

// func dots4(w, x *float32, n int, out *float32)
TEXT ·dots4(SB), NOSPLIT, $0-32
	MOVQ  w+0(FP), R8
	MOVQ  x+8(FP), DI
	MOVQ  n+16(FP), CX
	MOVQ  out+24(FP), DX
	LEAQ  (R8)(CX*4), R9
	LEAQ  (R9)(CX*4), R10
	LEAQ  (R10)(CX*4), R11
	XORPS X0, X0
	XORPS X1, X1
	XORPS X2, X2
	XORPS X3, X3
	XORPS X4, X4
	XORPS X5, X5
	XORPS X6, X6
	XORPS X7, X7
	SHRQ  $3, CX
	JZ    sums

rows:
	MOVUPS (DI), X8
	MOVUPS 16(DI), X9
	ADDQ   $32, DI
	ROW(R8, X0, X1)
	ROW(R9, X2, X3)
	ROW(R10, X4, X5)
	ROW(R11, X6, X7)
	DECQ   CX
	JNZ    rows

sums:
	SUM(X0, X1, (DX))
	SUM(X2, X3, 4(DX))
	SUM(X4, X5, 8(DX))
	SUM(X6, X7, 12(DX))
	RET
