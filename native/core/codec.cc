// Whole records as float32.
#include "core/codec.h"

#include <limits>

#include "core/missing.h"

namespace polyfst {

namespace {

bool is_turbo(const RecordSpec& spec) { return (spec.datyp & turbo_flag) != 0; }

bool is_integer(const RecordSpec& spec) {
  const unsigned base = spec.datyp & 63;
  return base == 2 || base == 4;
}

void turbo_floats(const RecordSpec& spec, const Payload& payload, std::span<float> out, Scratch& scratch) {
  scratch.turbo.open(spec, payload);
  float* at = out.data();
  while (const unsigned rows = scratch.turbo.next(at)) at += std::size_t{rows} * spec.ni;
}

void plain_floats(const RecordSpec& spec, const Payload& payload, std::span<float> out, Scratch& scratch) {
  Layout layout = plain_layout(spec, payload.bytes);
  read_scale(spec, payload, layout);
  if ((spec.datyp & 63) == 8) {
    if (scratch.values.size() < layout.tokens) scratch.values.resize(layout.tokens);
    plain_values(layout, payload, 0, {scratch.values.data(), layout.tokens});
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = scratch.values[2 * i];
    return;
  }
  if (layout.tokens != out.size()) throw Error(Code::unsupported_type, "datyp 0 has no one float32 a point in this record");
  plain_values(layout, payload, 0, out);
}

/** 64-bit values and integers are compared with their maximum before they lose digits. */
bool loses_digits(const RecordSpec& spec) { return is_integer(spec) || spec.nbits > 32; }

/** Through the record's own elements. */
void exact_missing_floats(const RecordSpec& spec, const Payload& payload, std::span<float> out, Scratch& scratch) {
  const Element element = element_of(spec);
  std::vector<std::uint8_t> raw(out.size() * size_of(element));
  decode_elements(spec, payload, raw, scratch);
  widen_missing(element, raw, out);
}

}  // namespace

std::uint64_t checked_points(const RecordSpec& spec, std::uint64_t payload_bytes) {
  if (!is_turbo(spec)) {
    plain_layout(spec, payload_bytes);
    return point_count(spec);
  }
  const std::uint64_t n = point_count(spec);
  const unsigned base = spec.datyp & 63;
  const bool tokens = (base == 1 || base == 2 || base == 6) && spec.nbits >= 1 && spec.nbits <= 16;
  if (!tokens && !(base == 5 && spec.nbits >= 16 && spec.nbits <= 32)) {
    throw Error(Code::unsupported_type, "data type " + std::to_string(spec.datyp) + " with " + std::to_string(spec.nbits) +
                                            " bits has no compressed form");
  }
  // the sparsest stream: 4 bits for each 5x5 tile
  const std::uint64_t tiles = ((std::uint64_t{spec.ni} + 4) / 5) * ((std::uint64_t{spec.nj} + 4) / 5);
  if (spec.nk != 1 || tiles > payload_bytes * 2) {
    throw Error(Code::bad_dimensions, "a field of " + std::to_string(n) + " points is larger than its record");
  }
  return n;
}

void decode_floats(const RecordSpec& spec, const Payload& payload, std::span<float> out, Scratch& scratch) {
  if (checked_points(spec, payload.bytes) != out.size()) throw Error(Code::internal, "the room does not fit the field");
  const bool missing = (spec.datyp & missing_flag) != 0 && may_miss(spec);
  if (missing && loses_digits(spec)) {
    exact_missing_floats(spec, payload, out, scratch);
    return;
  }
  if (is_turbo(spec)) {
    turbo_floats(spec, payload, out, scratch);
  } else {
    plain_floats(spec, payload, out, scratch);
  }
  if (missing) mark_missing<float>(out, std::numeric_limits<float>::quiet_NaN());
}

}  // namespace polyfst
