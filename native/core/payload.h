// The packed words of one record, in memory: a view that every decoder reads through, and the buffer that is reused from
// record to record. Behind the payload stand `payload_slack` zero bytes, so that decoders may load words past its end and
// check their position once per step instead of once per token.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/bytes.h"

namespace polyfst {

inline constexpr std::size_t payload_slack = 128;

/** `bytes` bytes of 32-bit words in `order`, followed by payload_slack readable bytes. Bit 0 is the top bit of word 0. */
struct Payload {
  const std::uint8_t* data = nullptr;
  std::size_t bytes = 0;
  Order order = Order::big;

  std::uint64_t bits() const { return std::uint64_t{bytes} * 8; }
  std::uint32_t word(std::size_t index) const { return load32(data + 4 * index, order); }
  /** `width` (1..32) bits from bit `at` on; the caller keeps `at + width` inside the payload. */
  std::uint32_t token(std::uint64_t at, unsigned width) const {
    const std::uint64_t pair = load64(data + 4 * (at >> 5), order);
    return static_cast<std::uint32_t>((pair << (at & 31)) >> (64 - width));
  }
};

class PayloadBuffer {
 public:
  /** Room for `bytes` bytes, contents undefined, with zeroed slack behind. Valid until the next call. */
  MutableBytes resize(std::size_t bytes) {
    if (storage_.size() < bytes + payload_slack) storage_.resize(bytes + payload_slack);
    std::memset(storage_.data() + bytes, 0, payload_slack);
    return {storage_.data(), bytes};
  }
  std::size_t capacity() const { return storage_.size(); }
  void release() { storage_ = {}; }

 private:
  std::vector<std::uint8_t> storage_;
};

}  // namespace polyfst
