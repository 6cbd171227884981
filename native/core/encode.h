// From an array and a requested type to packed words: which type is stored in the end, what stands for missing points, and the
// packing itself (docs/formats/packing.md#substitution). Substitutions and bits are those of the reference encoder, except
// where its own reader cannot read them back.
#pragma once

#include <cstdint>

#include "core/codec.h"
#include "core/packed.h"

namespace polyfst {

/** An array to be packed. Complex values are float32 or float64 pairs with datyp 8; datyp 0 takes 32-bit words or float32. */
struct FieldArray {
  Element element;
  /** little-endian elements, i fastest, aligned for their type */
  Bytes values;
  std::uint32_t ni, nj, nk;
  /** as requested: base type, +64 when NaN (floats) or the missing flag (integers) marks missing points, +128 for turbo */
  std::uint8_t datyp, nbits;
};

/**
 * Packs a field. Throws bad_dimensions when the array does not fit ni*nj*nk, type_mismatch when its elements cannot be of the
 * type, unsupported_type for types that the container cannot hold, and bad_value for values that the type cannot hold.
 */
Packed pack(Container container, const FieldArray& field);

/** What is stored when `requested` and `nbits` are asked for; a pure function of type, shape and element. */
struct StoredType {
  unsigned base;
  bool turbo;
  unsigned nbits;
};
StoredType stored_type(Container container, const FieldArray& field);

}  // namespace polyfst
