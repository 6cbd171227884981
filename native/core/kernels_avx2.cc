// The inner loops for AVX2 with BMI2. Functions carry their own target attribute, so the rest of the build stays baseline.
// Multiplications and additions are those of scale.h, in the same order and precision: results are equal bit for bit.
#include "core/kernels.h"

#if defined(__x86_64__)

#include <algorithm>
#include <array>

#include "core/token_groups.h"

namespace polyfst {

namespace {

// --- unpacking ------------------------------------------------------------------------------------------------------

POLYFST_AVX2 void unpack_groups(const std::uint8_t* from, const GroupPlan& plan, unsigned width, std::size_t groups,
                                std::uint32_t* out) {
  const GroupLanes lanes = group_lanes(plan, width);
  for (std::size_t g = 0; g < groups; ++g, from += width) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 8 * g), unpack_group(from, lanes));
  }
}

POLYFST_AVX2 void swap_words(const std::uint8_t* from, std::size_t words, std::uint8_t* to) {
  const __m256i shuffle = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  std::size_t i = 0;
  for (; i + 8 <= words; i += 8) {
    const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 4 * i));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 4 * i), _mm256_shuffle_epi8(x, shuffle));
  }
  for (; i < words; ++i) store32(to + 4 * i, load32(from + 4 * i, Order::big), Order::little);
}

/** Little-endian words with groups that start at changing bits of a word: turned into a byte stream, block by block. */
void unpack_swapped(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count, std::uint32_t* out) {
  constexpr std::size_t block = 1024;  // tokens; 25 bits each and the slack of a group stay below the buffer's size
  alignas(32) std::array<std::uint8_t, block * 4 + 64> bytes;
  for (std::size_t done = 0; done < count; done += block) {
    const std::size_t some = std::min(block, count - done);
    const std::uint64_t bit = first + std::uint64_t{done} * width;
    const std::size_t word = bit >> 5;
    const auto phase = static_cast<unsigned>(bit & 31);
    const std::size_t words = (phase + some * width + 31) / 32 + 8;
    const std::size_t there = std::min(words, (payload.bytes + payload_slack) / 4 - word);
    swap_words(payload.data + 4 * word, there, bytes.data());
    const GroupPlan plan = plan_groups(phase & 7, width, Order::big);
    unpack_groups(bytes.data() + phase / 8, plan, width, (some + 7) / 8, out + done);
  }
}

void unpack(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count, std::uint32_t* out) {
  if (width == 32 && (first & 31) == 0) {
    const std::uint8_t* from = payload.data + (first >> 3);
    auto* to = reinterpret_cast<std::uint8_t*>(out);
    if (payload.order == Order::big) {
      swap_words(from, count, to);
    } else {
      std::memcpy(to, from, count * 4);
    }
    return;
  }
  if (width > 25) {
    portable_kernels.unpack(payload, first, width, count, out);
    return;
  }
  if (has_one_plan(width, payload.order)) {
    const GroupRun run(payload, first, width);
    unpack_groups(run.from, run.plan, width, (count + 7) / 8, out);
  } else {
    unpack_swapped(payload, first, width, count, out);
  }
}

// --- scaling --------------------------------------------------------------------------------------------------------

POLYFST_AVX2 inline __m256i load_tokens(const std::uint16_t* tokens) {
  return _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(tokens)));
}
POLYFST_AVX2 inline __m256i load_tokens(const std::uint32_t* tokens) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(tokens));
}

/** Tokens below 2^31 (signed conversion). */
template <class Token>
POLYFST_AVX2 void linear_all(const Token* tokens, std::size_t count, const LinearScale& scale, float* out) {
  std::size_t i = 0;
  if (scale.foldable()) {
    const __m256d step = _mm256_set1_pd(scale.folded());
    const __m256d minimum = _mm256_set1_pd(static_cast<double>(scale.minimum));
    for (; i + 8 <= count; i += 8) {
      const __m256i q = load_tokens(tokens + i);
      const __m256d low = _mm256_cvtepi32_pd(_mm256_castsi256_si128(q));
      const __m256d high = _mm256_cvtepi32_pd(_mm256_extracti128_si256(q, 1));
      const __m128 v0 = _mm256_cvtpd_ps(_mm256_add_pd(_mm256_mul_pd(low, step), minimum));
      const __m128 v1 = _mm256_cvtpd_ps(_mm256_add_pd(_mm256_mul_pd(high, step), minimum));
      _mm256_storeu_ps(out + i, _mm256_set_m128(v1, v0));
    }
  }
  for (; i < count; ++i) out[i] = scale(tokens[i]);
}

template <class Token>
POLYFST_AVX2 void exponent_all(const Token* tokens, std::size_t count, const ExponentScale& scale, float* out) {
  const __m256i minimum = _mm256_set1_epi32(scale.minimum);
  const __m256i top = _mm256_set1_epi32(0xFFFFFF);
  const __m256i bottom = _mm256_set1_epi32(-0xFFFFFF);
  const __m256 unit = _mm256_set1_ps(scale.unit);
  const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(scale.shift));
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i sum = _mm256_add_epi32(_mm256_sll_epi32(load_tokens(tokens + i), shift), minimum);
    const __m256i mantissa = _mm256_max_epi32(_mm256_min_epi32(sum, top), bottom);
    _mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_cvtepi32_ps(mantissa), unit));
  }
  for (; i < count; ++i) out[i] = scale(tokens[i]);
}

/** Unpacking and scaling in one pass. */
POLYFST_AVX2 std::size_t unpack_linear(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count,
                                       const LinearScale& scale, float* out) {
  if (!has_one_plan(width, payload.order) || !scale.foldable()) return 0;
  const GroupRun run(payload, first, width);
  const GroupLanes lanes = group_lanes(run.plan, width);
  const __m256d step = _mm256_set1_pd(scale.folded());
  const __m256d minimum = _mm256_set1_pd(static_cast<double>(scale.minimum));
  const std::uint8_t* from = run.from;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8, from += width) {
    const __m256i q = unpack_group(from, lanes);
    const __m256d low = _mm256_cvtepi32_pd(_mm256_castsi256_si128(q));
    const __m256d high = _mm256_cvtepi32_pd(_mm256_extracti128_si256(q, 1));
    const __m128 v0 = _mm256_cvtpd_ps(_mm256_add_pd(_mm256_mul_pd(low, step), minimum));
    const __m128 v1 = _mm256_cvtpd_ps(_mm256_add_pd(_mm256_mul_pd(high, step), minimum));
    _mm256_storeu_ps(out + i, _mm256_set_m128(v1, v0));
  }
  return i;
}

// --- tiles ----------------------------------------------------------------------------------------------------------

/** For each width field: masks that move three cells to the tops of three 16-bit lanes. */
constexpr std::array<std::uint64_t, 15> lane_masks = [] {
  std::array<std::uint64_t, 15> masks{};
  for (unsigned k = 1; k < masks.size(); ++k) {
    const std::uint64_t lane = (0xFFFF0000U >> cell_bits(k)) & 0xFFFFU;
    masks[k] = lane | lane << 16 | lane << 32;
  }
  return masks;
}();

template <unsigned rows>
POLYFST_AVX2 std::size_t tile_row16(TileCursor& cursor, std::size_t count, std::uint16_t* const* out) {
  const std::uint8_t* data = cursor.data;
  const unsigned head = cursor.head;
  const unsigned limit = std::min(cursor.limit, 14U);
  const std::uint64_t end = cursor.end;
  std::uint64_t bit = cursor.bit;
  // the first cell of a tile row comes out in the third lane
  const __m128i order = _mm_setr_epi8(4, 5, 2, 3, 0, 1, 6, 7, 12, 13, 10, 11, 8, 9, 14, 15);
  std::size_t done = 0;
  for (; done < count && bit < end; ++done) {
    std::uint64_t x = stream_bits(data, bit);
    const auto k = static_cast<unsigned>(x >> (64 - head));
    if (k > limit) break;
    const unsigned width = cell_bits(k);
    const unsigned three = 3 * width;
    const std::uint64_t mask = lane_masks[k];
    const __m128i keep = _mm_cvtsi32_si128(static_cast<int>(16 - width));
    x <<= head;
    const std::uint64_t first = bit + head;
    bit = first + rows * three;
    std::uint64_t lanes[3] = {_pdep_u64(x >> ((64 - three) & 63), mask), 0, 0};
    if constexpr (rows > 1) lanes[1] = _pdep_u64(stream_bits(data, first + three) >> ((64 - three) & 63), mask);
    if constexpr (rows > 2) lanes[2] = _pdep_u64(stream_bits(data, first + 2 * three) >> ((64 - three) & 63), mask);
    __m128i pair = _mm_set_epi64x(static_cast<long long>(lanes[1]), static_cast<long long>(lanes[0]));
    pair = _mm_sra_epi16(_mm_shuffle_epi8(pair, order), keep);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out[0] + 3 * done), pair);
    if constexpr (rows > 1) _mm_storeh_pi(reinterpret_cast<__m64*>(out[1] + 3 * done), _mm_castsi128_ps(pair));
    if constexpr (rows > 2) {
      const __m128i last = _mm_shuffle_epi8(_mm_cvtsi64_si128(static_cast<long long>(lanes[2])), order);
      _mm_storel_epi64(reinterpret_cast<__m128i*>(out[2] + 3 * done), _mm_sra_epi16(last, keep));
    }
  }
  cursor.bit = bit;
  return done;
}

std::size_t tiles16(TileCursor& cursor, std::size_t count, unsigned rows, std::uint16_t* const* out) {
  if (rows == 3) return tile_row16<3>(cursor, count, out);
  return rows == 2 ? tile_row16<2>(cursor, count, out) : tile_row16<1>(cursor, count, out);
}

/** For each width field and first bit of a byte: where three cells of at most 25 bits start. */
struct CellPlan {
  alignas(16) std::array<std::uint8_t, 16> shuffle;
  alignas(16) std::array<std::uint32_t, 4> left;
};

constexpr unsigned widest_planned = 25;

constexpr std::array<CellPlan, (widest_planned + 1) * 8> cell_plans = [] {
  std::array<CellPlan, (widest_planned + 1) * 8> plans{};
  for (unsigned width = 0; width <= widest_planned; ++width) {
    for (unsigned phase = 0; phase < 8; ++phase) {
      CellPlan& plan = plans[width * 8 + phase];
      plan.shuffle.fill(0x80);
      for (unsigned i = 0; i < 3 && width > 0; ++i) {
        const unsigned bit = phase + i * width;
        plan.left[i] = bit & 7;
        for (unsigned byte = 0; byte < 4; ++byte) {
          plan.shuffle[4 * i + byte] = static_cast<std::uint8_t>(bit / 8 + (3 - byte));
        }
      }
    }
  }
  return plans;
}();

POLYFST_AVX2 std::size_t tiles32(TileCursor& cursor, std::size_t count, unsigned rows, std::uint32_t* const* out) {
  const std::uint8_t* data = cursor.data;
  const unsigned limit = std::min(cursor.limit, widest_planned - 1);
  std::uint64_t bit = cursor.bit;
  std::size_t done = 0;
  for (; done < count && bit < cursor.end; ++done) {
    const auto k = static_cast<unsigned>(stream_bits(data, bit) >> (64 - cursor.head));
    if (k > limit) break;
    const unsigned width = cell_bits(k);
    bit += cursor.head;
    const CellPlan* plans = cell_plans.data() + width * 8;
    const __m128i keep = _mm_cvtsi32_si128(static_cast<int>(32 - width));
    for (unsigned r = 0; r < rows; ++r, bit += 3 * width) {
      const CellPlan& plan = plans[bit & 7];
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + (bit >> 3)));
      const __m128i windows = _mm_shuffle_epi8(bytes, _mm_load_si128(reinterpret_cast<const __m128i*>(plan.shuffle.data())));
      const __m128i shifted = _mm_sllv_epi32(windows, _mm_load_si128(reinterpret_cast<const __m128i*>(plan.left.data())));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out[r] + 3 * done), _mm_sra_epi32(shifted, keep));
    }
  }
  cursor.bit = bit;
  return done;
}

// --- prediction -----------------------------------------------------------------------------------------------------

POLYFST_AVX2 void integrate16(const std::uint16_t* above, std::uint16_t* row, std::size_t count) {
  const __m256i spread = _mm256_set1_epi16(0x0F0E);  // the last element of each half
  __m256i carry = _mm256_setzero_si256();
  for (std::size_t i = 0; i < count; i += 16) {
    auto* at = reinterpret_cast<__m256i*>(row + i);
    __m256i sum = _mm256_loadu_si256(at);
    sum = _mm256_add_epi16(sum, _mm256_slli_si256(sum, 2));
    sum = _mm256_add_epi16(sum, _mm256_slli_si256(sum, 4));
    sum = _mm256_add_epi16(sum, _mm256_slli_si256(sum, 8));
    const __m256i halves = _mm256_shuffle_epi8(sum, spread);
    sum = _mm256_add_epi16(sum, _mm256_permute2x128_si256(halves, halves, 0x08));
    const __m256i total = _mm256_add_epi16(halves, _mm256_permute2x128_si256(halves, halves, 0x01));
    const __m256i base = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(above + i));
    _mm256_storeu_si256(at, _mm256_add_epi16(_mm256_add_epi16(sum, carry), base));
    carry = _mm256_add_epi16(carry, total);
  }
}

POLYFST_AVX2 void integrate32(const std::uint32_t* above, std::uint32_t* row, std::size_t count) {
  __m256i carry = _mm256_setzero_si256();
  for (std::size_t i = 0; i < count; i += 8) {
    auto* at = reinterpret_cast<__m256i*>(row + i);
    __m256i sum = _mm256_loadu_si256(at);
    sum = _mm256_add_epi32(sum, _mm256_slli_si256(sum, 4));
    sum = _mm256_add_epi32(sum, _mm256_slli_si256(sum, 8));
    const __m256i halves = _mm256_shuffle_epi32(sum, 0xFF);
    sum = _mm256_add_epi32(sum, _mm256_permute2x128_si256(halves, halves, 0x08));
    const __m256i total = _mm256_add_epi32(halves, _mm256_permute2x128_si256(halves, halves, 0x01));
    const __m256i base = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(above + i));
    _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_add_epi32(sum, carry), base));
    carry = _mm256_add_epi32(carry, total);
  }
}

}  // namespace

extern const Kernels avx2_kernels;
const Kernels avx2_kernels = {
    "avx2",
    unpack,
    linear_all<std::uint16_t>,
    linear_all<std::uint32_t>,
    exponent_all<std::uint16_t>,
    exponent_all<std::uint32_t>,
    unpack_linear,
    swap_words,
    tiles16,
    tiles32,
    integrate16,
    integrate32,
};

}  // namespace polyfst

#endif
