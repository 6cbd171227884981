// XDF, the FST98 container: numbers and structures that its reader, writer and editor share (docs/formats/xdf.md).
// All words are big-endian; addresses count 64-bit units from 1.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/keys.h"
#include "core/record.h"
#include "core/source.h"

namespace polyfst::xdf {

inline constexpr std::uint32_t version_word = 0x58444630;     // XDF0
inline constexpr std::uint32_t sign_random = 0x53544452;      // STDR
inline constexpr std::uint32_t sign_sequential = 0x53544453;  // STDS

inline constexpr std::size_t header_bytes = 208;
inline constexpr std::size_t header_words = 52;
inline constexpr std::size_t page_entries = 256;
inline constexpr std::size_t entry_words = 18;
inline constexpr std::size_t page_units = 4 + page_entries * entry_words / 2;
inline constexpr std::size_t page_bytes = page_units * 8;
inline constexpr std::size_t page_head_words = 8;
inline constexpr std::size_t prefix_bytes = 80;  // record header, keys, two auxiliary words
inline constexpr std::uint32_t max_pages = 1024;
inline constexpr std::uint32_t max_record_units = 0xFFFFFF;

/** Words of the file header that are read or written by number. */
enum HeaderWord : std::size_t {
  h_size = 4, h_rewrites, h_extensions, h_pages, h_last_page, h_biggest, h_primary, h_auxiliary, h_erasures, h_records,
  h_write_flag, h_reserved,
};

/** Byte where a block with this address begins; address 0, which no block has, gives a byte beyond any file. */
constexpr std::uint64_t byte_of(std::uint32_t address) {
  return address == 0 ? std::uint64_t{1} << 40 : (std::uint64_t{address} - 1) * 8;
}

constexpr std::uint32_t type_of(std::uint32_t word0) { return word0 >> 24; }
constexpr std::uint32_t units_of(std::uint32_t word0) { return word0 & 0xFFFFFF; }
constexpr bool is_deleted(std::uint32_t type) { return (type & 0x7E) == 0x7E; }
constexpr bool is_record(std::uint32_t type) { return type >= 1 && type <= 126; }

/** XOR of words 4 to the end of a page; 0 in an undamaged one. */
std::uint32_t page_parity(const std::uint8_t* page);

/** What the file header says that a reader needs. */
struct Header {
  std::uint64_t bytes;  // committed size of the file
  std::uint32_t pages, records, write_flag;
  bool random;
  bool operator==(const Header&) const = default;
};

Header read_header(const Source& source);

/** A record header met in the file itself: its first 18 words in host order. */
using RecordHead = std::array<std::uint32_t, entry_words>;

/**
 * Visits block after block of a random file from byte `from`, by the blocks' own headers; pages are passed over, records,
 * deleted ones too, are given to `visit`. Stops at `to`, at the first block that does not name its own address, or when
 * `visit` returns false. Returns the byte where it stopped.
 */
std::uint64_t walk(const Source& source, std::uint64_t from, std::uint64_t to,
                   const std::function<bool(std::uint64_t offset, const RecordHead& head)>& visit);

/** Adds the record that a header (in host order) describes, at byte `offset`. */
void add_record(RecordTable& table, std::uint64_t offset, const std::uint32_t* words, bool trusted = true);

}  // namespace polyfst::xdf
