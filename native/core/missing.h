// Missing points (datyp + 64): every point equal to the maximum of the decoded field (docs/formats/packing.md#missing).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/codec.h"

namespace polyfst {

/** Characters, complex numbers and datyp 0 never have missing points, whatever their flag says. */
inline bool may_miss(const RecordSpec& spec) {
  const unsigned base = spec.datyp & 63;
  return base == 1 || base == 2 || base == 4 || base == 5 || base == 6;
}

/** Sets every element equal to the maximum to `flag` and returns how many there were. NaN is never a maximum. */
template <class T>
std::uint64_t mark_missing(std::span<T> values, T flag) {
  if (values.empty()) return 0;
  constexpr std::size_t lanes = 16;
  T greatest = values[0];
  std::array<T, lanes> top;
  for (const T& value : values) {
    greatest = value;
    if (value == value) break;
  }
  top.fill(greatest);
  std::size_t i = 0;
  for (; i + lanes <= values.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) top[lane] = values[i + lane] > top[lane] ? values[i + lane] : top[lane];
  }
  for (; i < values.size(); ++i) top[0] = values[i] > top[0] ? values[i] : top[0];
  for (const T& value : top) greatest = value > greatest ? value : greatest;
  std::uint64_t count = 0;
  for (T& value : values) {
    const bool missing = value == greatest;
    count += missing ? 1 : 0;
    value = missing ? flag : value;
  }
  return count;
}

/** Elements with their missing flag as float32 with NaN. */
void widen_missing(Element element, Bytes raw, std::span<float> out);

/** mark_missing on raw elements with the flag of their type. */
std::uint64_t mark_missing_elements(Element element, MutableBytes raw);

}  // namespace polyfst
