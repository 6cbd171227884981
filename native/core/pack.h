// Quantisers: values to tokens and packing headers, the inverses of scale.h. They make the same tokens as the reference encoder.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace polyfst {

struct LinearTokens {
  /** words 1 and 2 of the datyp 1 header */
  std::uint32_t exponents, mantissa;
  std::vector<std::uint32_t> tokens;
};

/** datyp 1: `nbits` 1..30. Throws bad_value for NaN and for values beyond 1e38. */
LinearTokens quantise_linear(std::span<const float> values, unsigned nbits);

struct ExponentTokens {
  /** the three words of the datyp 6 header */
  std::array<std::uint32_t, 3> header;
  std::vector<std::uint32_t> tokens;
};

/** datyp 6: `nbits` 1..16. Throws bad_value for NaN and infinities. */
ExponentTokens quantise_exponent(std::span<const float> values, unsigned nbits);

/** Words of an uncompressed datyp 1 record. */
std::vector<std::uint32_t> pack_linear(const LinearTokens& linear, unsigned nbits);
/** Words of an uncompressed datyp 6 record. */
std::vector<std::uint32_t> pack_exponent(const ExponentTokens& exponent);
/** Words of a stream of tokens without a header, padded to the size that the reference gives a record. */
std::vector<std::uint32_t> pack_tokens(std::span<const std::uint32_t> tokens, unsigned nbits);

}  // namespace polyfst
