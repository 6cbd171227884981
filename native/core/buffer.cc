// Rooms: those that were given back, and fresh ones.
#include "core/buffer.h"

#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace polyfst {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t most_kept = std::size_t{48} << 20;

/** Large rooms that were given back. */
class Spare {
 public:
  /** A room of at least `bytes` and at most half as much again, or none. */
  Room take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < rooms_.size(); ++i) {
      const Room room = rooms_[i];
      if (room.bytes < bytes || room.bytes > bytes + bytes / 2) continue;
      rooms_[i] = rooms_.back();
      rooms_.pop_back();
      kept_ -= room.bytes;
      return room;
    }
    return {};
  }
  /** True when the room is kept; else the caller frees it. */
  bool give(const Room& room) noexcept {
    const std::lock_guard lock(mutex_);
    if (room.bytes < huge_page || kept_ + room.bytes > most_kept || rooms_.size() == rooms_.capacity()) return false;
    rooms_.push_back(room);
    kept_ += room.bytes;
    return true;
  }

  Spare() { rooms_.reserve(16); }

 private:
  std::mutex mutex_;
  std::vector<Room> rooms_;
  std::size_t kept_ = 0;
};

/** Never destroyed: collectors of other threads may give rooms back while the process ends. */
Spare& spare() {
  static Spare* const kept = new Spare;
  return *kept;
}

Room fresh(std::size_t bytes) {
  const std::size_t by_huge = (bytes + huge_page - 1) / huge_page * huge_page;
  const std::size_t page = by_huge - bytes <= bytes / 8 ? huge_page : 64;
  const std::size_t rounded = (bytes + page - 1) / page * page;
  void* const data = std::aligned_alloc(page, rounded);
  if (data == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  if (page == huge_page) madvise(data, rounded, MADV_HUGEPAGE);
#endif
  return {data, rounded};
}

}  // namespace

Room take_room(std::size_t bytes) {
  const Room kept = bytes >= huge_page ? spare().take(bytes) : Room{};
  return kept.data == nullptr ? fresh(bytes) : kept;
}

void give_room(Room room) noexcept {
  if (!spare().give(room)) std::free(room.data);
}

}  // namespace polyfst
