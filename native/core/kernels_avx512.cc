// The loops that gain from AVX-512: scaling in double precision, where half as many instructions do the same work. The rest of
// the set is that of AVX2. Multiplications and additions are those of scale.h, in the same order and precision.
#include "core/kernels.h"

#if defined(__x86_64__)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // the compiler's own headers, whose undefined registers it complains about
#include "core/token_groups.h"

#define POLYFST_AVX512 __attribute__((target("avx2,bmi,bmi2,avx512f,avx512vl,avx512dq")))

namespace polyfst {

extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;

namespace {

/** Step and minimum in registers. */
struct LinearLanes {
  __m512d step, minimum;
};

POLYFST_AVX512 inline LinearLanes linear_lanes(const LinearScale& scale) {
  return {_mm512_set1_pd(scale.folded()), _mm512_set1_pd(static_cast<double>(scale.minimum))};
}

__attribute__((always_inline)) POLYFST_AVX512 inline void store_linear(__m256i tokens, const LinearLanes& lanes, float* out) {
  const __m512d scaled = _mm512_mul_pd(_mm512_cvtepi32_pd(tokens), lanes.step);
  _mm256_storeu_ps(out, _mm512_cvtpd_ps(_mm512_add_pd(scaled, lanes.minimum)));
}

POLYFST_AVX512 void linear16(const std::uint16_t* tokens, std::size_t count, const LinearScale& scale, float* out) {
  std::size_t i = 0;
  if (scale.foldable()) {
    const LinearLanes lanes = linear_lanes(scale);
    for (; i + 8 <= count; i += 8) {
      store_linear(_mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(tokens + i))), lanes, out + i);
    }
  }
  for (; i < count; ++i) out[i] = scale(tokens[i]);
}

/** Tokens below 2^31 (signed conversion). */
POLYFST_AVX512 void linear32(const std::uint32_t* tokens, std::size_t count, const LinearScale& scale, float* out) {
  std::size_t i = 0;
  if (scale.foldable()) {
    const LinearLanes lanes = linear_lanes(scale);
    for (; i + 8 <= count; i += 8) {
      store_linear(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(tokens + i)), lanes, out + i);
    }
  }
  for (; i < count; ++i) out[i] = scale(tokens[i]);
}

POLYFST_AVX512 std::size_t unpack_linear(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count,
                                         const LinearScale& scale, float* out) {
  if (!has_one_plan(width, payload.order) || !scale.foldable()) return 0;
  const GroupRun run(payload, first, width);
  const GroupLanes groups = group_lanes(run.plan, width);
  const LinearLanes lanes = linear_lanes(scale);
  const std::uint8_t* from = run.from;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8, from += width) store_linear(unpack_group(from, groups), lanes, out + i);
  return i;
}

Kernels with_avx512() {
  Kernels set = avx2_kernels;
  set.name = "avx512";
  set.linear16 = linear16;
  set.linear32 = linear32;
  set.unpack_linear = unpack_linear;
  return set;
}

}  // namespace

const Kernels avx512_kernels = with_avx512();

}  // namespace polyfst

#pragma GCC diagnostic pop
#endif
