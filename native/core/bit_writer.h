// Writer of bit streams: fields from the top bit of word 0 downwards, as the format has them.
#pragma once

#include <cstdint>
#include <vector>

namespace polyfst {

class BitWriter {
 public:
  /** Starts behind the words that are there already. */
  explicit BitWriter(std::vector<std::uint32_t>& words) : words_(words) {}

  /** Appends the low `width` (0..32) bits of `value`. */
  void put(std::uint32_t value, unsigned width) {
    if (width == 0) return;
    const std::uint64_t low = value & (~std::uint64_t{0} >> (64 - width));
    pending_ = pending_ << width | low;
    held_ += width;
    bits_ += width;
    if (held_ >= 32) {
      held_ -= 32;
      words_.push_back(static_cast<std::uint32_t>(pending_ >> held_));
    }
  }
  /** Bits appended so far. */
  std::uint64_t bits() const { return bits_; }
  /** Fills the last word with zero bits. */
  void flush() {
    if (held_ > 0) words_.push_back(static_cast<std::uint32_t>(pending_ << (32 - held_)));
    held_ = 0;
  }

 private:
  std::vector<std::uint32_t>& words_;
  std::uint64_t pending_ = 0;
  unsigned held_ = 0;
  std::uint64_t bits_ = 0;
};

}  // namespace polyfst
