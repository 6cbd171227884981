#include "core/xdf_change.h"

#include <algorithm>

#include "core/scan.h"

namespace polyfst::xdf {

Page::Page(std::uint32_t address) : bytes_(page_bytes) {
  set(0, page_units);
  set(1, address);
}

Page::Page(const OutputFile& file, std::uint32_t address) : bytes_(page_bytes) {
  file.read(byte_of(address), bytes_);
  if (word(0) != page_units || word(1) != address) {
    throw Error(Code::damaged_file, "a directory page is not where it should be", byte_of(address));
  }
}

void Page::add(const std::uint8_t* from) {
  std::copy_n(from, entry_words * 4, entry(used()));
  set_used(used() + 1);
}

void Page::store(OutputFile& file) {
  set(6, 0);
  std::uint32_t parity = page_parity(bytes_.data());  // of the bytes as they lie, hence not through set()
  std::memcpy(bytes_.data() + 24, &parity, 4);
  file.write(byte_of(address()), bytes_);
}

void store_header(OutputFile& file, const HeaderImage& header) {
  std::array<std::uint8_t, header_bytes> bytes;
  for (std::size_t i = 0; i < header_words; ++i) store32(bytes.data() + 4 * i, header[i], Order::big);
  file.write(0, bytes);
}

void mark_open(OutputFile& file, const HeaderImage& header) {
  HeaderImage marked = header;
  marked[h_write_flag] = flag_append;
  marked[h_reserved] = writer_mark;
  store_header(file, marked);
}

/** Brings a file back to what its header says was committed. */
class Repair {
 public:
  static void run(OutputFile& file, HeaderImage& header) {
    const std::uint64_t committed = std::uint64_t{header[h_size]} * 8;
    if (file.size() < committed) throw Error(Code::truncated_file, "the file is shorter than its header says", committed);
    file.truncate(committed);
    Page last(file, header[h_last_page]);
    if (!last.sound()) refill(file, last, committed);
    drop_uncommitted(last, committed);
    last.set_next(0);
    last.store(file);
    const std::uint32_t records = static_cast<std::uint32_t>(xdf::scan(file).count());
    if (records < header[h_records]) header[h_erasures] += header[h_records] - records;
    header[h_records] = records;
    header[h_write_flag] = 0;
    header[h_reserved] = 0;
    file.sync();
    store_header(file, header);
    file.sync();
  }

 private:
  static void drop_uncommitted(Page& page, std::uint64_t committed) {
    std::uint32_t keep = 0;
    while (keep < page.used() && byte_of(load32(page.entry(keep) + 4, Order::big)) < committed) ++keep;
    page.set_used(keep);
  }

  /** Fills a torn page again from the records behind it, which are exactly its own. */
  static void refill(OutputFile& file, Page& page, std::uint64_t committed) {
    Page fresh(page.address());
    walk(file, byte_of(page.address()) + page_bytes, committed, [&](std::uint64_t, const RecordHead& head) {
      if (fresh.full()) return false;
      std::array<std::uint8_t, entry_words * 4> entry;
      for (std::size_t i = 0; i < entry_words; ++i) store32(entry.data() + 4 * i, head[i], Order::big);
      fresh.add(entry.data());
      return true;
    });
    page = std::move(fresh);
  }
};

HeaderImage open_for_change(OutputFile& file) {
  const Header parsed = read_header(file);
  if (!parsed.random) throw Error(Code::unsupported_type, "sequential XDF files cannot be changed; copy the records");
  std::array<std::uint8_t, header_bytes> bytes;
  file.read(0, bytes);
  HeaderImage header;
  copy_words(header.data(), bytes.data(), header_words, Order::big);
  if (header[h_write_flag] != 0 && header[h_reserved] == writer_mark) Repair::run(file, header);
  if (header[h_write_flag] != 0 || file.size() > parsed.bytes) {
    throw Error(Code::file_locked, "another program has the file open or left it unfinished; copy it to a new file", 56);
  }
  if (file.size() < parsed.bytes) {
    throw Error(Code::truncated_file, "the file is shorter than its header says", file.size());
  }
  if (header[h_pages] == 0 || header[h_pages] > max_pages) {
    throw Error(Code::damaged_file, "the file announces an impossible number of directory pages", 28);
  }
  return header;
}

}  // namespace polyfst::xdf
