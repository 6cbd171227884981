// Room for the values of a batch, not initialised: decoders write every element, and touching the pages twice would cost as
// much as decoding. Large rooms ask for huge pages, and a few that were given back wait for the next batch: fresh pages have to
// be cleared by the kernel, which takes longer than to decode into them (docs/benchmarks.md).
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace polyfst {

class FloatBuffer {
 public:
  FloatBuffer() = default;
  /** Throws bad_alloc. */
  explicit FloatBuffer(std::size_t count);
  FloatBuffer(FloatBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        count_(std::exchange(other.count_, 0)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  FloatBuffer& operator=(FloatBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~FloatBuffer();

  float* data() { return data_; }
  std::size_t size() const { return count_; }
  std::size_t held_bytes() const { return bytes_; }
  std::span<float> part(std::size_t start, std::size_t count) { return std::span<float>(data_, count_).subspan(start, count); }

 private:
  float* data_ = nullptr;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace polyfst
