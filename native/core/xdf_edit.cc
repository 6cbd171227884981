// Deletions and changes of keys in an XDF file: first in the records themselves, then in the directory pages, then the header.
// The pages are what readers believe, so a page is one step.
#include <algorithm>
#include <map>

#include "core/write.h"
#include "core/xdf_change.h"

namespace polyfst::xdf {

namespace {

constexpr std::uint32_t deleted_record = 0xFFU << 24;

class Editor {
 public:
  Editor(OutputFile& file, const std::vector<Edit>& edits) : file_(file), edits_(edits) {}

  void run() {
    const HeaderImage before = open_for_change(file_);
    header_ = before;
    load_pages();
    index_entries();
    for (const Edit& edit : edits_) apply(edit);
    if (heads_.empty()) return;
    mark_open(file_, before);
    file_.sync();
    for (const auto& [offset, head] : heads_) file_.write(offset, head);
    file_.sync();
    for (auto page = pages_.rbegin(); page != pages_.rend(); ++page) {
      if (touched_.contains(page->address())) page->store(file_);
    }
    file_.sync();
    store_header(file_, header_);
    file_.sync();
  }

 private:
  void load_pages() {
    std::uint32_t address = header_bytes / 8 + 1;
    for (std::uint32_t p = 0; p < header_[h_pages]; ++p) {
      pages_.emplace_back(file_, address);
      if (!pages_.back().sound()) {
        throw Error(Code::damaged_file, "a directory page is damaged; copy the file", byte_of(address));
      }
      address = pages_.back().next();
    }
  }

  void index_entries() {
    for (Page& page : pages_) {
      for (std::uint32_t e = 0; e < page.used(); ++e) {
        const std::uint8_t* entry = page.entry(e);
        if (!is_record(type_of(load32(entry, Order::big)))) continue;
        entries_[byte_of(load32(entry + 4, Order::big))] = {&page, e};
      }
    }
  }

  void apply(const Edit& edit) {
    const auto found = entries_.find(edit.offset);
    if (found == entries_.end()) {
      throw Error(Code::record_not_found, "no record begins at the offset that is to be changed", edit.offset);
    }
    if (edit.metadata) throw Error(Code::unsupported_type, "XDF records hold no extended metadata; write RSF", edit.offset);
    auto& [page, index] = found->second;
    std::uint8_t* entry = page->entry(index);
    if (edit.keys.any()) change_keys(entry, edit.keys);
    if (edit.remove) {
      store32(entry, deleted_record | units_of(load32(entry, Order::big)), Order::big);
      ++header_[h_erasures];
      --header_[h_records];
    }
    touched_[page->address()] = true;
    std::copy_n(entry, entry_words * 4, heads_[edit.offset].begin());
    if (edit.remove) entries_.erase(found);
  }

  static void change_keys(std::uint8_t* entry, const KeyChanges& changes) {
    std::array<std::uint32_t, key_words> words;
    copy_words(words.data(), entry + 8, key_words, Order::big);
    Record record = decode_keys(words, Container::xdf);
    changes.apply(record);
    encode_keys(record, Container::xdf, words);
    for (std::size_t i = 0; i < key_words; ++i) store32(entry + 8 + 4 * i, words[i], Order::big);
  }

  OutputFile& file_;
  const std::vector<Edit>& edits_;
  HeaderImage header_{};
  std::vector<Page> pages_;
  std::map<std::uint64_t, std::pair<Page*, std::uint32_t>> entries_;
  std::map<std::uint64_t, std::array<std::uint8_t, entry_words * 4>> heads_;
  std::map<std::uint32_t, bool> touched_;
};

}  // namespace

void edit(OutputFile& file, const std::vector<Edit>& edits) { Editor(file, edits).run(); }

}  // namespace polyfst::xdf
