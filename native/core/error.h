// The one failure type of the core. A code is one of the file codes of schemas/problem.ts, by the same name; `offset` is the
// byte of the file that the failure is about. Core functions throw it; it is caught once per record (batches) and once per call.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace polyfst {

enum class Code : std::uint8_t {
  general_error,
  file_not_found,
  permission_denied,
  invalid_handle,
  out_of_memory,
  not_fst,
  truncated_file,
  damaged_file,
  write_failed,
  record_not_found,
  bad_dimensions,
  type_mismatch,
  decode_failed,
  grid_error,
  unsupported_type,
  file_locked,
  thread_limit,
  handle_error,
  cleanup_failed,
  // without a number of the FST24 interface
  bad_value,
  outside_domain,
  unsupported_grid,
  too_large,
  run_changed,
  storage_full,
  internal,
};

struct CodeRow {
  const char* name;
  int number;
};

/** Name in schemas/problem.ts and number of the FST24 interface (0: none), in the order of Code. */
inline constexpr CodeRow code_rows[] = {
    {"general_error", -1},      {"file_not_found", -2},    {"permission_denied", -3}, {"invalid_handle", -4},
    {"out_of_memory", -5},      {"not_fst", -6},           {"truncated_file", -7},    {"damaged_file", -8},
    {"write_failed", -9},       {"record_not_found", -10}, {"bad_dimensions", -11},   {"type_mismatch", -12},
    {"decode_failed", -13},     {"grid_error", -14},       {"unsupported_type", -15}, {"file_locked", -20},
    {"thread_limit", -21},      {"handle_error", -22},     {"cleanup_failed", -23},   {"bad_value", 0},
    {"outside_domain", 0},      {"unsupported_grid", 0},   {"too_large", 0},          {"run_changed", 0},
    {"storage_full", 0},        {"internal", 0},
};

constexpr const char* name_of(Code code) { return code_rows[static_cast<int>(code)].name; }

/** Negative number for per-record status; codes without one count as general errors. */
constexpr int status_of(Code code) {
  const int number = code_rows[static_cast<int>(code)].number;
  return number == 0 ? -1 : number;
}

inline constexpr std::uint64_t no_offset = ~std::uint64_t{0};

struct Error : std::exception {
  Code code;
  std::uint64_t offset;
  std::string text;

  Error(Code c, std::string t, std::uint64_t at = no_offset) : code(c), offset(at), text(std::move(t)) {}
  const char* what() const noexcept override { return text.c_str(); }
};

}  // namespace polyfst
