#pragma once
// Operations of whole vectors. What Swift offers for vectors of fractions, and for the bits of
// whole numbers, is one operation for each lane; the compiler does not always find its way back.

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
  MACHINE_INLINE V machine_square_root(V a) { return __builtin_elementwise_sqrt(a); }              \
  MACHINE_INLINE V machine_floor(V a) { return __builtin_elementwise_floor(a); }                   \
  MACHINE_INLINE V machine_ceil(V a) { return __builtin_elementwise_ceil(a); }                     \
  MACHINE_INLINE V machine_round(V a) { return __builtin_elementwise_roundeven(a); }               \
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

/// Of two vectors the lanes in turn, in two halves, and what that undoes.
#define MACHINE_ZIP(V, LOW, HIGH, EVEN, ODD)                                                       \
  MACHINE_INLINE V machine_zip_low(V a, V b) { return __builtin_shufflevector(a, b, LOW); }        \
  MACHINE_INLINE V machine_zip_high(V a, V b) { return __builtin_shufflevector(a, b, HIGH); }      \
  MACHINE_INLINE V machine_even(V a, V b) { return __builtin_shufflevector(a, b, EVEN); }          \
  MACHINE_INLINE V machine_odd(V a, V b) { return __builtin_shufflevector(a, b, ODD); }
#define MACHINE_PAIRS1(N, I) I, N + I
#define MACHINE_PAIRS2(N, I) MACHINE_PAIRS1(N, I), MACHINE_PAIRS1(N, I + 1)
#define MACHINE_PAIRS4(N, I) MACHINE_PAIRS2(N, I), MACHINE_PAIRS2(N, I + 2)
#define MACHINE_PAIRS8(N, I) MACHINE_PAIRS4(N, I), MACHINE_PAIRS4(N, I + 4)
#define MACHINE_STEPS2(I) I, I + 2
#define MACHINE_STEPS4(I) MACHINE_STEPS2(I), MACHINE_STEPS2(I + 4)
#define MACHINE_STEPS8(I) MACHINE_STEPS4(I), MACHINE_STEPS4(I + 8)
#define MACHINE_STEPS16(I) MACHINE_STEPS8(I), MACHINE_STEPS8(I + 16)
#define MACHINE_ZIPS(V, N, HALF)                                                                   \
  MACHINE_ZIP(V, MACHINE_PAIRS##HALF(N, 0), MACHINE_PAIRS##HALF(N, HALF), MACHINE_STEPS##N(0),     \
              MACHINE_STEPS##N(1))

/// What is left of a vector, by halves.
#define MACHINE_HALVES(V, FRACTION)                                                                \
  MACHINE_INLINE FRACTION machine_sum(V a) { return machine_sum(a.lo + a.hi); }                    \
  MACHINE_INLINE FRACTION machine_largest(V a) {                                                   \
    return machine_largest(a.lo < a.hi ? a.hi : a.lo);                                             \
  }
MACHINE_INLINE float machine_sum(float a) { return a; }
MACHINE_INLINE float machine_largest(float a) { return a; }
MACHINE_INLINE double machine_sum(double a) { return a; }
MACHINE_INLINE double machine_largest(double a) { return a; }

// No wider than the processor's registers: functions could not even be said otherwise.
typedef float machine_f32x2 __attribute__((ext_vector_type(2)));
MACHINE_HALVES(machine_f32x2, float)
MACHINE_VECTORS(4, float, int, machine_f32x4, machine_i32x4)
MACHINE_ZIPS(machine_f32x4, 4, 2)
MACHINE_HALVES(machine_f32x4, float)
MACHINE_VECTORS(2, double, long long, machine_f64x2, machine_i64x2)
MACHINE_ZIPS(machine_f64x2, 2, 1)
MACHINE_HALVES(machine_f64x2, double)
MACHINE_ROUNDED(machine_f64x2, machine_f32x2)
#if defined(__AVX2__)
MACHINE_VECTORS(8, float, int, machine_f32x8, machine_i32x8)
MACHINE_ZIPS(machine_f32x8, 8, 4)
MACHINE_HALVES(machine_f32x8, float)
MACHINE_VECTORS(4, double, long long, machine_f64x4, machine_i64x4)
MACHINE_ZIPS(machine_f64x4, 4, 2)
MACHINE_HALVES(machine_f64x4, double)
MACHINE_ROUNDED(machine_f64x4, machine_f32x4)
#endif
#if defined(__AVX512F__)
MACHINE_VECTORS(16, float, int, machine_f32x16, machine_i32x16)
MACHINE_ZIPS(machine_f32x16, 16, 8)
MACHINE_HALVES(machine_f32x16, float)
MACHINE_VECTORS(8, double, long long, machine_f64x8, machine_i64x8)
MACHINE_ZIPS(machine_f64x8, 8, 4)
MACHINE_HALVES(machine_f64x8, double)
MACHINE_ROUNDED(machine_f64x8, machine_f32x8)

/// The first lanes, of which there are so many in memory; the others are 0, or stay as they are.
/// BITS is a type of one bit for each lane, LANES what instructions call a register's contents.
#define MACHINE_FIRST(V, FRACTION, BITS, LANES)                                                    \
  MACHINE_INLINE V machine_load_first(const FRACTION *p, long count) {                             \
    return __builtin_ia32_loadu##LANES##_mask(p, (V)(FRACTION)0, (BITS)((1u << count) - 1));       \
  }                                                                                                \
  MACHINE_INLINE void machine_store_first(V a, FRACTION *p, long count) {                          \
    __builtin_ia32_storeu##LANES##_mask(p, a, (BITS)((1u << count) - 1));                          \
  }
MACHINE_FIRST(machine_f32x16, float, unsigned short, ps512)
MACHINE_FIRST(machine_f64x8, double, unsigned char, pd512)

/// Of 16 numbers those that the four lowest bits of each lane say.
MACHINE_INLINE machine_f32x16 machine_pick(machine_f32x16 from, machine_i32x16 which) {
  return __builtin_ia32_permvarsf512(from, which);
}
MACHINE_INLINE machine_f64x8 machine_pick(machine_f64x8 low, machine_f64x8 high,
                                          machine_i64x8 which) {
  return __builtin_ia32_vpermi2varpd512(low, which, high);
}
#endif
