#include "core/stamp.h"

#include <cmath>
#include <optional>

namespace polyfst::stamp {

namespace {

constexpr std::int64_t new_style_base = 123200000;
constexpr std::int64_t steps_an_hour = 720;               // steps of 5 s
constexpr std::int64_t first_step = -504904320;           // 1900-01-01 00:00, in steps since 1980-01-01
constexpr std::int64_t after_last_step = 1615334400;      // 2236-01-01 00:00
constexpr std::int64_t start_of_2000 = 126230400;         // 2000-01-01 00:00
constexpr std::int64_t days_to_1980 = 3652;               // 1970-01-01 to 1980-01-01
constexpr std::uint32_t extended_base = 3000000000U;
constexpr std::uint32_t extended_end = 3109572750U;
constexpr std::int64_t extended_hours = (extended_end - extended_base) / 10 * 8;

/** Days since 1970-01-01 of a date of the Gregorian calendar. */
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
  const std::int64_t next = month == 12 ? days_of(year + 1, 1, 1) : days_of(year, month + 1, 1);
  return next - days_of(year, month, 1);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/** Decimal digits MMDDYYZZR, 1900 to 1999, whole hours. */
std::optional<std::int64_t> old_style_steps(std::int64_t stamp) {
  const std::int64_t month = stamp / 10000000, day = stamp / 100000 % 100, year = 1900 + stamp / 1000 % 100;
  const std::int64_t hour = stamp / 10 % 100;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || day > days_in_month(year, month)) return std::nullopt;
  return (days_of(year, month, day) - days_to_1980) * 24 * steps_an_hour + hour * steps_an_hour;
}

/** Steps of 5 s since 1980-01-01 of a stamp of the old or new style. */
std::optional<std::int64_t> steps_of(std::int32_t stamp) {
  if (stamp < new_style_base) return old_style_steps(stamp);
  const std::int64_t k = stamp - new_style_base;
  const std::int64_t steps = k / 10 * 8 + k % 10;
  return k % 10 < 8 && steps < after_last_step ? std::optional(steps) : std::nullopt;
}

std::int32_t old_style_of(std::int64_t steps) {
  const std::int64_t hours = floor_div(steps, steps_an_hour);
  const std::int64_t days = floor_div(hours, 24) + days_to_1980 + 719468;
  const std::int64_t era = floor_div(days, 146097), day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted + 2) / 5 + 1;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const std::int64_t hour = hours - floor_div(hours, 24) * 24;
  return static_cast<std::int32_t>(month * 10000000 + day * 100000 + (year - 1900) * 1000 + hour * 10);
}

std::int32_t stamp_of(std::int64_t steps, std::int32_t run) {
  if (steps < first_step || steps >= after_last_step) return error_stamp;
  if (steps < start_of_2000 && steps % steps_an_hour == 0) return old_style_of(steps) + run;
  return static_cast<std::int32_t>(new_style_base + steps / 8 * 10 + steps % 8);
}

std::int64_t rounded_hours(std::int64_t seconds) { return std::llround(static_cast<double>(seconds) / 3600.0); }

std::int32_t add_extended(std::uint32_t stamp, std::int64_t seconds) {
  if (stamp >= extended_end || stamp % 10 > 7) return error_stamp;
  const std::int64_t hours = (stamp - extended_base) / 10 * 8 + stamp % 10 + rounded_hours(seconds);
  if (hours < 0 || hours >= extended_hours) return error_stamp;
  return static_cast<std::int32_t>(extended_base + static_cast<std::uint32_t>(hours / 8 * 10 + hours % 8));
}

}  // namespace

std::int32_t add_seconds(std::int32_t stamp, std::int64_t seconds) {
  if (seconds == 0) return stamp;
  const auto u = static_cast<std::uint32_t>(stamp);
  if (u >= extended_base) return add_extended(u, seconds);
  if (stamp <= 0) return error_stamp;
  const std::optional<std::int64_t> steps = steps_of(stamp);
  if (!steps) return error_stamp;
  // the last digit of the decimal form is a run number, which belongs to the record and not to the hour
  const std::int32_t run = stamp < new_style_base ? stamp % 10 : 0;
  if (*steps >= 0) return stamp_of(*steps + std::llround(static_cast<double>(seconds) / 5.0), run);
  const std::int64_t hours = floor_div(*steps + steps_an_hour / 2, steps_an_hour);
  return stamp_of((hours + rounded_hours(seconds)) * steps_an_hour, run);
}

}  // namespace polyfst::stamp
