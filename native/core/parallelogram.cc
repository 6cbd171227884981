// Decoder of the parallelogram scheme.
#include "core/parallelogram.h"

#include <algorithm>
#include <type_traits>

namespace polyfst {

template <class Cell>
void Parallelogram<Cell>::open(const Stream& stream, std::uint32_t ni, std::uint32_t nj, const TileRules& rules) {
  ni_ = ni;
  nj_ = nj;
  j_ = 0;
  rules_ = rules;
  const std::uint64_t edges = (std::uint64_t{ni} + nj - 1) * rules.nbits;
  const std::uint64_t tiles = ((std::uint64_t{ni} + 1) / 3) * ((std::uint64_t{nj} + 1) / 3);
  const std::uint64_t room = stream.end > stream.bit + 3 ? stream.end - stream.bit - 3 : 0;
  if (edges > room || tiles > room / 4) stream_failure("the compressed stream is too short for the grid");
  row_bit_ = stream.bit + 3;
  column_bit_ = row_bit_ + std::uint64_t{ni} * rules.nbits;
  cursor_ = tile_cursor(stream, row_bit_ + edges, rules);
  const std::size_t stride = std::size_t{ni} + 4 * kernel_pad;
  if (cells_.size() < 4 * stride) cells_.resize(4 * stride);
  for (std::size_t r = 0; r < 4; ++r) rows_[r] = cells_.data() + r * stride;
}

template <class Cell>
unsigned Parallelogram<Cell>::next() {
  if (j_ == nj_) return 0;
  if (j_ == 0) {
    first_row();
    first_ = 0;
    j_ = 1;
    return 1;
  }
  // the last row decoded becomes the row above
  if (j_ > 1) std::swap(rows_[0], rows_[3]);
  const unsigned rows = std::min(3U, nj_ - j_);
  tile_row(rows);
  for (unsigned r = 1; r <= rows; ++r) {
    const std::uint32_t j = j_ + r - 1;
    rows_[r][0] = static_cast<Cell>(column(j) - rows_[r - 1][0]);
    if constexpr (sizeof(Cell) == 2) {
      kernels().integrate16(rows_[r - 1], rows_[r], ni_);
    } else {
      kernels().integrate32(rows_[r - 1], rows_[r], ni_);
    }
  }
  first_ = 1;
  j_ += rows;
  return rows;
}

template <class Cell>
void Parallelogram<Cell>::first_row() {
  for (std::uint32_t i = 0; i < ni_; ++i) {
    const std::uint64_t x = stream_bits(cursor_.data, row_bit_ + std::uint64_t{i} * rules_.nbits);
    rows_[0][i] = static_cast<Cell>(rules_.nbits == 0 ? 0 : x >> (64 - rules_.nbits));
  }
}

template <class Cell>
Cell Parallelogram<Cell>::column(std::uint32_t j) const {
  const std::uint64_t x = stream_bits(cursor_.data, column_bit_ + std::uint64_t{j - 1} * rules_.nbits);
  return static_cast<Cell>(rules_.nbits == 0 ? 0 : x >> (64 - rules_.nbits));
}

template <class Cell>
void Parallelogram<Cell>::tile_row(unsigned rows) {
  const std::size_t tiles = (std::size_t{ni_} + 1) / 3;  // the last one may be clipped
  const std::size_t step = marks_ == nullptr ? tiles : marks_->every;
  if (marks_ != nullptr) marks_->bits.clear();
  for (std::size_t done = 0; done < tiles; done += step) {
    if (marks_ != nullptr) marks_->bits.push_back(cursor_.bit);
    const std::size_t some = std::min(step, tiles - done);
    Cell* const out[3] = {rows_[1] + 1 + 3 * done, rows_[2] + 1 + 3 * done, rows_[3] + 1 + 3 * done};
    read_tiles(cursor_, rules_, some, std::min<std::size_t>(3 * some, ni_ - 1 - 3 * done), rows, out);
  }
  if (cursor_.bit > cursor_.end) stream_failure("the compressed stream ends before the grid does");
}

namespace {

/** A clipped tile, or one that the fast loop left: wide, impossible, or behind the end. */
template <class Cell>
void careful_tile(TileCursor& cursor, const TileRules& rules, std::size_t start, std::size_t stop, unsigned rows, Cell* const* out) {
  if (cursor.bit >= cursor.end) stream_failure("the compressed stream ends before the grid does");
  const auto k = static_cast<unsigned>(stream_bits(cursor.data, cursor.bit) >> (64 - cursor.head));
  if (k > rules.widest) stream_failure("a tile is wider than its tokens allow");
  cursor.bit += cursor.head;
  const unsigned width = rules.fold_fifteen && (k == 15 || k == 16) ? 17 : cell_bits(k);
  for (unsigned r = 0; r < rows; ++r) {
    for (std::size_t i = start; i < stop; ++i, cursor.bit += width) {
      const auto x = static_cast<std::int64_t>(stream_bits(cursor.data, cursor.bit));
      out[r][i] = width == 0 ? Cell{0} : static_cast<Cell>(x >> (64 - width));
    }
  }
}

}  // namespace

template <class Cell>
void read_tiles(TileCursor& cursor, const TileRules& rules, std::size_t tiles, std::size_t cells, unsigned rows, Cell* const* out) {
  const std::size_t whole = cells / 3;
  for (std::size_t done = 0; done < tiles;) {
    if (done < whole) {
      Cell* rest[3] = {out[0] + 3 * done, out[1] + 3 * done, out[2] + 3 * done};
      if constexpr (sizeof(Cell) == 2) {
        done += kernels().tiles16(cursor, whole - done, rows, rest);
      } else {
        done += kernels().tiles32(cursor, whole - done, rows, rest);
      }
    }
    if (done < tiles) {
      careful_tile(cursor, rules, 3 * done, std::min(3 * done + 3, cells), rows, out);
      ++done;
    }
  }
}

TileCursor tile_cursor(const Stream& stream, std::uint64_t first_bit, const TileRules& rules) {
  const auto head = static_cast<unsigned>(stream_bits(stream.data, stream.bit) >> 61);
  if (head != rules.narrow_head && head != rules.wide_head) stream_failure("the tiles have an impossible width field");
  const unsigned limit = rules.fold_fifteen ? std::min(rules.widest, 14U) : rules.widest;
  return {stream.data, first_bit, stream.end, head, limit};
}

template void read_tiles(TileCursor&, const TileRules&, std::size_t, std::size_t, unsigned, std::uint16_t* const*);
template void read_tiles(TileCursor&, const TileRules&, std::size_t, std::size_t, unsigned, std::uint32_t* const*);
template class Parallelogram<std::uint16_t>;
template class Parallelogram<std::uint32_t>;

}  // namespace polyfst
