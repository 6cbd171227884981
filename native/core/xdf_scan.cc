// Directory of an XDF file. The usual file costs one read a page. What does not add up is first taken for a writer at work
// (only what it has committed counts), then for damage (records are found by their own headers).
#include <algorithm>
#include <array>
#include <optional>

#include "core/scan.h"
#include "core/xdf.h"

namespace polyfst::xdf {

RecordTable scan_sequential(const Source& source, std::uint64_t size);

std::uint32_t page_parity(const std::uint8_t* page) {
  std::uint32_t parity = 0;
  for (std::size_t at = 16; at < page_bytes; at += 4) {
    std::uint32_t word;
    std::memcpy(&word, page + at, 4);
    parity ^= word;
  }
  return parity;
}

namespace {

Header parse_header(const std::uint8_t* bytes) {
  const auto word = [&](std::size_t i) { return load32(bytes + 4 * i, Order::big); };
  const std::uint32_t shape = word(h_primary), auxiliary = word(h_auxiliary);
  if (units_of(word(0)) != header_bytes / 8 || shape != (16U << 16 | 9U) || auxiliary != (2U << 16 | 1U)) {
    throw Error(Code::not_fst, "the XDF header describes other keys than those of an RPN standard file", 40);
  }
  return {std::uint64_t{word(h_size)} * 8, word(h_pages), word(h_records), word(h_write_flag), word(3) == sign_random};
}

/** A pass over the pages: how far it came and what was wrong. */
struct Pass {
  Header header;
  std::uint64_t size;
  std::uint32_t good_pages = 0;
  bool bad_page = false;       // parity or own address wrong
  bool broken_chain = false;   // a page is not where it should be
  bool cut_page = false;       // a page reaches beyond the end of the file
  bool stray_entry = false;    // an entry points beyond the file
};

bool open_for_write(const Pass& pass) { return pass.header.write_flag != 0 || pass.size > pass.header.bytes; }

class DirectoryReader {
 public:
  explicit DirectoryReader(const Source& source) : source_(source), table_(Container::xdf) {}

  RecordTable run(Extent extent) {
    Pass pass = read_pages();
    // A writer may commit between our reads; its header is the last thing that it writes.
    for (int attempt = 0; attempt < 3 && suspicious(pass); ++attempt) {
      const Pass again = read_pages();
      const bool settled = again.header == pass.header && again.size == pass.size;
      pass = again;
      if (settled) break;
    }
    if (!pass.header.random) return scan_sequential(source_, pass.size);
    const bool unfinished = open_for_write(pass) || pass.size < pass.header.bytes;
    if (unfinished && extent == Extent::everything) {
      table_ = std::move(walk_to(pass.size).table);
    } else if (suspicious(pass)) {
      recover(pass);
    }
    if (unfinished) table_.mark_incomplete();
    return std::move(table_);
  }

 private:
  static bool suspicious(const Pass& pass) {
    return pass.header.random && (pass.bad_page || pass.broken_chain || pass.cut_page || pass.stray_entry);
  }

  Pass read_pages() {
    table_.clear();
    const std::size_t got = source_.read_some(0, first_);
    if (got < header_bytes) throw Error(Code::truncated_file, "the file ends inside its header", got);
    Pass pass{parse_header(first_.data()), source_.size()};
    if (!pass.header.random) return pass;
    if (pass.header.pages > max_pages) {
      pass.broken_chain = true;
      return pass;
    }
    table_.reserve(std::min<std::uint64_t>(pass.header.records, pass.size / prefix_bytes));
    std::uint32_t address = header_bytes / 8 + 1;
    for (std::uint32_t p = 0; p < pass.header.pages; ++p) {
      const std::uint8_t* page = load_page(address, got, pass);
      if (page == nullptr) return pass;
      address = take_page(page, address, pass);
      if (address == 0 && p + 1 < pass.header.pages) {
        pass.broken_chain = true;
        return pass;
      }
    }
    return pass;
  }

  const std::uint8_t* load_page(std::uint32_t address, std::size_t got, Pass& pass) {
    const std::uint64_t at = byte_of(address);
    if (at == header_bytes && got == first_.size()) return first_.data() + header_bytes;
    if (!inside(at, page_bytes, pass.size)) {
      pass.cut_page = inside(at, 0, pass.header.bytes);
      pass.broken_chain = !pass.cut_page;
      return nullptr;
    }
    page_.resize(page_bytes);
    if (source_.read_some(at, page_) < page_bytes) {
      pass.cut_page = true;
      return nullptr;
    }
    return page_.data();
  }

  /** Adds the entries of a page that can be believed; gives the address of the next page, 0 for none. */
  std::uint32_t take_page(const std::uint8_t* page, std::uint32_t address, Pass& pass) {
    const auto word = [&](std::size_t i) { return load32(page + 4 * i, Order::big); };
    const std::uint32_t used = word(5);
    if (type_of(word(0)) != 0 || units_of(word(0)) != page_units || word(1) != address) {
      pass.broken_chain = true;
      return 0;
    }
    const bool good = used <= page_entries && page_parity(page) == 0;
    if (good) ++pass.good_pages; else pass.bad_page = true;
    for (std::uint32_t e = 0; e < std::min<std::uint32_t>(used, page_entries); ++e) {
      take_entry(page + 4 * (page_head_words + entry_words * e), good, pass);
    }
    return word(4);
  }

  void take_entry(const std::uint8_t* bytes, bool good, Pass& pass) {
    RecordHead entry;
    copy_words(entry.data(), bytes, entry_words, Order::big);
    if (!is_record(type_of(entry[0]))) return;
    const std::uint64_t at = byte_of(entry[1]);
    const std::uint64_t length = std::uint64_t{units_of(entry[0])} * 8;
    if (!inside(at, length, pass.header.bytes) || length < prefix_bytes) {
      pass.stray_entry = true;
      // Beyond the committed size: the writer that put it there has not finished.
      if (open_for_write(pass) && inside(at, length, pass.size)) return;
      add_record(table_, at, entry.data(), false);
      return;
    }
    if (!inside(at, length, pass.size)) {  // the file was cut: this record is lost, others are not
      add_record(table_, at, entry.data(), false);
      return;
    }
    if (!good) {
      take_doubtful(at, entry);
      return;
    }
    add_record(table_, at, entry.data());
  }

  /** An entry of a damaged page counts as the record that it points at says. */
  void take_doubtful(std::uint64_t at, const RecordHead& entry) {
    std::array<std::uint8_t, entry_words * 4> bytes;
    RecordHead head{};
    if (source_.read_some(at, bytes) == bytes.size()) copy_words(head.data(), bytes.data(), entry_words, Order::big);
    const bool same = head[0] == entry[0] && head[1] == entry[1];
    add_record(table_, at, same ? head.data() : entry.data(), same);
  }

  struct Walked {
    RecordTable table;
    std::uint64_t stop;
  };

  Walked walk_to(std::uint64_t end) const {
    RecordTable found(Container::xdf);
    const std::uint64_t stop = walk(source_, header_bytes, end, [&](std::uint64_t at, const RecordHead& head) {
      if (is_record(type_of(head[0]))) add_record(found, at, head.data());
      return true;
    });
    return {std::move(found), stop};
  }

  /** Looks at the records themselves; what they say wins when the walk reaches the committed end. */
  void recover(const Pass& pass) {
    const bool open = open_for_write(pass);
    if (open && !pass.bad_page && !pass.broken_chain) return;  // only entries that are not committed yet
    const std::uint64_t end = std::min(pass.header.bytes, pass.size);
    auto [found, stop] = walk_to(end);
    const bool whole = stop == end && pass.size >= pass.header.bytes;
    if (whole && !(pass.stray_entry && !pass.bad_page && !pass.broken_chain)) {
      table_ = std::move(found);
      return;
    }
    if (pass.good_pages == 0 && table_.count() == 0) {
      if (found.count() == 0) {
        throw Error(pass.cut_page ? Code::truncated_file : Code::damaged_file,
                    pass.cut_page ? "the file ends inside its directory" : "the directory of the file cannot be read",
                    header_bytes);
      }
      table_ = std::move(found);
    }
    table_.mark_incomplete();
  }

  const Source& source_;
  RecordTable table_;
  std::array<std::uint8_t, header_bytes + page_bytes> first_;
  std::vector<std::uint8_t> page_;
};

}  // namespace

Header read_header(const Source& source) {
  std::array<std::uint8_t, header_bytes> bytes;
  source.read(0, bytes);
  return parse_header(bytes.data());
}

void add_record(RecordTable& table, std::uint64_t offset, const std::uint32_t* words, bool trusted) {
  const Record record = decode_keys(std::span<const std::uint32_t, key_words>(words + 2, key_words), Container::xdf);
  const std::uint64_t bytes = std::uint64_t{units_of(words[0])} * 8;
  const std::uint64_t payload = trusted && bytes > prefix_bytes ? bytes - prefix_bytes : 0;
  table.add({offset, bytes, offset + prefix_bytes, payload}, record);
}

RecordTable scan(const Source& source, Extent extent) {
  return DirectoryReader(source).run(extent);
}

}  // namespace polyfst::xdf
