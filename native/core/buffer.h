// Room for the values of a batch, not initialised: decoders write every element, and touching the pages twice would cost as
// much as decoding. Large rooms ask for huge pages, and a few that were given back wait for the next batch: fresh pages have to
// be cleared by the kernel, which takes longer than to decode into them (docs/benchmarks.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

namespace polyfst {

/** Memory aligned for any element. */
struct Room {
  void* data = nullptr;
  std::size_t bytes = 0;
};

/** Room for at least `bytes` (more than 0) bytes. Throws bad_alloc. */
Room take_room(std::size_t bytes);
void give_room(Room room) noexcept;

template <class T>
class Buffer {
 public:
  Buffer() = default;
  /** Throws bad_alloc. */
  explicit Buffer(std::size_t count) : count_(count) {
    if (count > ~std::size_t{0} / (4 * sizeof(T))) throw std::bad_alloc();
    if (count > 0) room_ = take_room(count * sizeof(T));
  }
  Buffer(Buffer&& other) noexcept : room_(std::exchange(other.room_, {})), count_(std::exchange(other.count_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(room_, other.room_);
    std::swap(count_, other.count_);
    return *this;
  }
  ~Buffer() {
    if (room_.data != nullptr) give_room(room_);
  }

  T* data() { return static_cast<T*>(room_.data); }
  std::size_t size() const { return count_; }
  std::size_t held_bytes() const { return room_.bytes; }
  std::span<T> part(std::size_t start, std::size_t count) { return std::span<T>(data(), count_).subspan(start, count); }
  /** Leaves only the first `count` elements; their memory stays as it is. */
  void shorten(std::size_t count) { count_ = count < count_ ? count : count_; }

 private:
  Room room_;
  std::size_t count_ = 0;
};

using FloatBuffer = Buffer<float>;
using ByteBuffer = Buffer<std::uint8_t>;

}  // namespace polyfst
