// Decoder of the minimum scheme: 5x5 tiles of offsets from the tile's least token (docs/formats/packing.md#minimum), used for
// small grids and few bits. Band by band like parallelogram.h, five rows at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "core/turbo_head.h"

namespace polyfst {

class Minimum {
 public:
  /** Throws decode_failed when the stream cannot hold the grid. */
  void open(const Stream& stream, std::uint32_t ni, std::uint32_t nj, unsigned nbits);
  /** Decodes the next rows: their number, 0 at the end. Throws decode_failed on impossible tiles. */
  unsigned next();
  const std::uint16_t* row(unsigned r) const { return cells_.data() + r * stride_; }

 private:
  void tile(std::uint32_t start, unsigned rows);

  std::uint32_t ni_ = 0, nj_ = 0, j_ = 0;
  unsigned nbits_ = 0;
  Stream stream_;
  std::size_t stride_ = 0;
  std::vector<std::uint16_t> cells_;
};

}  // namespace polyfst
