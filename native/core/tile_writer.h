// Writer of the parallelogram scheme, shared by tokens, exponents and mantissas (parallelogram.h is its inverse).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "core/bit_writer.h"

namespace polyfst {

struct TileFormat {
  unsigned nbits;
  /** bits of a tile's width field, also written at the start */
  unsigned head;
  /** widths 15 and 16 become 15, with cells of 17 bits */
  bool fold_fifteen;
  /** measure differences after rounding them to float32, as the reference does for mantissas */
  bool rounded;
};

/** Second differences of tokens q[j][i] for rows and columns from 1 on; the first row and column stay 0. */
inline std::vector<std::int32_t> second_differences(std::span<const std::uint32_t> q, std::uint32_t ni, std::uint32_t nj) {
  std::vector<std::int32_t> d(q.size());
  for (std::size_t j = 1; j < nj; ++j) {
    for (std::size_t i = 1; i < ni; ++i) {
      const std::size_t at = j * ni + i;
      d[at] = static_cast<std::int32_t>(q[at] - q[at - ni] - q[at - 1] + q[at - ni - 1]);
    }
  }
  return d;
}

inline unsigned bit_length(std::uint32_t magnitude, bool rounded) {
  if (!rounded) return static_cast<unsigned>(std::bit_width(magnitude));
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude));
  return magnitude == 0 ? 0 : (bits >> 23) - 126;
}

inline void write_parallelogram(BitWriter& writer, std::span<const std::uint32_t> q, std::span<const std::int32_t> d,
                                std::uint32_t ni, std::uint32_t nj, const TileFormat& format) {
  writer.put(format.head, 3);
  for (std::size_t i = 0; i < ni; ++i) writer.put(q[i], format.nbits);
  for (std::size_t j = 1; j < nj; ++j) writer.put(q[j * ni], format.nbits);
  for (std::size_t j0 = 1; j0 < nj; j0 += 3) {
    const std::size_t j1 = std::min<std::size_t>(j0 + 3, nj);
    for (std::size_t i0 = 1; i0 < ni; i0 += 3) {
      const std::size_t i1 = std::min<std::size_t>(i0 + 3, ni);
      std::uint32_t most = 0;
      for (std::size_t j = j0; j < j1; ++j) {
        for (std::size_t i = i0; i < i1; ++i) most = std::max(most, static_cast<std::uint32_t>(std::abs(d[j * ni + i])));
      }
      unsigned k = bit_length(most, format.rounded);
      unsigned width = k == 0 ? 0 : k + 1;
      if (format.fold_fifteen && (k == 15 || k == 16)) {
        k = 15;
        width = 17;
      }
      writer.put(k, format.head);
      for (std::size_t j = j0; j < j1; ++j) {
        for (std::size_t i = i0; i < i1; ++i) writer.put(static_cast<std::uint32_t>(d[j * ni + i]), width);
      }
    }
  }
}

}  // namespace polyfst
