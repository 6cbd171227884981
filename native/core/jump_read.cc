// Points of a record through its jump index: windows of tiles, each entered at a checkpoint.
#include "core/jump_read.h"

#include <algorithm>
#include <limits>

#include "core/missing.h"

namespace polyfst {

namespace {

/** Estimated ns: of a window's two reads, of entering a row of tiles, of a tile in a window and in a whole decode. */
constexpr double window_ns = 2500, row_ns = 60, tile_ns = 16, whole_tile_ns = 11;

/** Neighbours in a row between two checkpoints, and their place in the answer. */
struct Piece {
  std::uint32_t row, column, count, place;
};

/** Pieces [from, to) that share a block and neighbouring checkpoints. */
struct JumpWindow {
  std::uint32_t block, first, last;
  std::uint32_t last_row = 0, last_column = 0;
  std::size_t from, to;
};

struct Grid {
  const JumpHead& head;
  JumpShape shape;
  std::uint32_t block_rows;

  explicit Grid(const JumpHead& h) : head(h), shape(h), block_rows(3U * h.steps.rows) {}
  std::uint32_t block(std::uint32_t j) const { return std::min(j / block_rows, shape.blocks - 1); }
  std::uint32_t checkpoint(std::uint32_t i) const { return i == 0 ? 0 : std::min((i - 1) / 3 / head.steps.tiles, shape.checkpoints - 1); }
  /** The column from which on the next checkpoint is the nearer one, behind column i. */
  std::uint32_t next_checkpoint(std::uint32_t i) const {
    const std::uint32_t k = checkpoint(i);
    return k + 1 < shape.checkpoints ? std::min(head.ni, 3U * head.steps.tiles * (k + 1) + 1) : head.ni;
  }
  /** Tile rows of a block that lead to row j. */
  std::uint32_t tile_rows(std::uint32_t block, std::uint32_t j) const { return (j - block * block_rows + 2) / 3; }
};

class JumpPoints {
 public:
  JumpPoints(const Source& source, const JumpFile& index, const Located& record, const Grid& grid, Workspace& work)
      : source_(source), index_(index), record_(record), grid_(grid), work_(work) {}

  /** Windows of all points, and the estimated time. */
  double plan(Runs runs);
  void read(std::span<float> out);

 private:
  struct Rows {
    std::uint32_t count;
    std::uint64_t begin, end;
  };
  void cut(Runs runs);
  void load_block(std::uint32_t block);
  template <class T>
  T number(std::size_t at) const {
    T value;
    std::memcpy(&value, block_.data() + at, sizeof value);
    return value;
  }
  std::size_t row_at(std::uint32_t row) const { return 2 * std::size_t{grid_.head.ni} + 8 + row * grid_.shape.row_bytes; }
  std::uint64_t place(std::uint32_t row, std::uint32_t checkpoint) const {
    const std::size_t at = row_at(row);
    return number<std::uint64_t>(at) + number<std::uint32_t>(at + 8 + checkpoint * checkpoint_bytes);
  }
  Rows rows_of(const JumpWindow& window) const;
  TileCursor load_stream(const Rows& rows);
  template <class Emit>
  void decode(const JumpWindow& window, Emit emit);
  void put(const std::uint16_t* tokens, std::span<float> out) const;

  const Source& source_;
  const JumpFile& index_;
  const Located& record_;
  const Grid& grid_;
  Workspace& work_;
  std::vector<JumpWindow> windows_;
  std::vector<Piece> pieces_;
  std::vector<std::uint8_t> block_;
  std::uint32_t loaded_ = ~0U;
  std::uint64_t stream_begin_ = 0;
  std::vector<std::uint16_t> cells_;
};

void JumpPoints::cut(Runs runs) {
  const std::uint32_t ni = grid_.head.ni;
  pieces_.clear();
  for (const PointRun& run : runs) {
    std::uint32_t row = run.point / ni;
    std::uint32_t column = run.point % ni;
    for (std::uint32_t done = 0; done < run.count;) {
      const std::uint32_t some = std::min(run.count - done, grid_.next_checkpoint(column) - column);
      pieces_.push_back({row, column, some, run.place + done});
      done += some;
      column += some;
      if (column < ni) continue;
      column = 0;
      ++row;
    }
  }
}

double JumpPoints::plan(Runs runs) {
  cut(runs);
  const auto key = [&](const Piece& piece) {
    return std::uint64_t{grid_.block(piece.row)} << 32 | grid_.checkpoint(piece.column);
  };
  std::sort(pieces_.begin(), pieces_.end(), [&](const Piece& a, const Piece& b) {
    const std::uint64_t one = key(a), other = key(b);
    if (one != other) return one < other;
    return a.row != b.row ? a.row < b.row : a.place < b.place;
  });
  windows_.clear();
  for (std::size_t k = 0; k < pieces_.size(); ++k) {
    const Piece& piece = pieces_[k];
    const std::uint32_t block = grid_.block(piece.row);
    const std::uint32_t checkpoint = grid_.checkpoint(piece.column);
    if (windows_.empty() || windows_.back().block != block || checkpoint > windows_.back().last + 1) {
      windows_.push_back({block, checkpoint, checkpoint, 0, 0, k, k});
    }
    JumpWindow& window = windows_.back();
    window.last = checkpoint;
    window.last_row = std::max(window.last_row, piece.row);
    window.last_column = std::max(window.last_column, piece.column + piece.count - 1);
    window.to = k + 1;
  }
  double ns = 0;
  for (const JumpWindow& window : windows_) {
    // within a window pieces come by row, as the rows are decoded
    if (window.first != window.last) {
      std::sort(pieces_.begin() + static_cast<std::ptrdiff_t>(window.from), pieces_.begin() + static_cast<std::ptrdiff_t>(window.to),
                [](const Piece& a, const Piece& b) { return a.row < b.row; });
    }
    const double tiles = window.last_column / 3.0 - double{1} * window.first * grid_.head.steps.tiles + 1;
    ns += window_ns + grid_.tile_rows(window.block, window.last_row) * (row_ns + tiles * tile_ns);
  }
  return ns;
}

void JumpPoints::load_block(std::uint32_t block) {
  if (loaded_ == block) return;
  block_.resize(grid_.shape.block_bytes);
  if (!index_.read(grid_.head.blocks + block * std::uint64_t{grid_.shape.block_bytes}, block_)) {
    stream_failure("the jump index is cut short");
  }
  loaded_ = block;
}

JumpPoints::Rows JumpPoints::rows_of(const JumpWindow& window) const {
  const std::uint32_t count = grid_.tile_rows(window.block, window.last_row);
  if (count == 0) return {0, 0, 0};
  const std::uint64_t begin = place(0, window.first);
  std::uint64_t end = 0;
  if (window.last + 1 < grid_.shape.checkpoints) {
    end = place(count - 1, window.last + 1);
  } else if (count < grid_.head.steps.rows && window.block * grid_.head.steps.rows + count < grid_.shape.tile_rows) {
    end = place(count, 0);
  } else {
    end = number<std::uint64_t>(2 * std::size_t{grid_.head.ni});
  }
  if (begin > end || end > record_.bytes / 4 * 32) stream_failure("the jump index does not fit the stream");
  return {count, begin, end};
}

/** The words from begin to end as a stream whose bit 0 is that of `stream_begin_`. */
TileCursor JumpPoints::load_stream(const Rows& rows) {
  const std::uint64_t first = rows.begin / 32 * 4;
  const std::uint64_t last = (rows.end + 31) / 32 * 4;
  const MutableBytes bytes = work_.payload.resize(last - first);
  source_.read(record_.offset + first, bytes);
  if (order_of(record_.spec.container) == Order::little) kernels().swap_words(bytes.data(), bytes.size() / 4, bytes.data());
  stream_begin_ = first * 8;
  const TileRules rules = token_rules(grid_.head.nbits);
  const unsigned limit = std::min(rules.widest, 14U);
  return {bytes.data(), 0, bytes.size() * 8, grid_.head.head, limit};
}

template <class Emit>
void JumpPoints::decode(const JumpWindow& window, Emit emit) {
  load_block(window.block);
  const JumpHead& head = grid_.head;
  const std::uint32_t first_column = 3U * head.steps.tiles * window.first;
  const std::size_t tiles = window.last_column == first_column ? 0 : (window.last_column - first_column + 2) / 3;
  const std::size_t cells = std::min<std::size_t>(3 * tiles, head.ni - 1 - first_column);
  const std::size_t stride = cells + 1 + 4 * kernel_pad;
  if (cells_.size() < 4 * stride) cells_.resize(4 * stride);
  std::uint16_t* rows[4] = {cells_.data(), cells_.data() + stride, cells_.data() + 2 * stride, cells_.data() + 3 * stride};
  std::memcpy(rows[0], block_.data() + 2 * std::size_t{first_column}, 2 * (cells + 1));
  std::uint32_t j = window.block * grid_.block_rows;
  emit(j, first_column, rows[0]);
  const Rows extent = rows_of(window);
  if (extent.count == 0) return;
  TileCursor cursor = load_stream(extent);
  const TileRules rules = token_rules(head.nbits);
  for (std::uint32_t t = 0; t < extent.count; ++t) {
    const std::uint64_t at = place(t, window.first);
    if (at < stream_begin_ || at - stream_begin_ > cursor.end) stream_failure("the jump index does not fit the stream");
    cursor.bit = at - stream_begin_;
    const unsigned count = std::min(3U, head.nj - 1 - j);
    std::uint16_t* const out[3] = {rows[1] + 1, rows[2] + 1, rows[3] + 1};
    if (tiles > 0) read_tiles(cursor, rules, tiles, cells, count, out);
    const std::size_t differences = row_at(t) + 8 + window.first * checkpoint_bytes + 4;
    for (unsigned r = 1; r <= count; ++r) {
      rows[r][0] = number<std::uint16_t>(differences + 2 * (r - 1));
      kernels().integrate16(rows[r - 1], rows[r], cells + 1);
      emit(++j, first_column, rows[r]);
    }
    std::swap(rows[0], rows[3]);
  }
}

/** Values of neighbouring tokens. */
void JumpPoints::put(const std::uint16_t* tokens, std::span<float> out) const {
  const JumpHead& head = grid_.head;
  switch (head.datyp & 63) {
    case 1: kernels().linear16(tokens, out.size(), LinearScale{head.step, head.minimum}, out.data()); break;
    case 6: kernels().exponent16(tokens, out.size(), ExponentScale{head.exponent_minimum, head.shift, head.unit}, out.data()); break;
    default: {
      const unsigned mask = (1U << head.nbits) - 1;
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(tokens[i] & mask);
    }
  }
  if ((head.datyp & missing_flag) == 0) return;
  for (float& value : out) value = value == head.most ? std::numeric_limits<float>::quiet_NaN() : value;
}

void JumpPoints::read(std::span<float> out) {
  for (const JumpWindow& window : windows_) {
    std::size_t next = window.from;
    decode(window, [&](std::uint32_t j, std::uint32_t first_column, const std::uint16_t* row) {
      for (; next < window.to && pieces_[next].row == j; ++next) {
        const Piece& piece = pieces_[next];
        put(row + (piece.column - first_column), out.subspan(piece.place, piece.count));
      }
    });
    if (next != window.to) stream_failure("the jump index does not fit the field");
  }
}

}  // namespace

bool gather_jumps(const Source& source, const JumpFile& index, const JumpHead& head, const Located& record, Runs runs,
                  std::span<float> out, Workspace& work) {
  const Grid grid(head);
  JumpPoints jumps(source, index, record, grid, work);
  const double rows = static_cast<double>(runs.back().last() / head.ni) / 3.0;
  const double whole = (head.datyp & missing_flag) != 0 ? grid.shape.tile_rows : rows;
  if (jumps.plan(runs) >= whole * grid.shape.tile_columns * whole_tile_ns + static_cast<double>(head.bytes) / 8) return false;
  jumps.read(out);
  return true;
}

}  // namespace polyfst
