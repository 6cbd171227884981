// Directory of an RSF file: segment after segment, one read for a segment's start and one for its directory. A segment that
// a writer has open is not listed; a directory that does not add up is replaced by what the records themselves say.
#include <algorithm>
#include <vector>

#include "core/rsf.h"
#include "core/scan.h"
#include "core/window.h"

namespace polyfst::rsf {

namespace {

/** A longer directory is not believed: a sparse file may claim any length. */
constexpr std::uint64_t most_directory_bytes = std::uint64_t{1} << 30;

class SegmentReader {
 public:
  explicit SegmentReader(const Source& source) : source_(source), size_(source.size()), table_(Container::rsf) {}

  RecordTable run(Extent extent) {
    Window window(source_, 512);
    std::uint64_t at = 0;
    while (inside(at, segment_start_bytes, size_)) {
      const Bytes bytes = window.at(at, segment_start_bytes);
      const std::optional<SegmentStart> segment = bytes.empty() ? std::nullopt : parse_segment_start(bytes.data());
      if (!segment) return stop(Code::damaged_file, "a segment of the file does not begin as it should", at);
      if (at == 0 && segment->write_flag != 0) table_.mark_incomplete();
      if (segment->bytes == 0) {  // open: a writer is at work or died there
        if (extent == Extent::everything) recover(at, size_);
        table_.mark_incomplete();
        return std::move(table_);
      }
      if (segment->bytes < empty_segment_bytes || segment->bytes % 4 != 0) {
        return stop(Code::damaged_file, "a segment of the file has an impossible length", at);
      }
      if (!inside(at, segment->bytes, size_)) {
        recover(at, size_);
        return stop(Code::truncated_file, "the file ends inside a segment", at);
      }
      if (segment->directory != 0 && segment->directory_bytes != 0) read_segment(at, *segment);
      at += segment->bytes;
    }
    if (at != size_) return stop(Code::truncated_file, "the file ends inside the start of a segment", at);
    return std::move(table_);
  }

 private:
  /** What was read so far is kept; with nothing read the damage is an error. */
  RecordTable stop(Code code, const char* text, std::uint64_t at) {
    if (table_.count() == 0) throw Error(code, text, at);
    table_.mark_incomplete();
    return std::move(table_);
  }

  void read_segment(std::uint64_t at, const SegmentStart& segment) {
    if (inside(segment.directory, segment.directory_bytes, segment.bytes) && segment.directory_bytes <= most_directory_bytes) {
      std::vector<std::uint8_t> scratch;
      const Bytes directory = source_.view(at + segment.directory, segment.directory_bytes, scratch);
      if (well_formed(directory, segment.bytes)) {
        take(directory, at);
        return;
      }
    }
    recover(at, at + segment.bytes - segment_end_bytes);
  }

  /** Calls `entry(place within the segment, metadata words)`; false when the directory is not well-formed. */
  template <class Entry>
  static bool each_entry(Bytes directory, Entry entry) {
    const std::size_t fixed = start_bytes + 4 + end_bytes;
    if (directory.size() < fixed) return false;
    const std::optional<RecordStart> start = parse_start(directory.data());
    if (!start || start->type != type_directory || start->bytes != directory.size()) return false;
    const std::uint32_t count = load32(directory.data() + start_bytes, Order::little);
    if (count > (directory.size() - fixed) / entry_head_bytes) return false;
    Cursor cursor(directory.first(directory.size() - end_bytes), Order::little);
    cursor.skip(start_bytes + 4);
    for (std::uint32_t e = 0; e < count; ++e) {
      if (cursor.remaining() < entry_head_bytes) return false;
      const std::uint64_t offset = cursor.long_word(), bytes = cursor.long_word();
      cursor.skip(8);
      const std::uint32_t lengths = cursor.word();
      cursor.skip(4);
      const std::uint64_t in_record = std::uint64_t{lengths & 0xFFFF} * 4;
      const std::uint64_t here = lengths >> 16 == 0 ? in_record : std::uint64_t{lengths >> 16} * 4;
      if (cursor.remaining() < here) return false;
      const std::uint64_t prefix = start_bytes + in_record;
      if (bytes < prefix + end_bytes) return false;
      if (!entry(Place{offset, bytes, offset + prefix, bytes - prefix - end_bytes}, cursor.take(here))) return false;
    }
    return true;
  }

  static bool well_formed(Bytes directory, std::uint64_t segment_bytes) {
    return each_entry(directory, [&](const Place& place, Bytes words) {
      const std::optional<Metadata> metadata = parse_metadata(words);
      if (!metadata) return false;
      return metadata->deleted || inside(place.offset, place.bytes, segment_bytes);  // a deletion spoils the offset
    });
  }

  void take(Bytes directory, std::uint64_t segment) {
    table_.reserve(table_.count() + load32(directory.data() + start_bytes, Order::little));
    each_entry(directory, [&](Place place, Bytes words) {
      const std::optional<Metadata> metadata = parse_metadata(words);
      if (metadata->deleted) return true;
      place.offset += segment;
      place.payload_offset += segment;
      table_.add(place, decode_keys(metadata->keys, Container::rsf), metadata->json);
      return true;
    });
  }

  /** Lists the records between the start of a segment and `to` by their own metadata. */
  void recover(std::uint64_t segment, std::uint64_t to) {
    std::vector<std::uint8_t> scratch;
    bool foreign = false;
    const auto visit = [&](std::uint64_t at, const RecordStart& start) {
      if (start.type != type_data) return;
      const std::uint64_t prefix = start_bytes + std::uint64_t{start.metadata_words} * 4;
      const std::optional<Metadata> metadata =
          parse_metadata(source_.view(at + start_bytes, prefix - start_bytes, scratch));
      if (!metadata) {
        foreign = true;
        return;
      }
      if (metadata->deleted) return;
      const Place place{at, start.bytes, at + prefix, start.bytes - prefix - end_bytes};
      table_.add(place, decode_keys(metadata->keys, Container::rsf), metadata->json);
    };
    const std::uint64_t stopped = walk(source_, segment + segment_start_bytes, to, visit);
    std::array<std::uint8_t, start_bytes> next{};
    const bool at_directory = source_.read_some(stopped, next) == next.size() && parse_start(next.data()) &&
                              parse_start(next.data())->type == type_directory;
    if (!at_directory || foreign) table_.mark_incomplete();
  }

  const Source& source_;
  std::uint64_t size_;
  RecordTable table_;
};

}  // namespace

}  // namespace polyfst::rsf

namespace polyfst {

RecordTable rsf::scan(const Source& source, Extent extent) { return rsf::SegmentReader(source).run(extent); }

}  // namespace polyfst
