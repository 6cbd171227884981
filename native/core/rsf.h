// RSF, the FST24 container: numbers and structures that its reader, writer and editor share (docs/formats/rsf.md).
// All words are little-endian; 64-bit numbers are two words, the more significant one first; offsets count bytes from 0.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "core/keys.h"
#include "core/record.h"
#include "core/source.h"

namespace polyfst::rsf {

inline constexpr char signature[] = "RSF0STDF";
inline constexpr std::size_t start_bytes = 16;  // SOR
inline constexpr std::size_t end_bytes = 12;    // EOR
inline constexpr std::size_t segment_start_bytes = 72;
inline constexpr std::size_t segment_end_bytes = 68;
inline constexpr std::size_t empty_segment_bytes = segment_start_bytes + segment_end_bytes;
inline constexpr std::size_t entry_head_bytes = 32;
inline constexpr std::uint32_t metadata_words = 19;
inline constexpr std::uint32_t fst_record = 0x00010101;  // data, class FST, RSF version 1
inline constexpr std::uint32_t deleted_type = 0x80;
inline constexpr std::uint32_t exclusive_writer = 0xFFFF;

enum RecordType : std::uint32_t { type_data = 1, type_segment_start = 3, type_segment_end = 4, type_directory = 6 };

/** Start of a record: type, words of metadata, total bytes. */
struct RecordStart {
  std::uint32_t type, metadata_words;
  std::uint64_t bytes;
};

/** Parses 16 bytes; nothing when they are not the start of a record. */
std::optional<RecordStart> parse_start(const std::uint8_t* bytes);

/** Start of a segment, offsets relative to it. */
struct SegmentStart {
  std::uint32_t write_flag;
  std::uint64_t body_bytes, bytes, directory, directory_bytes;
};

/** Parses 72 bytes; nothing when they are not the start of a segment. */
std::optional<SegmentStart> parse_segment_start(const std::uint8_t* bytes);

/** Metadata words of an FST record, checked for structure. */
struct Metadata {
  bool deleted;
  std::array<std::uint32_t, key_words> keys;
  Bytes json;  // text without its padding
};

/** Nothing when the words are not those of an FST record that this version understands. */
std::optional<Metadata> parse_metadata(Bytes words);

/**
 * Visits the records of a segment one after the other by their own starts and ends, from `from` to at most `to`; stops at
 * the first thing that is no whole record. Returns the byte where it stopped.
 */
std::uint64_t walk(const Source& source, std::uint64_t from, std::uint64_t to,
                   const std::function<void(std::uint64_t offset, const RecordStart& start)>& visit);

}  // namespace polyfst::rsf
