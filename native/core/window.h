// Small reads that move forward through a source, served from one buffer.
#pragma once

#include <vector>

#include "core/source.h"

namespace polyfst {

class Window {
 public:
  explicit Window(const Source& source, std::size_t bytes = 4096) : source_(source), bytes_(bytes) {}

  /** `count` bytes (at most the window's size) at `offset`, or an empty span when the source ends before. */
  Bytes at(std::uint64_t offset, std::size_t count) {
    if (offset < start_ || !inside(offset - start_, count, filled_)) {
      start_ = offset;
      filled_ = source_.read_some(offset, bytes_);
    }
    if (count > filled_ - (offset - start_)) return {};
    return Bytes(bytes_).subspan(offset - start_, count);
  }

 private:
  const Source& source_;
  std::vector<std::uint8_t> bytes_;
  std::uint64_t start_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace polyfst
