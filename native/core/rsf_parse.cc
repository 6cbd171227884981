// Parts of an RSF file from bytes: starts of records and segments, metadata of FST records, the walk along records.
#include <algorithm>
#include <cstring>

#include "core/rsf.h"
#include "core/window.h"

namespace polyfst::rsf {

namespace {

std::uint32_t word_at(const std::uint8_t* bytes, std::size_t i) { return load32(bytes + 4 * i, Order::little); }
std::uint64_t long_at(const std::uint8_t* bytes, std::size_t at) { return load64(bytes + at, Order::little); }

/** Types of records that may stand between the start of a segment and its directory. */
bool ordinary(std::uint32_t type) { return type <= 2 || (type >= 7 && type <= deleted_type); }

}  // namespace

std::optional<RecordStart> parse_start(const std::uint8_t* bytes) {
  const std::uint32_t word0 = word_at(bytes, 0);
  if (word0 >> 24 != 0xFE) return std::nullopt;
  return RecordStart{word0 & 0xFF, word0 >> 8 & 0xFFFF, long_at(bytes, 4)};
}

std::optional<SegmentStart> parse_segment_start(const std::uint8_t* bytes) {
  const std::optional<RecordStart> start = parse_start(bytes);
  if (!start || start->type != type_segment_start || start->bytes != segment_start_bytes) return std::nullopt;
  if (word_at(bytes, 6) != 0xDEADBEEF) return std::nullopt;
  return SegmentStart{start->metadata_words, long_at(bytes, 28), long_at(bytes, 36), long_at(bytes, 44),
                      long_at(bytes, 52)};
}

std::optional<Metadata> parse_metadata(Bytes bytes) {
  const std::size_t count = bytes.size() / 4;
  if (count < 18) return std::nullopt;
  const std::uint32_t kind = word_at(bytes.data(), 0);
  const std::uint32_t type = kind & 0xFF, version = kind >> 16;
  if ((type != type_data && type != deleted_type) || (kind >> 8 & 0xFF) != 1 || version > 1) return std::nullopt;
  const std::size_t describing = version == 0 ? 1 : 2;
  const std::uint32_t shape = word_at(bytes.data(), describing);
  const std::size_t search = shape >> 16 & 0xFF, json = shape & 0xFFFF;
  if (shape >> 24 > 1 || search < describing + 1 + key_words || search + json > count) return std::nullopt;
  Metadata out{type == deleted_type, {}, {}};
  copy_words(out.keys.data(), bytes.data() + 4 * (describing + 1), key_words, Order::little);
  const Bytes text = bytes.subspan(4 * search, 4 * json);
  out.json = text.first(static_cast<std::size_t>(std::find(text.begin(), text.end(), 0) - text.begin()));
  return out;
}

std::uint64_t walk(const Source& source, std::uint64_t from, std::uint64_t to,
                   const std::function<void(std::uint64_t, const RecordStart&)>& visit) {
  Window ahead(source), behind(source, 512);
  std::uint64_t at = from;
  while (inside(at, start_bytes + end_bytes, to)) {
    const Bytes first = ahead.at(at, start_bytes);
    if (first.empty()) break;
    const std::optional<RecordStart> start = parse_start(first.data());
    if (!start || !ordinary(start->type) || start->bytes % 4 != 0 || !inside(at, start->bytes, to)) break;
    if (start->bytes < start_bytes + end_bytes + std::uint64_t{start->metadata_words} * 4) break;
    const Bytes last = behind.at(at + start->bytes - end_bytes, end_bytes);
    if (last.empty() || long_at(last.data(), 0) != start->bytes || word_at(last.data(), 2) >> 24 != 0xFF) break;
    visit(at, *start);
    at += start->bytes;
  }
  return at;
}

}  // namespace polyfst::rsf
