// Decoder of the parallelogram scheme: a first row, a first column, then 3x3 tiles of second differences
// (docs/formats/packing.md#parallelogram). It works band by band (one row, then three at a time), so a caller scales rows while
// they are in cache and may stop after the last row it needs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/kernels.h"
#include "core/turbo_head.h"

namespace polyfst {

/** What distinguishes the three streams that use the scheme. */
struct TileRules {
  unsigned nbits;
  /** accepted widths of the tile's width field */
  unsigned narrow_head, wide_head;
  /** width fields 15 and 16 both mean cells of 17 bits */
  bool fold_fifteen;
  /** largest possible width field */
  unsigned widest;
};

constexpr TileRules token_rules(unsigned nbits) { return {nbits, 4, 5, true, nbits + 1}; }
constexpr TileRules exponent_rules(unsigned nbits) { return {nbits, 4, 4, false, nbits + 1}; }
/** One more: the writer measures differences after rounding them to float32. */
constexpr TileRules mantissa_rules(unsigned nbits) { return {nbits, 5, 5, false, nbits + 2}; }

/**
 * Differences of `tiles` tiles of up to three rows, `cells` columns in all (the last tile may be clipped). out[r] is the first
 * cell of row r. Throws decode_failed for impossible tiles and at the end of the stream.
 */
template <class Cell>
void read_tiles(TileCursor& cursor, const TileRules& rules, std::size_t tiles, std::size_t cells, unsigned rows, Cell* const* out);

/** Reads the width of the tiles' width field and what it limits. Throws decode_failed. */
TileCursor tile_cursor(const Stream& stream, std::uint64_t first_bit, const TileRules& rules);

/** Where a tile row and its checkpoints begin: bits of every `every`-th tile. */
struct TileMarks {
  std::size_t every = 0;
  std::vector<std::uint64_t> bits;
};

/** Cell: uint16_t (tokens, exponents) or uint32_t (mantissas); sums are modulo its width. */
template <class Cell>
class Parallelogram {
 public:
  /** Throws decode_failed when the stream cannot hold the grid. Buffers are kept from one open to the next. */
  void open(const Stream& stream, std::uint32_t ni, std::uint32_t nj, const TileRules& rules);
  /** Decodes the next rows: their number, 0 at the end. Throws decode_failed on impossible tiles. */
  unsigned next();
  /** Row r of the last band, ni cells. */
  const Cell* row(unsigned r) const { return rows_[r + first_]; }
  /** The row above the last band. */
  const Cell* above() const { return rows_[0]; }
  /** From now on the places of tiles of the last band are noted. */
  void mark(TileMarks* marks) { marks_ = marks; }
  /** Bit behind the last band. */
  std::uint64_t position() const { return cursor_.bit; }
  unsigned width_bits() const { return cursor_.head; }

 private:
  void first_row();
  void tile_row(unsigned rows);
  Cell column(std::uint32_t j) const;

  std::uint32_t ni_ = 0, nj_ = 0, j_ = 0;
  TileRules rules_{};
  TileCursor cursor_{};
  std::uint64_t row_bit_ = 0, column_bit_ = 0;
  unsigned first_ = 0;
  /** row 0 is the one above the band */
  std::array<Cell*, 4> rows_{};
  std::vector<Cell> cells_;
  TileMarks* marks_ = nullptr;
};

extern template class Parallelogram<std::uint16_t>;
extern template class Parallelogram<std::uint32_t>;

}  // namespace polyfst
