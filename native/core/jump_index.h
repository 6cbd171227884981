// Jump index: where a parallelogram stream (types 129, 130, 134) can be entered, so that a point costs a few tiles and not the
// whole field (docs/formats/jump.md). A tile row can be entered at any tile whose place is known with the three differences
// between neighbouring rows at that column; values follow from a stored row every few tile rows. The indexes of a data file
// stand in one file, named by the identity of the data file, which is repeated inside: a stale one is never used.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/open_file.h"

namespace polyfst {

/** Tile rows between stored rows, and tiles between checkpoints in a row of tiles. */
struct JumpSteps {
  std::uint16_t rows = 16;
  std::uint16_t tiles = 64;
};

/** Index of one record as its file holds it; every member is checked before use. */
struct JumpHead {
  /** payload in the data file */
  std::uint64_t payload, bytes;
  /** first block in the index file */
  std::uint64_t blocks;
  double step;
  std::uint32_t ni, nj;
  float minimum, unit;
  std::int32_t exponent_minimum;
  std::uint32_t shift;
  /** greatest value of a field with missing points */
  float most;
  JumpSteps steps;
  std::uint8_t datyp, nbits, head, reserved[5];
};
static_assert(sizeof(JumpHead) == 72);

/** Sizes that follow from a head. */
struct JumpShape {
  std::uint32_t tile_rows, tile_columns, blocks, checkpoints;
  std::size_t row_bytes, block_bytes;

  explicit JumpShape(const JumpHead& head);
};

inline constexpr std::size_t checkpoint_bytes = 4 + 3 * 2;  // place behind that of the tile row, and three differences

/** Index of one record: its head and blocks; no blocks where the stream has no such index or it would exceed the budget. */
struct JumpRecord {
  JumpHead head;
  std::vector<std::uint8_t> blocks;
};

/** Decodes a record and notes where its stream can be entered; `share` is the most that the index may take of the payload. */
JumpRecord build_jumps(const Source& source, const Located& record, double share, Workspace& work);

/** An index file, open and checked against the data file. */
class JumpFile {
 public:
  /** The index of a data file below `folder`, or nothing when there is none that fits. */
  static std::shared_ptr<const JumpFile> open(const std::string& folder, const Identity& identity);
  ~JumpFile();
  JumpFile(const JumpFile&) = delete;
  JumpFile& operator=(const JumpFile&) = delete;

  /** Index of the record whose payload starts there, when it is the same record; null otherwise. */
  const JumpHead* find(const Located& record) const;
  /** Reads exactly; false when the file is shorter than it was. */
  bool read(std::uint64_t offset, MutableBytes out) const { return read_descriptor(fd_, offset, out) == out.size(); }

 private:
  JumpFile(int fd, std::vector<JumpHead> heads) : fd_(fd), heads_(std::move(heads)) {}
  int fd_;
  std::vector<JumpHead> heads_;
};

struct JumpReport {
  std::uint32_t records = 0;
  std::uint64_t bytes = 0;
};

/**
 * Builds the indexes of all records of a data file that can have one and writes them below `folder`, whole or not at all; a
 * file without any gets an empty index, so that it is not tried again. Records that cannot be decoded are left out.
 */
JumpReport write_jumps(const std::string& folder, const NamedFile& file, std::span<const Located> records, double share);

/** Name of the index of a data file, without the folder. */
std::string jump_name(const Identity& identity);

}  // namespace polyfst
