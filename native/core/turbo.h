// Any turbo record as rows: tokens of 129, 130 and 134 through either tile scheme, and values of all four types. What a caller
// keeps is one TurboScratch; its buffers are reused from record to record.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ieee_rows.h"
#include "core/minimum.h"
#include "core/record.h"
#include "core/scale.h"

namespace polyfst {

/** Rows of 16-bit tokens. */
class TokenRows {
 public:
  /** `stream` starts at the header word; `nbits` is that of the record's keys. Throws decode_failed. */
  void open(const Stream& stream, std::uint32_t ni, std::uint32_t nj, unsigned nbits);
  unsigned next() { return by_minimum_ ? minimum_.next() : parallelogram_.next(); }
  const std::uint16_t* row(unsigned r) const { return by_minimum_ ? minimum_.row(r) : parallelogram_.row(r); }

 private:
  friend class TurboRows;
  bool by_minimum_ = false;
  Minimum minimum_;
  Parallelogram<std::uint16_t> parallelogram_;
};

/** Rows of a turbo record. Open one record at a time; the payload must outlive the reading. */
class TurboRows {
 public:
  /** For a spec that passed checked_points (codec.h). Throws decode_failed. */
  void open(const RecordSpec& spec, const Payload& payload);
  /** Writes the next rows as float32, `ni` each, and returns their number (at most 5), 0 at the end. */
  unsigned next(float* out);
  /** For 130 only: the next rows as unsigned integers. */
  unsigned next(std::uint32_t* out);
  /** The tiles of 129, 130 and 134, where they are parallelograms; null otherwise. */
  Parallelogram<std::uint16_t>* tiles() { return base_ == 5 || tokens_.by_minimum_ ? nullptr : &tokens_.parallelogram_; }
  const Parallelogram<std::uint16_t>* tiles() const { return const_cast<TurboRows*>(this)->tiles(); }
  /** Value of a token of 129, 130 and 134. */
  float value(std::uint16_t token) const {
    return base_ == 6 ? exponent_(token) : base_ == 1 ? linear_(token) : static_cast<float>(token & mask_);
  }
  /** Stops noting the places of tiles, after a failure. */
  void forget() { tokens_.parallelogram_.mark(nullptr); }
  const LinearScale& linear() const { return linear_; }
  const ExponentScale& exponent() const { return exponent_; }

 private:
  std::uint32_t ni_ = 0;
  unsigned base_ = 0;
  std::uint32_t mask_ = 0;
  LinearScale linear_;
  ExponentScale exponent_;
  TokenRows tokens_;
  IeeeRows ieee_;
  PayloadBuffer swapped_;
};

inline constexpr unsigned band_rows = 5;

}  // namespace polyfst
