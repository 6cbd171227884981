// A new segment onto the end of an RSF file. Order on the disk: write flag of the first segment, an open segment that readers
// do not see, its records, directory and end, then its final start: the commit point.
#include <algorithm>
#include <cstring>

#include "core/rsf.h"
#include "core/write.h"

namespace polyfst::rsf {

namespace {

/** Signature of a segment while this writer has it open: tells a dead predecessor from another program. */
constexpr char open_signature[] = "RSF0PFST";

struct SegmentNumbers {
  std::uint64_t body_bytes = 0, bytes = 0, directory = 0, directory_bytes = 0;
};

using StartBytes = std::array<std::uint8_t, segment_start_bytes>;

void put_numbers(std::uint8_t* at, const SegmentNumbers& numbers) {
  store64(at, numbers.body_bytes, Order::little);
  store64(at + 8, numbers.bytes, Order::little);
  store64(at + 16, numbers.directory, Order::little);
  store64(at + 24, numbers.directory_bytes, Order::little);
}

StartBytes segment_start(const SegmentNumbers& numbers, std::uint32_t flag, const char* name) {
  StartBytes out{};
  store32(out.data(), type_segment_start | flag << 8 | 0xFEU << 24, Order::little);
  store64(out.data() + 4, segment_start_bytes, Order::little);
  store32(out.data() + 12, metadata_words, Order::little);
  std::memcpy(out.data() + 16, name, 8);
  store32(out.data() + 24, 0xDEADBEEF, Order::little);
  put_numbers(out.data() + 28, numbers);
  store64(out.data() + 60, segment_start_bytes, Order::little);
  store32(out.data() + 68, type_segment_start | 0xFFU << 24, Order::little);
  return out;
}

std::array<std::uint8_t, segment_end_bytes> segment_end(const SegmentNumbers& numbers) {
  std::array<std::uint8_t, segment_end_bytes> out{};
  store32(out.data(), type_segment_end | 0xFEU << 24, Order::little);
  store64(out.data() + 4, segment_end_bytes, Order::little);
  store32(out.data() + 16, 0xBEBEFADA, Order::little);
  store32(out.data() + 20, 0xCAFEFADE, Order::little);
  put_numbers(out.data() + 24, numbers);
  store64(out.data() + 56, segment_end_bytes, Order::little);
  store32(out.data() + 64, type_segment_end | 0xFFU << 24, Order::little);
  return out;
}

void check_record(const RecordBytes& record) {
  const bool whole = record.size() >= start_bytes + end_bytes + 4 * metadata_words && record.size() % 4 == 0;
  const std::optional<RecordStart> start = whole ? parse_start(record.data()) : std::nullopt;
  const bool matching = start && start->type == type_data && start->bytes == record.size() &&
                        start_bytes + end_bytes + std::uint64_t{start->metadata_words} * 4 <= record.size();
  if (!matching || !parse_metadata(Bytes(record).subspan(start_bytes, std::size_t{start->metadata_words} * 4))) {
    throw Error(Code::bad_value, "a record to be appended was not assembled for RSF");
  }
}

void put_entry(std::vector<std::uint8_t>& directory, std::uint64_t offset, const RecordBytes& record) {
  const std::uint32_t words = parse_start(record.data())->metadata_words;
  const std::size_t at = directory.size();
  directory.resize(at + entry_head_bytes + std::size_t{words} * 4);
  store64(directory.data() + at, offset, Order::little);
  store64(directory.data() + at + 8, record.size(), Order::little);
  store32(directory.data() + at + 24, words << 16 | words, Order::little);
  std::copy_n(record.data() + start_bytes, std::size_t{words} * 4, directory.data() + at + entry_head_bytes);
}

void finish_directory(std::vector<std::uint8_t>& directory, std::uint32_t count) {
  directory.resize(directory.size() + end_bytes);
  store32(directory.data(), type_directory | 1U << 8 | 0xFEU << 24, Order::little);
  store64(directory.data() + 4, directory.size(), Order::little);
  store32(directory.data() + start_bytes, count, Order::little);
  std::uint8_t* end = directory.data() + directory.size() - end_bytes;
  store64(end, directory.size(), Order::little);
  store32(end + 8, type_directory | 1U << 8 | 0xFFU << 24, Order::little);
}

/** What the chain of segments says about the state of a file. */
struct Chain {
  std::uint32_t write_flag = 0;
  std::uint64_t last = 0;   // start of the last segment
  bool last_is_ours = false;
  bool last_is_open = false;
};

Chain follow(const OutputFile& file) {
  Chain chain;
  const std::uint64_t size = file.size();
  std::uint64_t at = 0;
  while (at < size) {
    StartBytes bytes;
    file.read(at, bytes);
    const std::optional<SegmentStart> segment = parse_segment_start(bytes.data());
    if (!segment) throw Error(Code::damaged_file, "a segment of the file does not begin as it should", at);
    if (at == 0) chain.write_flag = segment->write_flag;
    chain.last = at;
    chain.last_is_ours = std::memcmp(bytes.data() + 16, open_signature, 8) == 0;
    chain.last_is_open = segment->bytes == 0;
    if (chain.last_is_open) return chain;
    if (segment->bytes < empty_segment_bytes || !inside(at, segment->bytes, size)) {
      throw Error(Code::truncated_file, "the file ends inside a segment", at);
    }
    at += segment->bytes;
  }
  return chain;
}

void set_flag(OutputFile& file, std::uint32_t flag) {
  std::array<std::uint8_t, 4> word;
  store32(word.data(), type_segment_start | flag << 8 | 0xFEU << 24, Order::little);
  file.write(0, word);
}

void check_tail(const OutputFile& file) {
  std::array<std::uint8_t, 48> tail;
  file.read(file.size() - tail.size(), tail);
  if (load32(tail.data(), Order::little) != 0xCAFEFADE) {
    throw Error(Code::damaged_file, "the file does not end with the end of a segment; copy it to a new file",
                file.size() - tail.size());
  }
}

}  // namespace

void open_for_change(OutputFile& file) {
  const Chain chain = follow(file);
  if (chain.last_is_ours && chain.last_is_open) file.truncate(chain.last);
  if (chain.write_flag != 0 && chain.last_is_ours) {
    set_flag(file, 0);
    file.sync();
  } else if (chain.write_flag != 0 || (chain.last_is_open && !chain.last_is_ours)) {
    throw Error(Code::file_locked, "another program has the file open or left it unfinished; copy it to a new file", 0);
  }
}

void begin(OutputFile& file) {
  const SegmentNumbers numbers{segment_start_bytes, empty_segment_bytes, 0, 0};
  file.write(0, segment_start(numbers, 0, signature));
  file.write(segment_start_bytes, segment_end(numbers));
}

void append(OutputFile& file, std::vector<RecordBytes>& records) {
  std::for_each(records.begin(), records.end(), check_record);
  open_for_change(file);
  check_tail(file);
  if (records.empty()) return;
  const std::uint64_t start = file.size();
  try {
    set_flag(file, exclusive_writer);
    SequentialWriter out(file, start);
    out.put(segment_start({}, metadata_words, open_signature));
    std::vector<std::uint8_t> directory(start_bytes + 4);
    for (RecordBytes& record : records) {
      put_entry(directory, out.position() - start, record);
      out.put(record);
      RecordBytes().swap(record);
    }
    finish_directory(directory, static_cast<std::uint32_t>(records.size()));
    SegmentNumbers numbers{0, 0, out.position() - start, directory.size()};
    out.put(directory);
    numbers.body_bytes = out.position() - start;
    numbers.bytes = numbers.body_bytes + segment_end_bytes;
    out.put(segment_end(numbers));
    out.flush();
    file.sync();
    file.write(start, segment_start(numbers, 0, open_signature));
    file.sync();
    set_flag(file, 0);
    file.write(start + 16, {reinterpret_cast<const std::uint8_t*>(signature), 8});
    file.sync();
  } catch (...) {
    try {
      file.truncate(start);
      set_flag(file, 0);
    } catch (const Error&) {
      // The open segment's signature tells the next writer to finish this.
    }
    throw;
  }
}

}  // namespace polyfst::rsf
