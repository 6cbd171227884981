// The linear way through an XDF file: block by block, each telling its length and address.
#include <algorithm>

#include "core/scan.h"
#include "core/window.h"
#include "core/xdf.h"

namespace polyfst::xdf {

namespace {

RecordHead head_of(Bytes bytes) {
  RecordHead head;
  copy_words(head.data(), bytes.data(), entry_words, Order::big);
  return head;
}

/** Bytes of the units between a record of a sequential file and the next: a postfix of two units. */
constexpr std::uint64_t postfix_bytes = 16;

}  // namespace

std::uint64_t walk(const Source& source, std::uint64_t from, std::uint64_t to,
                   const std::function<bool(std::uint64_t, const RecordHead&)>& visit) {
  Window window(source);
  std::uint64_t at = from;
  while (inside(at, 8, to)) {
    const Bytes start = window.at(at, 8);
    if (start.empty()) break;
    const std::uint32_t word0 = load32(start.data(), Order::big);
    const std::uint64_t bytes = std::uint64_t{units_of(word0)} * 8;
    const bool page = type_of(word0) == 0;
    if (load32(start.data() + 4, Order::big) != at / 8 + 1 || !inside(at, bytes, to)) break;
    if (page ? bytes != page_bytes : bytes < prefix_bytes) break;
    if (!page) {
      const Bytes head = window.at(at, entry_words * 4);
      if (head.empty() || !visit(at, head_of(head))) break;
    }
    at += bytes;
  }
  return at;
}

RecordTable scan_sequential(const Source& source, std::uint64_t size) {
  RecordTable table(Container::xdf);
  Window window(source);
  std::uint64_t at = header_bytes;
  bool ended = false;
  while (!ended && inside(at, 8, size)) {
    const Bytes start = window.at(at, 8);
    if (start.empty()) break;
    const std::uint32_t word0 = load32(start.data(), Order::big);
    const std::uint32_t type = type_of(word0);
    const std::uint64_t bytes = std::uint64_t{units_of(word0)} * 8;
    if (load32(start.data() + 4, Order::big) != at / 8 + 1) break;
    if (type >= 112 && type <= 127) {  // end-of-file marks; level 15 ends the file, lower ones only a part of it
      ended = type == 127;
      at += std::max<std::uint64_t>(bytes, 8);
      continue;
    }
    const Bytes head = window.at(at, entry_words * 4);
    if (bytes < prefix_bytes || head.empty()) break;
    if (is_record(type)) add_record(table, at, head_of(head).data());
    if (!inside(at, bytes, size)) break;
    at += bytes + postfix_bytes;
  }
  if (!ended) table.mark_incomplete();
  return table;
}

}  // namespace polyfst::xdf
