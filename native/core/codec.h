// Whole records from their payloads: dispatch by data type, missing points, and the element type of a record
// (docs/formats/packing.md). Every function is pure over bytes; sizes are bounded by the payload before anything is allocated.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/plain.h"
#include "core/turbo.h"

namespace polyfst {

enum class Element : std::uint8_t {
  float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128,
};

/** Name as in Dtype of native/index.ts. */
const char* name_of(Element element);
std::size_t size_of(Element element);

inline constexpr std::uint8_t missing_flag = 64;
inline constexpr std::uint8_t turbo_flag = 128;

/** Buffers that decoding reuses from record to record. */
struct Scratch {
  TurboRows turbo;
  std::vector<std::uint32_t> integers;
  std::vector<float> values;
};

/**
 * Points of a record, once it is certain that a payload of `payload_bytes` can hold them.
 * Throws bad_dimensions or unsupported_type.
 */
std::uint64_t checked_points(const RecordSpec& spec, std::uint64_t payload_bytes);

/**
 * The field as float32; missing points are NaN. Characters give their codes, complex values their real parts, and datyp 0 the
 * floats that its 32-bit words may be. `out` has checked_points() elements. Throws decode_failed and what plain_layout throws.
 */
void decode_floats(const RecordSpec& spec, const Payload& payload, std::span<float> out, Scratch& scratch);

/** Element type in which a record is delivered: RSF keeps that of the writer, XDF has 32-bit integers and floats by nbits. */
Element element_of(const RecordSpec& spec);

/** Elements of that type: points, but 32-bit words for datyp 0. */
std::uint64_t element_count(const RecordSpec& spec, std::uint64_t payload_bytes);

/**
 * The field in its own element type, little-endian, into element_count() * size_of(element_of()) bytes. Returns the number of
 * missing points: NaN in floats, the least (signed) or greatest (unsigned) number in integers.
 */
std::uint64_t decode_elements(const RecordSpec& spec, const Payload& payload, MutableBytes out, Scratch& scratch);

}  // namespace polyfst
