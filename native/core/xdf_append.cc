// Records onto the end of an XDF file. Order on the disk: write flag, records, pages from the last to the first, header; the
// header is the commit point, and a failure before it leaves the file as it was.
#include <algorithm>

#include "core/write.h"
#include "core/xdf_change.h"

namespace polyfst::xdf {

namespace {

constexpr std::uint64_t most_units = 0xFFFFFFFF;  // addresses have 32 bits

void check_record(const RecordBytes& record) {
  const bool whole = record.size() >= prefix_bytes && record.size() % 8 == 0;
  const std::uint32_t word0 = whole ? load32(record.data(), Order::big) : 0;
  if (!whole || type_of(word0) != 1 || std::uint64_t{units_of(word0)} * 8 != record.size()) {
    throw Error(Code::bad_value, "a record to be appended was not assembled for XDF");
  }
}

class Appender {
 public:
  Appender(OutputFile& file, std::vector<RecordBytes>& records) : file_(file), records_(records) {}

  void run() {
    std::for_each(records_.begin(), records_.end(), check_record);
    before_ = open_for_change(file_);
    if (records_.empty()) return;
    header_ = before_;
    pages_.emplace_back(file_, header_[h_last_page]);
    const Page old_page = pages_.front();
    if (!old_page.sound()) {
      throw Error(Code::damaged_file, "the last directory page is damaged; copy the file", byte_of(old_page.address()));
    }
    check_room();
    try {
      write_all();
    } catch (...) {
      undo(old_page);
      throw;
    }
  }

 private:
  void check_room() const {
    const std::uint64_t free = page_entries - pages_.front().used();
    const std::uint64_t more = records_.size() > free ? (records_.size() - free + page_entries - 1) / page_entries : 0;
    if (header_[h_pages] + more > max_pages) {
      throw Error(Code::too_large, "an XDF file holds at most 262144 records; begin a new file or write RSF");
    }
    std::uint64_t units = header_[h_size] + more * page_units;
    for (const RecordBytes& record : records_) units += record.size() / 8;
    if (units > most_units) throw Error(Code::too_large, "an XDF file holds at most 32 GiB; begin a new file or write RSF");
  }

  void write_all() {
    mark_open(file_, before_);
    file_.sync();
    SequentialWriter out(file_, std::uint64_t{header_[h_size]} * 8);
    for (RecordBytes& record : records_) place(record, out);
    out.flush();
    file_.sync();
    for (auto page = pages_.rbegin(); page != pages_.rend(); ++page) page->store(file_);
    file_.sync();
    header_[h_size] = static_cast<std::uint32_t>(out.position() / 8);
    header_[h_pages] += static_cast<std::uint32_t>(pages_.size() - 1);
    header_[h_last_page] = pages_.back().address();
    header_[h_extensions] += static_cast<std::uint32_t>(records_.size());
    header_[h_records] += static_cast<std::uint32_t>(records_.size());
    store_header(file_, header_);
    file_.sync();
  }

  void place(RecordBytes& record, SequentialWriter& out) {
    if (pages_.back().full()) {
      const auto address = static_cast<std::uint32_t>(out.position() / 8 + 1);
      pages_.back().set_next(address);
      pages_.emplace_back(address);
      out.put(std::vector<std::uint8_t>(page_bytes));
    }
    store32(record.data() + 4, static_cast<std::uint32_t>(out.position() / 8 + 1), Order::big);
    pages_.back().add(record.data());
    header_[h_biggest] = std::max(header_[h_biggest], units_of(load32(record.data(), Order::big)));
    out.put(record);
  }

  void undo(Page page) noexcept {
    try {
      page.store(file_);
      store_header(file_, before_);
      file_.truncate(std::uint64_t{before_[h_size]} * 8);
    } catch (...) {
      // The mark in the header tells the next writer to finish this.
    }
  }

  OutputFile& file_;
  std::vector<RecordBytes>& records_;
  HeaderImage before_{}, header_{};
  std::vector<Page> pages_;
};

constexpr std::uint32_t text_word(const char* text) {
  return static_cast<std::uint32_t>(text[0]) << 24 | static_cast<std::uint32_t>(text[1]) << 16 |
         static_cast<std::uint32_t>(text[2]) << 8 | static_cast<std::uint32_t>(text[3]);
}

/** Descriptor of the key whose last bit is that of the k-th 32-bit word. */
constexpr std::uint32_t key_place(std::uint32_t k) { return (32 * k + 31) << 19 | 31U << 14; }

}  // namespace

void begin(OutputFile& file) {
  HeaderImage header{};
  header[0] = header_bytes / 8;
  header[2] = version_word;
  header[3] = sign_random;
  header[h_size] = (header_bytes + page_bytes) / 8;
  header[h_pages] = 1;
  header[h_last_page] = header_bytes / 8 + 1;
  header[h_primary] = 16U << 16 | 9;
  header[h_auxiliary] = 2U << 16 | 1;
  for (std::uint32_t k = 0; k < key_words; ++k) {
    const char name[] = {'S', 'F', static_cast<char>('0' + (k + 1) / 10), static_cast<char>('0' + (k + 1) % 10)};
    header[16 + 2 * k] = text_word(name);
    header[17 + 2 * k] = key_place(k);
  }
  for (std::uint32_t k = 0; k < 2; ++k) {
    header[48 + 2 * k] = text_word(k == 0 ? "AXI1" : "AXI2");
    header[49 + 2 * k] = key_place(k);
  }
  store_header(file, header);
  Page(header[h_last_page]).store(file);
}

void append(OutputFile& file, std::vector<RecordBytes>& records) { Appender(file, records).run(); }

}  // namespace polyfst::xdf
