// Bytes from files, read only through bounds checks: word loads of both byte orders and a cursor that throws at the end
// instead of passing it. `base` of a cursor is the file offset of its first byte, so that errors can say where.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/error.h"

namespace polyfst {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

enum class Order : std::uint8_t { big, little };

static_assert(std::endian::native == std::endian::little, "the core is written for little-endian machines");

constexpr std::uint32_t swap32(std::uint32_t w) { return __builtin_bswap32(w); }

inline std::uint32_t load32(const std::uint8_t* p, Order order) {
  std::uint32_t w;
  std::memcpy(&w, p, 4);
  return order == Order::big ? swap32(w) : w;
}

inline void store32(std::uint8_t* p, std::uint32_t w, Order order) {
  if (order == Order::big) w = swap32(w);
  std::memcpy(p, &w, 4);
}

/** 64-bit number as two words, most significant first, each word in file order (both containers do so). */
inline std::uint64_t load64(const std::uint8_t* p, Order order) {
  return std::uint64_t{load32(p, order)} << 32 | load32(p + 4, order);
}

inline void store64(std::uint8_t* p, std::uint64_t v, Order order) {
  store32(p, static_cast<std::uint32_t>(v >> 32), order);
  store32(p + 4, static_cast<std::uint32_t>(v), order);
}

/** Copies words, turning file order into host order or back. `count` words must exist on both sides. */
inline void copy_words(std::uint32_t* to, const std::uint8_t* from, std::size_t count, Order order) {
  if (count == 0) return;  // an empty vector may have no address, and memcpy wants one
  if (order == Order::little) {
    std::memcpy(to, from, count * 4);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) to[i] = load32(from + 4 * i, Order::big);
}

/** True when [offset, offset + length) lies inside `size` bytes; safe for any numbers. */
constexpr bool inside(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
  return offset <= size && length <= size - offset;
}

/** Forward reader of 32-bit words over a span; every step is checked. */
class Cursor {
 public:
  Cursor(Bytes bytes, Order order, std::uint64_t base = 0) : bytes_(bytes), order_(order), base_(base) {}

  std::size_t position() const { return at_; }
  std::size_t remaining() const { return bytes_.size() - at_; }
  std::uint64_t file_offset() const { return base_ + at_; }

  std::uint32_t word() { return load32(take(4).data(), order_); }
  std::uint64_t long_word() { return load64(take(8).data(), order_); }
  void skip(std::size_t count) { take(count); }

  Bytes take(std::size_t count) {
    if (count > remaining()) throw Error(Code::damaged_file, "data end before they should", file_offset());
    const Bytes out = bytes_.subspan(at_, count);
    at_ += count;
    return out;
  }

 private:
  Bytes bytes_;
  Order order_;
  std::uint64_t base_;
  std::size_t at_ = 0;
};

}  // namespace polyfst
