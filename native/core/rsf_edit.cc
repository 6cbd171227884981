// Deletions, changes of keys and of extended metadata in an RSF file, in place: first in the record, then in the directory
// entry, which is what readers believe.
#include <algorithm>
#include <map>

#include "core/rsf.h"
#include "core/write.h"

namespace polyfst::rsf {

void open_for_change(OutputFile& file);

namespace {

/** A directory entry: where its metadata lie in the file, and the metadata themselves. */
struct Entry {
  std::uint64_t metadata_at;
  std::vector<std::uint8_t> metadata;
};

class Editor {
 public:
  Editor(OutputFile& file, const std::vector<Edit>& edits) : file_(file), edits_(edits) {}

  void run() {
    open_for_change(file_);
    index_entries();
    for (const Edit& edit : edits_) apply(edit);
    for (const auto& [offset, entry] : changed_) {
      file_.write(offset + start_bytes, entry.metadata);
      if ((entry.metadata[0] & 0xFF) == deleted_type) file_.write(offset, std::array<std::uint8_t, 1>{deleted_type});
    }
    file_.sync();
    for (const auto& [offset, entry] : changed_) file_.write(entry.metadata_at, entry.metadata);
    file_.sync();
  }

 private:
  void index_entries() {
    const std::uint64_t size = file_.size();
    for (std::uint64_t at = 0; at < size;) {
      std::array<std::uint8_t, segment_start_bytes> bytes;
      file_.read(at, bytes);
      const std::optional<SegmentStart> segment = parse_segment_start(bytes.data());
      if (!segment || segment->bytes < empty_segment_bytes) {
        throw Error(Code::damaged_file, "a segment of the file does not begin as it should", at);
      }
      if (segment->directory != 0) index_segment(at, *segment);
      at += segment->bytes;
    }
  }

  void index_segment(std::uint64_t segment, const SegmentStart& start) {
    if (!inside(start.directory, start.directory_bytes, start.bytes) || start.directory_bytes < start_bytes + 4) {
      throw Error(Code::damaged_file, "a directory of the file is damaged; copy the file", segment);
    }
    const std::uint64_t base = segment + start.directory;
    std::vector<std::uint8_t> scratch;
    Cursor cursor(file_.view(base, start.directory_bytes, scratch), Order::little, base);
    cursor.skip(start_bytes);
    const std::uint32_t count = cursor.word();
    for (std::uint32_t e = 0; e < count; ++e) {
      const std::uint64_t offset = segment + cursor.long_word();
      cursor.skip(16);
      const std::uint32_t lengths = cursor.word();
      cursor.skip(4);
      const std::uint64_t at = cursor.file_offset();
      const std::uint32_t words = lengths >> 16 == 0 ? lengths & 0xFFFF : lengths >> 16;
      const Bytes metadata = cursor.take(std::size_t{words} * 4);
      const auto parsed = parse_metadata(metadata);
      // A copy of only a part of the record's metadata cannot be kept equal to it.
      if (!parsed || parsed->deleted || words != (lengths & 0xFFFF)) continue;
      entries_.try_emplace(offset, Entry{at, {metadata.begin(), metadata.end()}});
    }
  }

  void apply(const Edit& edit) {
    const auto found = entries_.find(edit.offset);
    if (found == entries_.end()) {
      throw Error(Code::record_not_found, "no record begins at the offset that is to be changed", edit.offset);
    }
    Entry& entry = found->second;
    if (edit.keys.any()) change_keys(entry, edit.keys);
    if (edit.metadata) change_text(entry, *edit.metadata, edit.offset);
    if (edit.remove) entry.metadata[0] = deleted_type;
    changed_[edit.offset] = entry;
    if (edit.remove) entries_.erase(found);
  }

  static std::uint32_t shape_word(const Entry& entry) {
    const bool first_version = load32(entry.metadata.data(), Order::little) >> 16 == 0;
    return load32(entry.metadata.data() + (first_version ? 4 : 8), Order::little);
  }

  static void change_keys(Entry& entry, const KeyChanges& changes) {
    std::array<std::uint32_t, key_words> words = parse_metadata(entry.metadata)->keys;
    Record record = decode_keys(words, Container::rsf);
    changes.apply(record);
    encode_keys(record, Container::rsf, words);
    const bool first_version = load32(entry.metadata.data(), Order::little) >> 16 == 0;
    std::uint8_t* at = entry.metadata.data() + (first_version ? 8 : 12);
    for (std::size_t i = 0; i < key_words; ++i) store32(at + 4 * i, words[i], Order::little);
  }

  static void change_text(Entry& entry, const std::string& text, std::uint64_t offset) {
    const std::uint32_t shape = shape_word(entry);
    const std::size_t from = std::size_t{shape >> 16 & 0xFF} * 4, room = std::size_t{shape & 0xFFFF} * 4;
    if (text.find('\0') != std::string::npos) throw Error(Code::bad_value, "the extended metadata hold a NUL", offset);
    if (text.size() + 1 > room && !(text.empty() && room == 0)) {
      throw Error(Code::bad_dimensions,
                  "the new metadata need " + std::to_string(text.size() + 1) + " bytes where the record has room for " +
                      std::to_string(room) + "; write the record anew",
                  offset);
    }
    std::fill_n(entry.metadata.begin() + from, room, std::uint8_t{0});
    std::copy(text.begin(), text.end(), entry.metadata.begin() + from);
  }

  OutputFile& file_;
  const std::vector<Edit>& edits_;
  std::map<std::uint64_t, Entry> entries_;
  std::map<std::uint64_t, Entry> changed_;
};

}  // namespace

void edit(OutputFile& file, const std::vector<Edit>& edits) { Editor(file, edits).run(); }

}  // namespace polyfst::rsf
