// Building jump indexes: a whole decode that notes the places of tiles.
#include <algorithm>
#include <cmath>

#include "core/jump_index.h"
#include "core/missing.h"

namespace polyfst {

namespace {

/** From fine to coarse: the finest that fits the budget is taken. */
constexpr JumpSteps choices[] = {{16, 64}, {32, 64}, {32, 128}, {64, 128}, {64, 512}};

using Tiles = Parallelogram<std::uint16_t>;

JumpHead head_of(const Located& record, const TurboRows& turbo) {
  JumpHead head{};
  head.payload = record.offset;
  head.bytes = record.bytes;
  head.ni = record.spec.ni;
  head.nj = record.spec.nj;
  head.datyp = record.spec.datyp;
  head.nbits = record.spec.nbits;
  head.head = static_cast<std::uint8_t>(turbo.tiles()->width_bits());
  head.step = turbo.linear().step;
  head.minimum = turbo.linear().minimum;
  head.exponent_minimum = turbo.exponent().minimum;
  head.shift = turbo.exponent().shift;
  head.unit = turbo.exponent().unit;
  head.most = -INFINITY;
  return head;
}

template <class T>
std::uint8_t* put(std::uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

/** A row of tiles: its place, then the checkpoints. */
void put_row(std::uint8_t* at, const Tiles& tiles, unsigned rows, const TileMarks& marks) {
  at = put(at, marks.bits.front());
  for (std::size_t k = 0; k < marks.bits.size(); ++k) {
    at = put(at, static_cast<std::uint32_t>(marks.bits[k] - marks.bits.front()));
    const std::size_t column = 3 * k * marks.every;
    std::uint16_t before = tiles.above()[column];
    for (unsigned r = 0; r < 3; ++r) {
      const std::uint16_t here = r < rows ? tiles.row(r)[column] : before;
      at = put(at, static_cast<std::uint16_t>(here - before));
      before = here;
    }
  }
}

void put_base(std::uint8_t* block, const std::uint16_t* row, std::uint32_t ni) { std::memcpy(block, row, 2 * std::size_t{ni}); }

}  // namespace

JumpShape::JumpShape(const JumpHead& head) {
  const auto parts = [](std::uint64_t whole, std::uint64_t part) { return static_cast<std::uint32_t>((whole + part - 1) / part); };
  tile_rows = parts(head.nj - 1, 3);
  tile_columns = parts(head.ni - 1, 3);
  blocks = std::max(1U, parts(tile_rows, std::max<unsigned>(1, head.steps.rows)));
  checkpoints = std::max(1U, parts(tile_columns, std::max<unsigned>(1, head.steps.tiles)));
  row_bytes = 8 + std::size_t{checkpoints} * checkpoint_bytes;
  // a row of values, the place behind the last tile row, the tile rows
  block_bytes = 2 * std::size_t{head.ni} + 8 + head.steps.rows * row_bytes;
}

JumpRecord build_jumps(const Source& source, const Located& record, double share, Workspace& work) {
  JumpRecord out{};
  if (record.spec.ni < 2 || record.spec.nj < 2) return out;
  checked_points(record.spec, record.bytes);
  const Payload payload = load_payload(source, record, work.payload);
  TurboRows& turbo = work.scratch.turbo;
  turbo.open(record.spec, payload);
  Tiles* const tiles = turbo.tiles();
  if (tiles == nullptr) return out;
  out.head = head_of(record, turbo);
  const auto fits = [&](JumpSteps steps) {
    out.head.steps = steps;
    const JumpShape shape(out.head);
    return static_cast<double>(shape.blocks * shape.block_bytes) <= share * static_cast<double>(record.bytes);
  };
  const auto* const steps = std::find_if(std::begin(choices), std::end(choices), fits);
  if (steps == std::end(choices)) return out;
  const JumpShape shape(out.head);
  const std::size_t base_bytes = 2 * std::size_t{record.spec.ni};
  out.blocks.resize(shape.blocks * shape.block_bytes);
  TileMarks marks;
  marks.every = steps->tiles;
  tiles->mark(&marks);
  const bool missing = (record.spec.datyp & missing_flag) != 0;
  std::uint32_t t = 0;
  for (unsigned rows = tiles->next(); rows > 0; rows = tiles->next()) {
    for (unsigned r = 0; missing && r < rows; ++r) {
      for (std::uint32_t i = 0; i < record.spec.ni; ++i) out.head.most = std::max(out.head.most, turbo.value(tiles->row(r)[i]));
    }
    if (marks.bits.empty()) {  // the first row stands alone
      put_base(out.blocks.data(), tiles->row(0), record.spec.ni);
      continue;
    }
    std::uint8_t* const block = out.blocks.data() + t / steps->rows * shape.block_bytes;
    put_row(block + base_bytes + 8 + t % steps->rows * shape.row_bytes, *tiles, rows, marks);
    put(block + base_bytes, tiles->position());
    ++t;
    if (t % steps->rows == 0 && t < shape.tile_rows) put_base(block + shape.block_bytes, tiles->row(2), record.spec.ni);
  }
  tiles->mark(nullptr);
  return out;
}

}  // namespace polyfst
