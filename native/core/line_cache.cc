// Short aligned lines of data files.
#include "core/line_cache.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace polyfst {

namespace {

constexpr std::size_t first_places = 16, slot_bytes = LineCache::line_bytes + sizeof(std::uint64_t);

std::atomic<std::size_t> held{0};

/** Takes room of the process's share; false when there is none. */
bool take(std::size_t bytes) {
  if (held.fetch_add(bytes) + bytes <= LineCache::most_bytes) return true;
  held.fetch_sub(bytes);
  return false;
}

}  // namespace

LineCache::~LineCache() { held.fetch_sub(keys_.size() * slot_bytes); }

std::size_t LineCache::held_bytes() { return held.load(); }

void LineCache::clear() {
  held.fetch_sub(keys_.size() * slot_bytes);
  keys_ = {};
  lines_ = {};
  count_ = 0;
}

/** Place of a line, or the free one where it would be. There is always a free one. */
std::size_t LineCache::place(std::uint64_t line) const {
  const std::size_t mask = keys_.size() - 1;
  std::uint64_t hash = (line + 1) * 0x9E3779B97F4A7C15U;
  hash ^= hash >> 32;
  std::size_t at = hash & mask;
  while (keys_[at] != 0 && keys_[at] != line + 1) at = (at + 1) & mask;
  return at;
}

/** Twice the places; false when the process holds enough. */
bool LineCache::grow() {
  const std::size_t places = std::max(first_places, 2 * keys_.size());
  std::vector<std::uint64_t> keys(places);
  std::vector<std::uint8_t> lines(places * line_bytes);
  if (!take((places - keys_.size()) * slot_bytes)) return false;
  keys.swap(keys_);
  lines.swap(lines_);
  for (std::size_t k = 0; k < keys.size(); ++k) {
    if (keys[k] == 0) continue;
    const std::size_t at = place(keys[k] - 1);
    keys_[at] = keys[k];
    std::memcpy(lines_.data() + at * line_bytes, lines.data() + k * line_bytes, line_bytes);
  }
  return true;
}

void LineCache::keep(std::uint64_t line, const std::uint8_t* bytes) {
  if (4 * (count_ + 1) > 3 * keys_.size() && !grow()) {
    clear();
    if (!grow()) return;
  }
  const std::size_t at = place(line);
  if (keys_[at] == 0) ++count_;
  keys_[at] = line + 1;
  std::memcpy(lines_.data() + at * line_bytes, bytes, line_bytes);
}

/** From one line or two neighbours; false when one is not there. */
bool LineCache::copy(std::uint64_t offset, MutableBytes out) {
  if (keys_.empty()) return false;
  for (std::size_t done = 0; done < out.size();) {
    const std::uint64_t line = (offset + done) / line_bytes;
    const std::size_t at = place(line);
    if (keys_[at] == 0) return false;
    const std::size_t from = (offset + done) % line_bytes;
    const std::size_t some = std::min(out.size() - done, line_bytes - from);
    std::memcpy(out.data() + done, lines_.data() + at * line_bytes + from, some);
    done += some;
  }
  return true;
}

bool LineCache::recall(std::uint64_t offset, MutableBytes out) {
  const std::lock_guard guard(lock_);
  return copy(offset, out);
}

void LineCache::remember(std::uint64_t begin, Bytes part, std::uint64_t offset, std::size_t count) {
  const std::lock_guard guard(lock_);
  for (std::uint64_t line = offset / line_bytes; line * line_bytes < offset + count; ++line) {
    const std::uint64_t at = line * line_bytes;
    if (at >= begin && at - begin + line_bytes <= part.size()) keep(line, part.data() + (at - begin));
  }
}

void LineCache::read(const Source& source, std::uint64_t offset, MutableBytes out) {
  if (recall(offset, out)) return;
  const std::uint64_t first = offset / line_bytes;
  const std::uint64_t last = (offset + out.size() - 1) / line_bytes;
  std::uint8_t bytes[2 * line_bytes];
  const std::size_t wanted = (last - first + 1) * line_bytes;
  const std::size_t got = source.read_some(first * line_bytes, {bytes, wanted});
  const std::size_t skip = offset - first * line_bytes;
  if (got < skip + out.size()) {
    throw Error(Code::truncated_file, "the file ends before the data that it announces", first * line_bytes + got);
  }
  std::memcpy(out.data(), bytes + skip, out.size());
  const std::lock_guard guard(lock_);
  // the last line of a file is not whole, and not kept
  for (std::size_t k = 0; (k + 1) * line_bytes <= got; ++k) keep(first + k, bytes + k * line_bytes);
}

}  // namespace polyfst
