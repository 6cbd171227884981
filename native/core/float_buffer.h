// Room for the values of a batch, not initialised: decoders write every element, and touching the pages twice would cost as
// much as decoding. Large rooms ask for huge pages, which saves most page faults.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace polyfst {

class FloatBuffer {
 public:
  FloatBuffer() = default;
  explicit FloatBuffer(std::size_t count) : count_(count) {
    if (count == 0) return;
    constexpr std::size_t huge = std::size_t{2} << 20;
    if (count > ~std::size_t{0} / 16) throw std::bad_alloc();
    const std::size_t page = count * sizeof(float) >= 2 * huge ? huge : 64;
    bytes_ = (count * sizeof(float) + page - 1) / page * page;
    data_ = static_cast<float*>(std::aligned_alloc(page, bytes_));
    if (data_ == nullptr) throw std::bad_alloc();
#if defined(__linux__)
    if (page == huge) madvise(data_, bytes_, MADV_HUGEPAGE);
#endif
  }
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
  ~FloatBuffer() { std::free(data_); }

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
