// What point reads took out of a data file, kept in short aligned lines: the next read of a point, or of its neighbours in the
// row, needs no system call. Lines belong to an open file and its identity, so they are dropped with it. All files of the
// process together keep a bounded number of lines; one that would exceed it begins anew.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "core/source.h"

namespace polyfst {

class LineCache {
 public:
  static constexpr std::size_t line_bytes = 64;
  /** Of all files of the process, keys and free places included. */
  static constexpr std::size_t most_bytes = std::size_t{16} << 20;

  LineCache() = default;
  ~LineCache();
  LineCache(const LineCache&) = delete;
  LineCache& operator=(const LineCache&) = delete;

  /** Whether a read is short enough to go through the cache. */
  static bool takes(std::size_t bytes) { return bytes > 0 && bytes <= line_bytes; }
  /** Fills `out`, at most a line long, from lines or from `source`, or throws truncated_file. */
  void read(const Source& source, std::uint64_t offset, MutableBytes out);
  /** Fills `out`, at most a line long, from lines; false when they are not there. */
  bool recall(std::uint64_t offset, MutableBytes out);
  /** Keeps the lines that hold bytes [offset, offset + count) of the file, out of `part`, which begins at byte `begin` of it. */
  void remember(std::uint64_t begin, Bytes part, std::uint64_t offset, std::size_t count);

  /** Bytes that the caches of the process hold now. */
  static std::size_t held_bytes();

 private:
  bool copy(std::uint64_t offset, MutableBytes out);
  void keep(std::uint64_t line, const std::uint8_t* bytes);
  std::size_t place(std::uint64_t line) const;
  bool grow();
  void clear();

  std::mutex lock_;
  /** number of a line plus one, 0: free; open addressing, a power of two */
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint8_t> lines_;
  std::size_t count_ = 0;
};

}  // namespace polyfst
