// CMC date-time stamps: arithmetic of the validity date and the form in which directories store a stamp
// (docs/formats/encoding.md). Conversion to calendar dates beyond that is the business of extraction/fst.
#pragma once

#include <cstdint>

namespace polyfst::stamp {

/** What the field's own tools answer when a date cannot be computed. */
inline constexpr std::int32_t error_stamp = 101010101;

/**
 * Stamp `seconds` later (or earlier), rounded as the format prescribes: to 5 s from 1980 on, to the hour before 1980 and for
 * stamps of the extended form. 0 (no date) and anything that is not a date stay as they are when `seconds` is 0 and give
 * error_stamp otherwise, as does a result outside 1900 to 2235 (extended: years 0 to 9999).
 */
std::int32_t add_seconds(std::int32_t stamp, std::int64_t seconds);

/** Seconds from origin to validity: deet * npas, never below 0. */
constexpr std::int64_t lead_seconds(std::int32_t deet, std::int32_t npas) {
  const std::int64_t seconds = std::int64_t{deet} * npas;
  return seconds > 0 ? seconds : 0;
}

/** Directory form: the last decimal digit in the low three bits. */
constexpr std::uint32_t to_directory(std::int32_t stamp) {
  const auto u = static_cast<std::uint32_t>(stamp);
  return (u / 10) << 3 | (u % 10 & 7);
}

constexpr std::int32_t from_directory(std::uint32_t word) {
  return static_cast<std::int32_t>((word >> 3) * 10 + (word & 7));
}

}  // namespace polyfst::stamp
