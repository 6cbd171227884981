// Whole records in their own element type.
#include <bit>
#include <limits>

#include "core/codec.h"
#include "core/missing.h"

namespace polyfst {

namespace {

struct ElementRow {
  const char* name;
  std::size_t size;
};

constexpr ElementRow element_rows[] = {
    {"float32", 4}, {"float64", 8}, {"int8", 1},   {"int16", 2},  {"int32", 4},     {"int64", 8},
    {"uint8", 1},   {"uint16", 2},  {"uint32", 4}, {"uint64", 8}, {"complex64", 8}, {"complex128", 16},
};

/** Calls `use` with a value of the C++ type of a real element type. */
template <class Use>
auto with_type(Element element, Use use) {
  switch (element) {
    case Element::int8: return use(std::int8_t{});
    case Element::int16: return use(std::int16_t{});
    case Element::int32: return use(std::int32_t{});
    case Element::int64: return use(std::int64_t{});
    case Element::uint8: return use(std::uint8_t{});
    case Element::uint16: return use(std::uint16_t{});
    case Element::uint32: return use(std::uint32_t{});
    case Element::uint64: return use(std::uint64_t{});
    case Element::float64: return use(double{});
    default: return use(float{});
  }
}

template <class T>
constexpr T missing_value() {
  if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::quiet_NaN();
  if constexpr (std::is_signed_v<T>) return std::numeric_limits<T>::min();
  return std::numeric_limits<T>::max();
}

unsigned integer_bits(const RecordSpec& spec) {
  if (spec.nbits > 32) return 64;
  const bool kept = spec.container == Container::rsf && (spec.dasiz == 8 || spec.dasiz == 16 || spec.dasiz == 64);
  return kept ? spec.dasiz : 32;
}

/** Tokens of an integer record, plain or turbo. */
void integer_tokens(const RecordSpec& spec, const Payload& payload, std::span<std::uint32_t> out, Scratch& scratch) {
  if ((spec.datyp & turbo_flag) != 0) {
    if ((spec.datyp & 63) != 2) throw Error(Code::unsupported_type, "signed integers have no compressed form");
    scratch.turbo.open(spec, payload);
    std::uint32_t* at = out.data();
    while (const unsigned rows = scratch.turbo.next(at)) at += std::size_t{rows} * spec.ni;
    return;
  }
  const Layout layout = plain_layout(spec, payload.bytes);
  const std::uint64_t whole = out.size() / 8 * 8;  // the kernels write in groups of eight
  kernels().unpack(payload, layout.first_bit, layout.width, whole, out.data());
  for (std::uint64_t i = whole; i < out.size(); ++i) out[i] = payload.token(layout.bit(i), layout.width);
}

void integers(const RecordSpec& spec, const Payload& payload, std::uint64_t n, MutableBytes out, Scratch& scratch) {
  if (spec.nbits > 32) {
    const Layout layout = plain_layout(spec, payload.bytes);
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint64_t value = wide_token(layout, payload, layout.bit(i));
      std::memcpy(out.data() + 8 * i, &value, 8);
    }
    return;
  }
  if (scratch.integers.size() < n) scratch.integers.resize(n);
  const std::span<std::uint32_t> tokens{scratch.integers.data(), n};
  integer_tokens(spec, payload, tokens, scratch);
  const std::uint32_t half = (spec.datyp & 63) == 4 ? 1U << (spec.nbits - 1) : 0;
  with_type(element_of(spec), [&](auto type) {
    using T = decltype(type);
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint32_t moved = tokens[i] - half;
      const T value = half != 0 ? static_cast<T>(static_cast<std::int32_t>(moved)) : static_cast<T>(moved);
      std::memcpy(out.data() + i * sizeof(T), &value, sizeof(T));
    }
  });
}

void wide_floats(const Layout& layout, const Payload& payload, MutableBytes out) {
  for (std::uint64_t i = 0; i < layout.tokens; ++i) {
    const std::uint64_t value = wide_token(layout, payload, layout.bit(i));
    std::memcpy(out.data() + 8 * i, &value, 8);
  }
}

/** Real types of at most 32 bits, into float32 or, where the writer had them so, float64. */
void narrow_floats(const RecordSpec& spec, const Payload& payload, std::uint64_t n, MutableBytes out, Scratch& scratch) {
  RecordSpec unflagged = spec;
  unflagged.datyp &= static_cast<std::uint8_t>(~missing_flag);
  if (element_of(spec) == Element::float32) {
    decode_floats(unflagged, payload, {reinterpret_cast<float*>(out.data()), n}, scratch);
    return;
  }
  std::vector<float> values(n);
  decode_floats(unflagged, payload, values, scratch);
  for (std::size_t i = 0; i < n; ++i) {
    const double value = values[i];
    std::memcpy(out.data() + 8 * i, &value, 8);
  }
}

void characters(const Layout& layout, const Payload& payload, std::uint64_t n, MutableBytes out) {
  const unsigned turn = layout.meaning == Meaning::low_first ? 3 : 0;
  for (std::uint64_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(payload.token(8 * (i ^ turn), 8));
}

}  // namespace

const char* name_of(Element element) { return element_rows[static_cast<int>(element)].name; }
std::size_t size_of(Element element) { return element_rows[static_cast<int>(element)].size; }

Element element_of(const RecordSpec& spec) {
  const unsigned bits = integer_bits(spec);
  const bool wide = spec.nbits > 32 || (spec.container == Container::rsf && spec.dasiz == 64);
  switch (spec.datyp & 63) {
    case 0: return Element::uint32;
    case 2: return bits == 8 ? Element::uint8 : bits == 16 ? Element::uint16 : bits == 64 ? Element::uint64 : Element::uint32;
    case 3:
    case 7: return Element::uint8;
    case 4: return bits == 8 ? Element::int8 : bits == 16 ? Element::int16 : bits == 64 ? Element::int64 : Element::int32;
    case 8: return spec.nbits > 32 ? Element::complex128 : Element::complex64;
    default: return wide ? Element::float64 : Element::float32;
  }
}

std::uint64_t element_count(const RecordSpec& spec, std::uint64_t payload_bytes) {
  const std::uint64_t n = checked_points(spec, payload_bytes);
  return (spec.datyp & 63) == 0 ? plain_layout(spec, payload_bytes).tokens : n;
}

std::uint64_t mark_missing_elements(Element element, MutableBytes raw) {
  return with_type(element, [&](auto type) {
    using T = decltype(type);
    return mark_missing<T>({reinterpret_cast<T*>(raw.data()), raw.size() / sizeof(T)}, missing_value<T>());
  });
}

void widen_missing(Element element, Bytes raw, std::span<float> out) {
  with_type(element, [&](auto type) {
    using T = decltype(type);
    for (std::size_t i = 0; i < out.size(); ++i) {
      T value;
      std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
      const bool missing = std::is_integral_v<T> && value == missing_value<T>();
      out[i] = missing ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(value);
    }
  });
}

std::uint64_t decode_elements(const RecordSpec& spec, const Payload& payload, MutableBytes out, Scratch& scratch) {
  const std::uint64_t n = checked_points(spec, payload.bytes);
  const Element element = element_of(spec);
  const unsigned base = spec.datyp & 63;
  if (base == 2 || base == 4) {
    integers(spec, payload, n, out, scratch);
  } else if (base == 1 || base == 6 || (base == 5 && spec.nbits <= 32)) {
    narrow_floats(spec, payload, n, out, scratch);
  } else {
    const Layout layout = plain_layout(spec, payload.bytes);
    if (layout.width == 64) {
      wide_floats(layout, payload, out);
    } else if (base == 3 || base == 7) {
      characters(layout, payload, n, out);
    } else {
      // complex64 and the words of datyp 0: floats bit for bit
      plain_values(layout, payload, 0, {reinterpret_cast<float*>(out.data()), layout.tokens});
    }
  }
  return (spec.datyp & missing_flag) != 0 && may_miss(spec) ? mark_missing_elements(element, out) : 0;
}

}  // namespace polyfst
