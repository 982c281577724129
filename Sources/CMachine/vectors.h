#pragma once
// Operations of whole vectors. What Swift offers for vectors of fractions, and for the bits of whole
// numbers, is one operation for each lane; the compiler does not always find its way back from there.

#define MACHINE_INLINE static inline __attribute__((always_inline, overloadable))

#if defined(__FMA__) || defined(__aarch64__)
#define MACHINE_MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
// Without the instruction a fused product is a call for each lane.
#define MACHINE_MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

/// Vectors of so many fractions, and of whole numbers of the same size.
#define MACHINE_VECTORS(COUNT, FRACTION, WHOLE, V, W)                                              \
  typedef FRACTION V __attribute__((ext_vector_type(COUNT)));                                      \
  typedef WHOLE W __attribute__((ext_vector_type(COUNT)));                                         \
  MACHINE_INLINE V machine_add(V a, V b) { return a + b; }                                         \
  MACHINE_INLINE V machine_subtract(V a, V b) { return a - b; }                                    \
  MACHINE_INLINE V machine_multiply(V a, V b) { return a * b; }                                    \
  MACHINE_INLINE V machine_divide(V a, V b) { return a / b; }                                      \
  MACHINE_INLINE V machine_multiply_add(V a, V b, V c) { return MACHINE_MULTIPLY_ADD(a, b, c); }   \
  /* a where x < y, or where x = y, elsewhere b. */                                                \
  MACHINE_INLINE V machine_where_less(V a, V x, V y, V b) { return x < y ? a : b; }                \
  MACHINE_INLINE V machine_where_equal(V a, V x, V y, V b) { return x == y ? a : b; }              \
  MACHINE_INLINE W machine_and(W a, W b) { return a & b; }                                         \
  MACHINE_INLINE W machine_or(W a, W b) { return a | b; }                                          \
  MACHINE_INLINE W machine_xor(W a, W b) { return a ^ b; }                                         \
  MACHINE_INLINE W machine_shift_left(W a, int by) { return a << (WHOLE)by; }                      \
  MACHINE_INLINE W machine_shift_right(W a, int by) { return a >> (WHOLE)by; }

/// To single precision.
#define MACHINE_ROUNDED(V, HALF)                                                                   \
  MACHINE_INLINE HALF machine_rounded(V a) { return __builtin_convertvector(a, HALF); }

// No wider than the processor's registers: functions could not even be said otherwise.
MACHINE_VECTORS(4, float, int, machine_f32x4, machine_i32x4)
MACHINE_VECTORS(2, double, long long, machine_f64x2, machine_i64x2)
typedef float machine_f32x2 __attribute__((ext_vector_type(2)));
MACHINE_ROUNDED(machine_f64x2, machine_f32x2)
#if defined(__AVX2__)
MACHINE_VECTORS(8, float, int, machine_f32x8, machine_i32x8)
MACHINE_VECTORS(4, double, long long, machine_f64x4, machine_i64x4)
MACHINE_ROUNDED(machine_f64x4, machine_f32x4)
#endif
#if defined(__AVX512F__)
MACHINE_VECTORS(16, float, int, machine_f32x16, machine_i32x16)
MACHINE_VECTORS(8, double, long long, machine_f64x8, machine_i64x8)
MACHINE_ROUNDED(machine_f64x8, machine_f32x8)
#endif
