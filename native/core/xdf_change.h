// Header and pages of an XDF file that is being changed, and the order in which they reach the disk. While a change is under
// way the header carries a write flag and a mark of this writer, so that the next one can tell a dead predecessor from another
// program at work.
#pragma once

#include <array>
#include <vector>

#include "core/output.h"
#include "core/xdf.h"

namespace polyfst::xdf {

/** In the header's reserved word while this writer is at work: "PFST". */
inline constexpr std::uint32_t writer_mark = 0x50465354;
inline constexpr std::uint32_t flag_append = 4;

/** A directory page in memory, in file order. */
class Page {
 public:
  /** An empty page. */
  explicit Page(std::uint32_t address);
  /** Reads the page; throws damaged_file when it cannot be believed. */
  Page(const OutputFile& file, std::uint32_t address);

  std::uint32_t address() const { return word(1); }
  std::uint32_t next() const { return word(4); }
  std::uint32_t used() const { return word(5); }
  bool full() const { return used() == page_entries; }
  bool sound() const { return used() <= page_entries && page_parity(bytes_.data()) == 0; }

  void set_next(std::uint32_t address) { set(4, address); }
  void set_used(std::uint32_t count) { set(5, count); }
  std::uint8_t* entry(std::uint32_t index) { return bytes_.data() + 4 * (page_head_words + entry_words * index); }
  void add(const std::uint8_t* entry);
  /** Puts the parity right and writes the page. */
  void store(OutputFile& file);

 private:
  std::uint32_t word(std::size_t i) const { return load32(bytes_.data() + 4 * i, Order::big); }
  void set(std::size_t i, std::uint32_t value) { store32(bytes_.data() + 4 * i, value, Order::big); }
  std::vector<std::uint8_t> bytes_;
};

/** The file header in host order. */
using HeaderImage = std::array<std::uint32_t, header_words>;

void store_header(OutputFile& file, const HeaderImage& header);

/**
 * Header of a random file that may be changed: closed, or left behind by a dead writer of ours and put right here.
 * Throws file_locked when another program has it open or left it unfinished, unsupported_type for sequential files.
 */
HeaderImage open_for_change(OutputFile& file);

/** Sets the write flag and the mark on the disk; `header` itself stays as it is. */
void mark_open(OutputFile& file, const HeaderImage& header);

}  // namespace polyfst::xdf
