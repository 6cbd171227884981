// Decoder of datyp 133.
#include "core/ieee_rows.h"

namespace polyfst {

namespace {
enum Codes : std::uint32_t { plain_mantissas = 0x01, exponents_follow = 0x08, all_negative = 0x10, signs_follow = 0x20 };
}

Stream IeeeRows::block(const std::uint8_t* data, std::uint64_t end, std::size_t& word) const {
  const std::uint64_t start = std::uint64_t{word} * 32 + 32;
  if (start > end) stream_failure("the compressed stream ends in its headers");
  const std::uint32_t bytes = load32(data + 4 * word, Order::big);
  if (bytes % 4 != 0 || bytes > (end - start) / 8) stream_failure("a block of the compressed stream has an impossible length");
  word += 1 + bytes / 4;
  return {data, start, start + std::uint64_t{bytes} * 8};
}

void IeeeRows::open(const std::uint8_t* data, std::size_t bytes, std::uint32_t ni, std::uint32_t nj, unsigned nbits) {
  if (bytes < 16) stream_failure("the compressed stream ends in its headers");
  const std::uint64_t end = std::uint64_t{bytes} * 8;
  const TurboHead head = turbo_head(load32(data + 4, Order::big));
  if (head.scheme != Scheme::ieee || head.nbits < 7 || head.nbits > 23 || head.nbits + 9 != nbits) {
    stream_failure("the header of the compressed stream does not fit the record's number of bits");
  }
  const std::uint32_t word = load32(data + 8, Order::big);
  const std::uint32_t codes = word & 0xFF;
  ni_ = ni;
  mantissa_bits_ = head.nbits;
  least_exponent_ = word >> 16;
  has_signs_ = (codes & signs_follow) != 0;
  negative_ = (codes & all_negative) != 0;
  has_exponents_ = (codes & exponents_follow) != 0;
  if ((has_signs_ && negative_) || (codes & plain_mantissas) != 0) {
    stream_failure("the compressed stream uses a code that no writer produces");
  }
  std::size_t at = 3;
  if (has_signs_) signs_.open(block(data, end, at), std::uint64_t{ni} * nj);
  if (has_exponents_) {
    const unsigned width = (word >> 8) & 0xFF;
    if (width > 8) stream_failure("the exponents are wider than those of float32");
    exponents_.open(block(data, end, at), ni, nj, exponent_rules(width));
  }
  // one more word, the mantissas' length, is not to be trusted
  mantissas_.open({data, (std::uint64_t{at} + 1) * 32, end}, ni, nj, mantissa_rules(head.nbits));
  if (has_signs_ && sign_row_.size() < ni) sign_row_.resize(ni);
}

unsigned IeeeRows::next(float* out) {
  const unsigned rows = mantissas_.next();
  if (rows == 0) return 0;
  if (has_exponents_) exponents_.next();
  const std::uint32_t mask = (1U << mantissa_bits_) - 1;
  const unsigned up = 23 - mantissa_bits_;
  const std::uint32_t base = (negative_ ? 1U << 31 : 0) | (has_exponents_ ? 0 : (least_exponent_ & 255) << 23);
  for (unsigned r = 0; r < rows; ++r) {
    const std::uint32_t* mantissa = mantissas_.row(r);
    auto* bits = reinterpret_cast<std::uint8_t*>(out + std::size_t{r} * ni_);
    const auto put = [bits](std::size_t i, std::uint32_t value) { std::memcpy(bits + 4 * i, &value, 4); };
    if (has_signs_) signs_.next(ni_, sign_row_.data());
    const std::uint16_t* exponent = has_exponents_ ? exponents_.row(r) : nullptr;
    const std::uint32_t least = least_exponent_;
    const std::uint8_t* sign = sign_row_.data();
    if (has_exponents_ && has_signs_) {
      for (std::size_t i = 0; i < ni_; ++i) {
        put(i, std::uint32_t{sign[i]} << 31 | ((exponent[i] + least) & 255) << 23 | (mantissa[i] & mask) << up);
      }
    } else if (has_exponents_) {
      for (std::size_t i = 0; i < ni_; ++i) put(i, base | ((exponent[i] + least) & 255) << 23 | (mantissa[i] & mask) << up);
    } else if (has_signs_) {
      for (std::size_t i = 0; i < ni_; ++i) put(i, base | std::uint32_t{sign[i]} << 31 | (mantissa[i] & mask) << up);
    } else {
      for (std::size_t i = 0; i < ni_; ++i) put(i, base | (mantissa[i] & mask) << up);
    }
  }
  return rows;
}

}  // namespace polyfst
