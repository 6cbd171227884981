// Decoder of the run-length code of sign bits in datyp 133 streams (docs/formats/packing.md#signs): literal groups of seven
// bits, counted runs, and runs of 255 that repeat the sign last counted.
#pragma once

#include <cstdint>

#include "core/kernels.h"
#include "core/turbo_head.h"

namespace polyfst {

class SignRuns {
 public:
  /** `count` signs in all. */
  void open(const Stream& stream, std::uint64_t count) {
    stream_ = stream;
    left_ = count;
    run_ = 0;
    literal_ = 0;
    counted_ = -1;
  }

  /** The next `count` signs, 0 or 1 each. Throws decode_failed on corruption. */
  void next(std::size_t count, std::uint8_t* out) {
    while (count > 0) {
      if (run_ > 0) {
        const std::size_t some = run_ < count ? run_ : count;
        std::memset(out, sign_, some);
        out += some;
        count -= some;
        run_ -= static_cast<std::uint32_t>(some);
      } else if (literal_ > 0) {
        *out++ = static_cast<std::uint8_t>((bits_ >> --literal_) & 1);
        --count;
      } else {
        group();
      }
    }
  }

 private:
  void group() {
    if (stream_.bit >= stream_.end) stream_failure("the signs end before the grid does");
    const auto byte = static_cast<unsigned>(stream_bits(stream_.data, stream_.bit) >> 56);
    if ((byte & 0x80) == 0) {
      literal_ = left_ < 7 ? static_cast<unsigned>(left_) : 7;
      bits_ = (byte & 0x7F) >> (7 - literal_);
      stream_.bit += 1 + literal_;
      left_ -= literal_;
      return;
    }
    stream_.bit += 8;
    run_ = byte & 63;
    if (run_ == 63) {
      if (counted_ < 0) stream_failure("the signs repeat a run that was not there");
      run_ = 255;
    } else {
      counted_ = (byte >> 6) & 1;
    }
    sign_ = counted_;
    if (run_ > left_) stream_failure("the signs run over the end of the grid");
    left_ -= run_;
  }

  Stream stream_;
  std::uint64_t left_ = 0;
  std::uint32_t run_ = 0;
  unsigned literal_ = 0;
  unsigned bits_ = 0;
  int sign_ = 0;
  int counted_ = -1;
};

}  // namespace polyfst
