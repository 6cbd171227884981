// The header word of a turbo stream and the limits that follow from it (docs/formats/packing.md#turbo). A Stream is a payload
// turned into bytes that run from the top bit of byte 0 on, whatever the container's word order was.
#pragma once

#include <cstdint>

#include "core/payload.h"

namespace polyfst {

struct Stream {
  const std::uint8_t* data = nullptr;
  /** first bit after the header word */
  std::uint64_t bit = 0;
  /** first bit behind the payload */
  std::uint64_t end = 0;
};

enum class Scheme : std::uint8_t { minimum = 3, parallelogram = 4, ieee = 5 };

struct TurboHead {
  Scheme scheme;
  unsigned nbits;
};

/** Reads the header word; throws decode_failed unless the scheme is known and its step and level fit it. */
inline TurboHead turbo_head(std::uint32_t word) {
  const unsigned predictor = word & 15;
  const unsigned degree = (word >> 4) & 7;
  const unsigned step = (word >> 7) & 7;
  const unsigned levels = (word >> 15) & 7;
  const bool minimum = predictor == 3 && step == 5 && degree == 0;
  const bool differences = (predictor == 4 || predictor == 5) && step == 3 && degree == 1;
  if ((!minimum && !differences) || levels != 1) {
    throw Error(Code::decode_failed, "the header of the compressed stream is not one of the known schemes");
  }
  return {static_cast<Scheme>(predictor), (word >> 10) & 31};
}

[[noreturn]] inline void stream_failure(const char* what) { throw Error(Code::decode_failed, what); }

}  // namespace polyfst
