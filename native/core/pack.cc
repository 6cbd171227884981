// Quantisers and plain packers.
#include "core/pack.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/bit_writer.h"
#include "core/error.h"

namespace polyfst {

namespace {

constexpr double greatest_packed = 1e38;

struct Range {
  float least, greatest;
};

Range range_of(std::span<const float> values, double most) {
  Range range{values[0], values[0]};
  for (const float v : values) {
    if (!(std::abs(v) <= most)) {
      throw Error(Code::bad_value, "the field holds NaN or values too large for data types 1 and 6; use datyp 5");
    }
    range.least = std::min(range.least, v);
    range.greatest = std::max(range.greatest, v);
  }
  return range;
}

/** Pads with zero words to `units` 64-bit units. */
void pad(std::vector<std::uint32_t>& words, std::uint64_t units) {
  if (words.size() < 2 * units) words.resize(2 * units);
}

std::uint64_t default_units(std::uint64_t n, unsigned nbits) { return (n * nbits + 183) >> 6; }

unsigned exponent_field(float v) { return (std::bit_cast<std::uint32_t>(v) >> 23) & 0xFF; }
std::uint32_t mantissa_field(float v) { return std::bit_cast<std::uint32_t>(v) & 0x7FFFFF; }

/** Mantissa of a value with its hidden bit, moved to the common exponent; `tiny` is what stands for exponent 0. */
std::int32_t aligned_mantissa(float v, unsigned common, bool keep_tiny) {
  const unsigned exponent = exponent_field(v);
  if (exponent == 0 && !keep_tiny) return 0;
  const std::uint32_t whole = exponent == 0 ? mantissa_field(v) << 1 : 0x800000 | mantissa_field(v);
  const auto moved = static_cast<std::int32_t>(whole >> std::min(31U, common - exponent));
  return std::signbit(v) ? -moved : moved;
}

}  // namespace

LinearTokens quantise_linear(std::span<const float> values, unsigned nbits) {
  const Range range = range_of(values, greatest_packed);
  const double least = range.least;
  const double doubled = 2.0 * (static_cast<double>(range.greatest) - least);
  const int e = doubled == 0.0 ? 0 : std::ilogb(doubled);
  const auto bits = std::bit_cast<std::uint64_t>(least);
  int m = static_cast<int>((bits >> 52) & 0x7FF) - 1023 + 1024 - 48;
  std::uint32_t mantissa = 0x80000000U | static_cast<std::uint32_t>((bits >> 29) & 0x7FFFFF) << 8;
  if (least == 0.0) {
    m &= 0x111;
    mantissa = 0;
  }
  LinearTokens out;
  const auto step = static_cast<std::uint32_t>(e - static_cast<int>(nbits) + 4096);
  out.exponents = step << 16 | (static_cast<std::uint32_t>(m) & 0xFFF) << 4 | (least < 0.0 ? 1 : 0);
  out.mantissa = mantissa;
  out.tokens.resize(values.size());
  if (doubled == 0.0) return out;
  const double factor = std::ldexp(1.0, static_cast<int>(nbits) - e);
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.tokens[i] = static_cast<std::uint32_t>((static_cast<double>(values[i]) - least) * factor);
  }
  return out;
}

ExponentTokens quantise_exponent(std::span<const float> values, unsigned nbits) {
  const Range range = range_of(values, std::numeric_limits<float>::max());
  const unsigned common = std::max(exponent_field(range.greatest), exponent_field(range.least));
  const std::int32_t minimum = aligned_mantissa(range.least, common, false);
  const std::int64_t most = (std::int64_t{1} << nbits) - 1;
  std::int64_t spread = std::int64_t{aligned_mantissa(range.greatest, common, false)} - minimum;
  unsigned shift = 0;
  for (; spread > most; spread >>= 1) ++shift;
  const std::int64_t round = shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
  ExponentTokens out;
  out.header = {0xEFFU << 20 | (nbits - 1) << 16 | common << 8 | shift, static_cast<std::uint32_t>(minimum),
                static_cast<std::uint32_t>(values.size())};
  out.tokens.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t above = (std::int64_t{aligned_mantissa(values[i], common, true)} - minimum + round) >> shift;
    out.tokens[i] = static_cast<std::uint32_t>(std::clamp(above, std::int64_t{0}, most));
  }
  return out;
}

std::vector<std::uint32_t> pack_linear(const LinearTokens& linear, unsigned nbits) {
  std::vector<std::uint32_t> words = {0x7FFU << 20 | static_cast<std::uint32_t>(linear.tokens.size() & 0xFFFFF),
                                      linear.exponents, linear.mantissa};
  BitWriter writer(words);
  writer.put(nbits, 24);
  for (const std::uint32_t q : linear.tokens) writer.put(q, nbits);
  writer.flush();
  pad(words, default_units(linear.tokens.size(), nbits));
  return words;
}

std::vector<std::uint32_t> pack_exponent(const ExponentTokens& exponent) {
  std::vector<std::uint32_t> words(exponent.header.begin(), exponent.header.end());
  BitWriter writer(words);
  for (const std::uint32_t q : exponent.tokens) writer.put(q, 16);
  writer.flush();
  pad(words, (words.size() + 1) / 2);
  return words;
}

std::vector<std::uint32_t> pack_tokens(std::span<const std::uint32_t> tokens, unsigned nbits) {
  std::vector<std::uint32_t> words;
  BitWriter writer(words);
  for (const std::uint32_t q : tokens) writer.put(q, nbits);
  writer.flush();
  pad(words, default_units(tokens.size(), nbits));
  return words;
}

}  // namespace polyfst
