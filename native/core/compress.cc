// Turbo encoder of tokens.
#include "core/compress.h"

#include "core/tile_writer.h"

namespace polyfst {

namespace {

constexpr std::uint32_t minimum_head = 3 | 5 << 7 | 1 << 15;
constexpr std::uint32_t parallelogram_head = 4 | 1 << 4 | 3 << 7 | 1 << 15;

void write_minimum_tile(BitWriter& writer, std::span<const std::uint32_t> q, std::size_t ni, std::size_t i0, std::size_t i1,
                        std::size_t j0, std::size_t j1, unsigned nbits) {
  std::uint32_t least = ~0U;
  std::uint32_t most = 0;
  for (std::size_t j = j0; j < j1; ++j) {
    for (std::size_t i = i0; i < i1; ++i) {
      least = std::min(least, q[j * ni + i]);
      most = std::max(most, q[j * ni + i]);
    }
  }
  unsigned width = static_cast<unsigned>(std::bit_width(most - least));
  const bool raw = width >= 15;
  writer.put(raw ? 15 : width, 4);
  if (raw) {
    width = 16;
    least = 0;
  } else {
    writer.put(least, nbits);
  }
  for (std::size_t j = j0; j < j1; ++j) {
    for (std::size_t i = i0; i < i1; ++i) writer.put(q[j * ni + i] - least, width);
  }
}

void write_minimum(BitWriter& writer, std::span<const std::uint32_t> q, std::uint32_t ni, std::uint32_t nj, unsigned nbits) {
  for (std::size_t j = 0; j < nj; j += 5) {
    for (std::size_t i = 0; i < ni; i += 5) {
      write_minimum_tile(writer, q, ni, i, std::min<std::size_t>(i + 5, ni), j, std::min<std::size_t>(j + 5, nj), nbits);
    }
  }
}

}  // namespace

std::vector<std::uint32_t> compress_tokens(std::span<const std::uint32_t> header, std::span<const std::uint32_t> tokens,
                                           std::uint32_t ni, std::uint32_t nj, unsigned nbits) {
  std::vector<std::uint32_t> words{0};
  words.insert(words.end(), header.begin(), header.end());
  const bool by_minimum = ni < 16 || nj < 16 || nbits <= 4;
  words.push_back((by_minimum ? minimum_head : parallelogram_head) | nbits << 10);
  BitWriter writer(words);
  if (by_minimum) {
    write_minimum(writer, tokens, ni, nj, nbits);
  } else {
    const std::vector<std::int32_t> d = second_differences(tokens, ni, nj);
    const bool wide = std::any_of(d.begin(), d.end(), [](std::int32_t x) { return x > 65535 || x < -65535; });
    write_parallelogram(writer, tokens, d, ni, nj, {nbits, wide ? 5U : 4U, true, false});
  }
  const std::uint64_t bits = writer.bits();
  // the reference's own count of compressed bytes, by which it decides and sizes the record
  const std::uint64_t length = 1 + 4 * (1 + (bits + 31) / 32);
  if (length >= 1 + 2 * std::uint64_t{ni} * nj) return {};
  writer.flush();
  // bytes that it counts before them: 4 for 130, 16 for 129, 28 for 134
  const std::uint64_t before = header.empty() ? 4 : header.size() == 3 ? 28 : 16;
  const std::uint64_t count = 2 * ((before + length + 7) / 8);
  words[0] = static_cast<std::uint32_t>(count);
  words.resize(count);  // never cuts the stream: the count rounds up past it
  return words;
}

}  // namespace polyfst
