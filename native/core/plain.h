// Where the values of an uncompressed record lie and what a token means: one layout for whole fields, single points and the
// check that a payload is long enough (docs/formats/packing.md#plain).
#pragma once

#include <cstdint>
#include <span>

#include "core/record.h"
#include "core/scale.h"

namespace polyfst {

enum class Meaning : std::uint8_t {
  word,         // datyp 0: the application's own 32-bit words
  linear,       // 1
  natural,      // 2
  low_first,    // 3: characters, the first in the low byte of a word
  offset,       // 4: sign bit turned over
  ieee,         // 5 and 8 up to 32 bits: the upper bits of a float32
  ieee64,       // 5 and 8, 64 bits, upper word first
  exponent,     // 6
  high_first,   // 7: characters, the first in the high byte
  natural64,    // 2 and 4 with 64 bits (RSF): lower word first
  signed64,
};

struct Layout {
  Meaning meaning;
  /** width of a token; 64-bit values count as one token of 64 */
  unsigned width;
  std::uint64_t first_bit;
  /** ni*nj*nk, twice that for complex values, words for datyp 0 */
  std::uint64_t tokens;
  /** filled in by read_scale */
  LinearScale linear;
  ExponentScale exponent;

  std::uint64_t bit(std::uint64_t token) const { return first_bit + token * width; }
  /** The same values when the payload's first bytes are left out: a whole number of words. Sums wrap, as they should. */
  Layout behind(std::uint64_t bytes) const {
    Layout out = *this;
    out.first_bit -= bytes * 8;
    return out;
  }
};

/** ni*nj*nk. Throws bad_dimensions for 0 and for what does not fit in 40 bits. */
std::uint64_t point_count(const RecordSpec& spec);

/**
 * Layout of a record without the turbo flag whose payload has `payload_bytes`. Repairs datyp 2 records that were asked for as
 * 130 and start one word late. Throws unsupported_type, or bad_dimensions when the payload is too short for the field.
 */
Layout plain_layout(const RecordSpec& spec, std::uint64_t payload_bytes);

/** Reads the packing header of datyp 1 and 6 from the first 16 bytes of the payload. Throws decode_failed. */
void read_scale(const RecordSpec& spec, const Payload& head, Layout& layout);

/** Values of tokens [start, start + out.size()) as float32. Complex values are two tokens each. */
void plain_values(const Layout& layout, const Payload& payload, std::uint64_t start, std::span<float> out);

/** Value of one token. */
float plain_value(const Layout& layout, const Payload& payload, std::uint64_t token);

/** 64-bit number, for ieee64, natural64 and signed64. */
std::uint64_t wide_token(const Layout& layout, const Payload& payload, std::uint64_t bit);

}  // namespace polyfst
