// Decoder of datyp 133: floats split into signs, exponents and mantissas, each compressed on its own
// (docs/formats/packing.md#ieee-turbo). The three streams advance together, band by band.
#pragma once

#include <cstdint>
#include <vector>

#include "core/parallelogram.h"
#include "core/sign_runs.h"

namespace polyfst {

class IeeeRows {
 public:
  /** `data`: the payload as a big-endian byte stream with slack. Throws decode_failed. */
  void open(const std::uint8_t* data, std::size_t bytes, std::uint32_t ni, std::uint32_t nj, unsigned nbits);
  /** Writes the next rows, ni floats each, and returns their number; 0 at the end. */
  unsigned next(float* out);

 private:
  /** Stream of a block that starts with its length in bytes at `word`; moves `word` behind it. */
  Stream block(const std::uint8_t* data, std::uint64_t end, std::size_t& word) const;

  std::uint32_t ni_ = 0;
  unsigned mantissa_bits_ = 0;
  std::uint32_t least_exponent_ = 0;
  bool has_signs_ = false, has_exponents_ = false, negative_ = false;
  Parallelogram<std::uint32_t> mantissas_;
  Parallelogram<std::uint16_t> exponents_;
  SignRuns signs_;
  std::vector<std::uint8_t> sign_row_;
};

}  // namespace polyfst
