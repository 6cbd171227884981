// Decoder of the minimum scheme.
#include "core/minimum.h"

#include <algorithm>

#include "core/kernels.h"

namespace polyfst {

namespace {
constexpr std::uint32_t side = 5;
}

void Minimum::open(const Stream& stream, std::uint32_t ni, std::uint32_t nj, unsigned nbits) {
  ni_ = ni;
  nj_ = nj;
  j_ = 0;
  nbits_ = nbits;
  stream_ = stream;
  // a tile takes at least its width field and its minimum, or raw tokens, which is more
  const std::uint64_t tiles = ((std::uint64_t{ni} + 4) / side) * ((std::uint64_t{nj} + 4) / side);
  const std::uint64_t room = stream.end > stream.bit ? stream.end - stream.bit : 0;
  if (tiles > room / (4 + nbits)) stream_failure("the compressed stream is too short for the grid");
  stride_ = std::size_t{ni} + kernel_pad;
  if (cells_.size() < side * stride_) cells_.resize(side * stride_);
}

unsigned Minimum::next() {
  if (j_ == nj_) return 0;
  const unsigned rows = std::min(side, nj_ - j_);
  for (std::uint32_t start = 0; start < ni_; start += side) tile(start, rows);
  if (stream_.bit > stream_.end) stream_failure("the compressed stream ends before the grid does");
  j_ += rows;
  return rows;
}

void Minimum::tile(std::uint32_t start, unsigned rows) {
  if (stream_.bit >= stream_.end) stream_failure("the compressed stream ends before the grid does");
  const std::uint64_t head = stream_bits(stream_.data, stream_.bit);
  auto width = static_cast<unsigned>(head >> 60);
  stream_.bit += 4;
  std::uint32_t least = 0;
  if (width == 15) {
    width = 16;
  } else {
    if (width > nbits_) stream_failure("a tile is wider than its tokens allow");
    least = static_cast<std::uint32_t>((head << 4) >> (64 - nbits_));
    stream_.bit += nbits_;
  }
  const std::uint32_t stop = std::min(start + side, ni_);
  for (unsigned r = 0; r < rows; ++r) {
    std::uint16_t* row = cells_.data() + r * stride_;
    for (std::uint32_t i = start; i < stop; ++i, stream_.bit += width) {
      const std::uint64_t x = width == 0 ? 0 : stream_bits(stream_.data, stream_.bit) >> (64 - width);
      row[i] = static_cast<std::uint16_t>(least + x);
    }
  }
}

}  // namespace polyfst
