// Layout and values of uncompressed records.
#include "core/plain.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/kernels.h"

namespace polyfst {

namespace {

constexpr std::size_t block = 1024;  // tokens unpacked at a time, so that they stay in the first-level cache

[[noreturn]] void unsupported(const RecordSpec& spec) {
  throw Error(Code::unsupported_type, "data type " + std::to_string(spec.datyp) + " with " + std::to_string(spec.nbits) +
                                          " bits is not one that a standard file can hold");
}

/** True for a datyp 2 record that fell back from 130: the length tells that its stream starts one word late. */
bool starts_late(std::uint64_t n, unsigned nbits, std::uint64_t payload_bytes) {
  const std::uint64_t units = payload_bytes / 8;
  return nbits <= 16 && units == (n * std::max(nbits, 16U) + 95) >> 6 && units != (n * nbits + 183) >> 6;
}

Layout layout_of(const RecordSpec& spec, std::uint64_t n, std::uint64_t payload_bytes) {
  const unsigned b = spec.nbits;
  const bool narrow = b >= 1 && b <= 32;
  const bool wide_integer = b == 64 && spec.container == Container::rsf;
  Layout out{Meaning::word, b, 0, n, {}, {}};
  switch (spec.datyp & 63) {
    case 0:
      if (b < 1 || b > 64) break;
      out.width = 32;
      out.tokens = (n * b + 31) / 32;
      return out;
    case 1:
      if (!narrow) break;
      out.meaning = Meaning::linear;
      out.first_bit = 120;
      return out;
    case 2:
    case 4: {
      const bool natural = (spec.datyp & 63) == 2;
      if (!narrow && !wide_integer) break;
      out.meaning = natural ? (narrow ? Meaning::natural : Meaning::natural64) : (narrow ? Meaning::offset : Meaning::signed64);
      if (natural && narrow && starts_late(n, b, payload_bytes)) out.first_bit = 32;
      return out;
    }
    case 3:
    case 7:
      out.meaning = (spec.datyp & 63) == 3 ? Meaning::low_first : Meaning::high_first;
      out.width = 8;
      return out;
    case 5:
    case 8:
      if (!narrow && b != 64) break;
      out.meaning = narrow ? Meaning::ieee : Meaning::ieee64;
      if ((spec.datyp & 63) == 8) out.tokens = 2 * n;
      return out;
    case 6:
      if (b < 1 || b > 16) break;
      out.meaning = Meaning::exponent;
      out.width = 16;
      out.first_bit = 96;
      return out;
    default:
      break;
  }
  unsupported(spec);
}

/** Index of character `t` in byte order from the top of word 0: datyp 3 has the first character in the low byte. */
std::uint64_t character(const Layout& layout, std::uint64_t t) { return layout.meaning == Meaning::low_first ? t ^ 3 : t; }

void characters(const Layout& layout, const Payload& payload, std::uint64_t start, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(payload.token(layout.first_bit + 8 * character(layout, start + i), 8));
  }
}

void wide_values(const Layout& layout, const Payload& payload, std::uint64_t start, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = plain_value(layout, payload, start + i);
}

void float_of_tokens(const Layout& layout, const std::uint32_t* tokens, std::size_t count, float* out) {
  const unsigned up = 32 - layout.width;
  switch (layout.meaning) {
    case Meaning::linear:
      if (layout.width == 32) {  // beyond the signed conversions of the kernel
        for (std::size_t i = 0; i < count; ++i) out[i] = layout.linear(tokens[i]);
      } else {
        kernels().linear32(tokens, count, layout.linear, out);
      }
      break;
    case Meaning::exponent:
      kernels().exponent32(tokens, count, layout.exponent, out);
      break;
    case Meaning::natural:
      for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(tokens[i]);
      break;
    case Meaning::offset: {
      const std::uint32_t half = 1U << (layout.width - 1);
      for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(static_cast<std::int32_t>(tokens[i] - half));
      break;
    }
    default:
      for (std::size_t i = 0; i < count; ++i) out[i] = std::bit_cast<float>(tokens[i] << up);
  }
}

}  // namespace

std::uint64_t point_count(const RecordSpec& spec) {
  std::uint64_t n = std::uint64_t{spec.ni} * spec.nj;
  if (n == 0 || spec.nk == 0 || n >> 40 != 0 || __builtin_mul_overflow(n, spec.nk, &n) || n >> 40 != 0) {
    throw Error(Code::bad_dimensions, "dimensions " + std::to_string(spec.ni) + " x " + std::to_string(spec.nj) + " x " +
                                          std::to_string(spec.nk) + " are not those of a field");
  }
  return n;
}

Layout plain_layout(const RecordSpec& spec, std::uint64_t payload_bytes) {
  const std::uint64_t n = point_count(spec);
  const Layout out = layout_of(spec, n, payload_bytes);
  // n has at most 40 bits and a token at most 64, so nothing here overflows
  if (out.bit(out.tokens) > payload_bytes / 4 * 32) {
    throw Error(Code::bad_dimensions, "a field of " + std::to_string(n) + " points is larger than its record");
  }
  return out;
}

void read_scale(const RecordSpec& spec, const Payload& head, Layout& layout) {
  if (layout.meaning == Meaning::linear) {
    const std::uint32_t marker = head.word(0) >> 20;
    if (marker == 0x7EF) throw Error(Code::unsupported_type, "the packed reals hold in-stream missing values");
    if (marker != 0x7FF) throw Error(Code::decode_failed, "the packing header of datyp 1 has a foreign marker");
    if (((head.word(3) >> 8) & 0xFF) != spec.nbits) throw Error(Code::decode_failed, "the packing header has other bits");
    layout.linear = linear_scale(head.word(1), head.word(2));
  } else if (layout.meaning == Meaning::exponent) {
    layout.exponent = exponent_scale(head.word(0), head.word(1));
    if (head.word(2) != static_cast<std::uint32_t>(layout.tokens)) {
      throw Error(Code::decode_failed, "the packing header of datyp 6 counts other points");
    }
  }
}

std::uint64_t wide_token(const Layout& layout, const Payload& payload, std::uint64_t bit) {
  const std::uint64_t first_high = load64(payload.data + (bit >> 3), payload.order);
  return layout.meaning == Meaning::ieee64 ? first_high : std::rotl(first_high, 32);
}

float plain_value(const Layout& layout, const Payload& payload, std::uint64_t token) {
  const std::uint64_t bit = layout.bit(token);
  switch (layout.meaning) {
    case Meaning::low_first:
    case Meaning::high_first:
      return static_cast<float>(payload.token(layout.bit(character(layout, token)), 8));
    case Meaning::ieee64:
      return static_cast<float>(std::bit_cast<double>(wide_token(layout, payload, bit)));
    case Meaning::natural64:
      return static_cast<float>(wide_token(layout, payload, bit));
    case Meaning::signed64:
      return static_cast<float>(static_cast<std::int64_t>(wide_token(layout, payload, bit)));
    case Meaning::linear:
      return layout.linear(payload.token(bit, layout.width));
    case Meaning::exponent:
      return layout.exponent(payload.token(bit, layout.width));
    default: {
      const std::uint32_t q = payload.token(bit, layout.width);
      float value;
      float_of_tokens(layout, &q, 1, &value);
      return value;
    }
  }
}

void plain_values(const Layout& layout, const Payload& payload, std::uint64_t start, std::span<float> out) {
  if (layout.meaning == Meaning::low_first || layout.meaning == Meaning::high_first) {
    characters(layout, payload, start, out);
    return;
  }
  if (layout.width == 64) {
    wide_values(layout, payload, start, out);
    return;
  }
  alignas(64) std::array<std::uint32_t, block + kernel_pad> tokens;
  if (layout.width == 32 && (layout.meaning == Meaning::ieee || layout.meaning == Meaning::word)) {
    const Payload rest{payload.data + (layout.bit(start) >> 3), out.size() * 4, payload.order};
    if (rest.order == Order::little) {
      std::memcpy(out.data(), rest.data, rest.bytes);
    } else {
      kernels().swap_words(rest.data, out.size(), reinterpret_cast<std::uint8_t*>(out.data()));
    }
    return;
  }
  std::size_t ready = 0;
  if (layout.meaning == Meaning::linear) {
    ready = kernels().unpack_linear(payload, layout.bit(start), layout.width, out.size(), layout.linear, out.data());
  }
  for (std::size_t done = ready; done < out.size(); done += block) {
    const std::size_t some = std::min(block, out.size() - done);
    kernels().unpack(payload, layout.bit(start + done), layout.width, some, tokens.data());
    float_of_tokens(layout, tokens.data(), some, out.data() + done);
  }
}

}  // namespace polyfst
