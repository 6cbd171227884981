// Turbo encoder of floats: signs, exponents and mantissas apart (ieee_rows.h is its inverse).
#include <bit>

#include "core/compress.h"
#include "core/tile_writer.h"

namespace polyfst {

namespace {

/** Literal group of seven signs, fewer at the end; returns the position behind it. */
std::size_t put_literal(BitWriter& writer, const std::vector<std::uint8_t>& signs, std::size_t at) {
  const std::size_t stop = std::min(at + 7, signs.size());
  writer.put(0, 1);
  for (; at < stop; ++at) writer.put(signs[at], 1);
  return at;
}

/** Run-length code of sign bits (sign_runs.h). */
void put_signs(BitWriter& writer, const std::vector<std::uint8_t>& signs) {
  for (std::size_t at = 0; at < signs.size();) {
    std::size_t stop = at + 1;
    while (stop < signs.size() && signs[stop] == signs[at]) ++stop;
    std::size_t left = stop - at;
    bool counted = false;
    while (left >= 8) {
      std::uint32_t run = static_cast<std::uint32_t>(std::min<std::size_t>(left, 62));
      if (counted && left > 256) {
        writer.put(0xFF, 8);
        run = 255;
      } else {
        writer.put(2U | signs[at], 2);
        writer.put(run, 6);
        counted = true;
      }
      at += run;
      left -= run;
    }
    if (left > 0) at = put_literal(writer, signs, at);
  }
}

/** Appends a block with its length in bytes before it. */
template <class Write>
std::uint32_t put_block(std::vector<std::uint32_t>& words, Write write) {
  const std::size_t at = words.size();
  words.push_back(0);
  BitWriter writer(words);
  write(writer);
  writer.put(0, 32);
  writer.flush();
  words[at] = static_cast<std::uint32_t>((words.size() - at - 1) * 4);
  return words[at];
}

}  // namespace

std::vector<std::uint32_t> compress_floats(std::span<const float> values, std::uint32_t ni, std::uint32_t nj, unsigned nbits) {
  const std::size_t n = values.size();
  const unsigned mantissa_bits = nbits - 9;
  std::vector<std::uint8_t> signs(n);
  std::vector<std::uint32_t> exponents(n), mantissas(n);
  std::uint32_t least = 255, most = 0;
  std::size_t negative = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(values[i]);
    signs[i] = static_cast<std::uint8_t>(bits >> 31);
    exponents[i] = (bits >> 23) & 255;
    mantissas[i] = (bits & 0x7FFFFF) >> (23 - mantissa_bits);
    negative += signs[i];
    least = std::min(least, exponents[i]);
    most = std::max(most, exponents[i]);
  }
  for (std::uint32_t& e : exponents) e -= least;
  const auto exponent_bits = static_cast<unsigned>(std::bit_width(most - least));
  const std::uint32_t sign_code = negative == 0 ? 0 : negative == n ? 0x10 : 0x20;
  std::vector<std::uint32_t> words = {0, 5U | 1U << 4 | 3U << 7 | mantissa_bits << 10 | 1U << 15 | 2U << 18,
                                      least << 16 | exponent_bits << 8 | sign_code | (most > least ? 8U : 0U)};
  std::uint32_t sign_bytes = 0;
  if (sign_code == 0x20) sign_bytes = put_block(words, [&](BitWriter& writer) { put_signs(writer, signs); });
  if (most > least) {
    put_block(words, [&](BitWriter& writer) {
      write_parallelogram(writer, exponents, second_differences(exponents, ni, nj), ni, nj, {exponent_bits, 4, false, false});
    });
  }
  const std::size_t at = words.size();
  put_block(words, [&](BitWriter& writer) {
    write_parallelogram(writer, mantissas, second_differences(mantissas, ni, nj), ni, nj, {mantissa_bits, 5, false, true});
  });
  words[at] = sign_bytes;  // so the reference has it; readers ignore it
  words.resize((words.size() + 4) / 2 * 2);
  words[0] = static_cast<std::uint32_t>(words.size());
  return words;
}

}  // namespace polyfst
