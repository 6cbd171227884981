// Taking a run of tokens apart eight at a time, for the kernel sets that have AVX2: shared by unpacking and by the loops that
// scale what they unpack.
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>

#include "core/payload.h"

#define POLYFST_AVX2 __attribute__((target("avx2,bmi,bmi2")))

namespace polyfst {

/**
 * Eight tokens of `width` bits are `width` whole bytes, so all groups of eight start at the same bit of a byte: one shuffle
 * and two shifts, computed once, take a group apart.
 */
struct GroupPlan {
  alignas(32) std::array<std::uint8_t, 32> shuffle;
  alignas(32) std::array<std::uint32_t, 8> left;
  /** byte, from the group's first byte, at which the load of tokens 4..7 starts */
  std::size_t upper;
};

/** `phase`: first bit of a group in its first byte or, for little-endian words, in its first word. */
inline GroupPlan plan_groups(unsigned phase, unsigned width, Order order) {
  GroupPlan plan{};
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned bit = phase + i * width;
    if (i == 4) plan.upper = order == Order::big ? bit / 8 : bit / 32 * 4;
    const unsigned base = i < 4 ? 0 : static_cast<unsigned>(plan.upper);
    plan.left[i] = bit & 7;
    for (unsigned byte = 0; byte < 4; ++byte) {
      const unsigned at = bit / 8 - base + (3 - byte);
      plan.shuffle[4 * i + byte] = static_cast<std::uint8_t>(order == Order::big ? at : at ^ 3);
    }
  }
  return plan;
}

/** A plan in registers. */
struct GroupLanes {
  __m256i shuffle, left;
  __m128i right;
  std::size_t upper;
};

POLYFST_AVX2 inline GroupLanes group_lanes(const GroupPlan& plan, unsigned width) {
  return {_mm256_load_si256(reinterpret_cast<const __m256i*>(plan.shuffle.data())),
          _mm256_load_si256(reinterpret_cast<const __m256i*>(plan.left.data())), _mm_cvtsi32_si128(static_cast<int>(32 - width)),
          plan.upper};
}

/** The eight tokens of the group that starts in byte `from`. */
__attribute__((always_inline)) POLYFST_AVX2 inline __m256i unpack_group(const std::uint8_t* from, const GroupLanes& lanes) {
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + lanes.upper));
  const __m256i bytes = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
  return _mm256_srl_epi32(_mm256_sllv_epi32(_mm256_shuffle_epi8(bytes, lanes.shuffle), lanes.left), lanes.right);
}

/** Widths whose groups all start at the same bit of a byte or word, so that one plan serves a whole run. */
inline bool has_one_plan(unsigned width, Order order) { return width <= 25 && (order == Order::big || width % 4 == 0); }

/** Where the groups of a run that has one plan begin, and the plan. */
struct GroupRun {
  const std::uint8_t* from;
  GroupPlan plan;

  GroupRun(const Payload& payload, std::uint64_t first, unsigned width)
      : from(payload.data + (payload.order == Order::big ? first >> 3 : (first >> 5) * 4)),
        plan(plan_groups(static_cast<unsigned>(first & (payload.order == Order::big ? 7 : 31)), width, payload.order)) {}
};

}  // namespace polyfst

#endif
