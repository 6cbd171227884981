// Packing of fields.
#include "core/encode.h"

#include <algorithm>
#include <bit>

#include "core/bit_writer.h"
#include "core/compress.h"
#include "core/pack.h"
#include "core/plug.h"

namespace polyfst {

namespace {

template <class T>
std::span<const T> as(Bytes values) {
  return {reinterpret_cast<const T*>(values.data()), values.size() / sizeof(T)};
}

/** A field on its way into words. */
struct Job {
  const FieldArray& field;
  StoredType type;
  bool missing;
};

/** The values, with the plug in place of missing points where the request says that there may be some. */
template <class T>
std::vector<T> plugged(std::span<const T> values, Job& job) {
  std::vector<T> out(values.begin(), values.end());
  if (!job.missing) return out;
  const Extent<T> extent = extent_of(values);
  job.missing = extent.missing;
  if (!extent.missing) return out;
  T plug = plug_of(extent, job.type.nbits);
  // nothing but missing points: the plug made from the flag is beyond what datyp 1 takes
  if (!extent.any && job.type.base == 1) plug = T{1};
  for (T& v : out) v = is_missing(v) ? plug : v;
  return out;
}

std::vector<float> narrowed(Job& job) {
  if (job.field.element == Element::float32) return plugged(as<float>(job.field.values), job);
  const std::span<const double> wide = as<double>(job.field.values);
  std::vector<float> out(wide.size());
  std::transform(wide.begin(), wide.end(), out.begin(), [](double v) { return static_cast<float>(v); });
  return plugged(std::span<const float>(out), job);
}

std::vector<std::uint32_t> wide_words(std::span<const double> values) {
  std::vector<std::uint32_t> words;
  words.reserve(values.size() * 2);
  for (const double v : values) {
    const auto bits = std::bit_cast<std::uint64_t>(v);
    words.push_back(static_cast<std::uint32_t>(bits >> 32));
    words.push_back(static_cast<std::uint32_t>(bits));
  }
  return words;
}

void pack_ieee64(Job& job, Packed& out) {
  std::vector<double> values;
  if (job.field.element == Element::float64) {
    values = plugged(as<double>(job.field.values), job);
  } else {
    const std::vector<float> narrow = plugged(as<float>(job.field.values), job);
    values.assign(narrow.begin(), narrow.end());
  }
  out.words = wide_words(values);
  out.words.resize(out.words.size() + 4);  // the reference sizes every stream as if it had a header
  out.dasiz = 64;
}

void pack_ieee(Job& job, Packed& out) {
  const std::vector<float> values = narrowed(job);
  const FieldArray& field = job.field;
  if (job.type.turbo) {
    out.words = compress_floats(values, field.ni, field.nj, job.type.nbits);
    if (!out.words.empty()) return;
    job.type.turbo = false;
  }
  std::vector<std::uint32_t> tokens(values.size());
  const unsigned down = 32 - job.type.nbits;
  std::transform(values.begin(), values.end(), tokens.begin(),
                 [down](float v) { return std::bit_cast<std::uint32_t>(v) >> down; });
  out.words = pack_tokens(tokens, job.type.nbits);
}

void pack_real(Container container, Job& job, Packed& out) {
  const std::vector<float> values = narrowed(job);
  const FieldArray& field = job.field;
  const unsigned nbits = job.type.nbits;
  if (job.type.base == 6) {
    const ExponentTokens exponent = quantise_exponent(values, nbits);
    if (job.type.turbo) out.words = compress_tokens(exponent.header, exponent.tokens, field.ni, field.nj, nbits);
    if (out.words.empty()) out.words = pack_exponent(exponent);
    else return;
  } else {
    const LinearTokens linear = quantise_linear(values, nbits);
    const auto n = static_cast<std::uint32_t>(linear.tokens.size());
    const std::uint32_t header[] = {0xFFFU << 20 | (n & 0xFFFFF), linear.exponents, linear.mantissa,
                                    nbits << 8 | ((n >> 20) & 0xFF)};
    if (job.type.turbo) out.words = compress_tokens(header, linear.tokens, field.ni, field.nj, nbits);
    if (!out.words.empty()) {
      if (container == Container::rsf) out.words.push_back(0);  // one more word, as in the reference's files
      return;
    }
    out.words = pack_linear(linear, nbits);
  }
  job.type.turbo = false;
}

template <class T>
void pack_integers(Job& job, Packed& out) {
  const std::vector<T> values = plugged(as<T>(job.field.values), job);
  const unsigned nbits = job.type.nbits;
  const bool with_sign = job.type.base == 4;
  std::vector<std::uint32_t> tokens(values.size());
  const std::int64_t half = with_sign ? std::int64_t{1} << (nbits - 1) : 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t token = static_cast<std::int64_t>(values[i]) + half;
    if (token < 0 || token >> nbits != 0) {
      throw Error(Code::bad_value, "value " + std::to_string(values[i]) + " does not fit in " + std::to_string(nbits) +
                                       " bits; ask for more nbits");
    }
    tokens[i] = static_cast<std::uint32_t>(token);
  }
  if (job.type.turbo) {
    out.words = compress_tokens({}, tokens, job.field.ni, job.field.nj, nbits);
    if (!out.words.empty()) return;
    job.type.turbo = false;
  }
  out.words = pack_tokens(tokens, nbits);
}

/** 64-bit integers: lower word first. */
template <class T>
void pack_long(Job& job, Packed& out) {
  const std::vector<T> values = plugged(as<T>(job.field.values), job);
  out.words.resize(values.size() * 2 + 4);
  std::memcpy(out.words.data(), values.data(), values.size() * 8);
}

void pack_any_integers(Job& job, Packed& out) {
  switch (job.field.element) {
    case Element::int8: return pack_integers<std::int8_t>(job, out);
    case Element::int16: return pack_integers<std::int16_t>(job, out);
    case Element::int32: return pack_integers<std::int32_t>(job, out);
    case Element::int64: return pack_long<std::int64_t>(job, out);
    case Element::uint8: return pack_integers<std::uint8_t>(job, out);
    case Element::uint16: return pack_integers<std::uint16_t>(job, out);
    case Element::uint32: return pack_integers<std::uint32_t>(job, out);
    default: return pack_long<std::uint64_t>(job, out);
  }
}

void pack_characters(const Job& job, Packed& out) {
  const unsigned turn = job.type.base == 3 ? 0 : 3;  // datyp 3 starts in the low byte of a word
  out.words.resize((job.field.values.size() * 8 + 183) / 64 * 2);
  for (std::size_t i = 0; i < job.field.values.size(); ++i) {
    out.words[i / 4] |= std::uint32_t{job.field.values[i]} << (8 * ((i % 4) ^ turn));
  }
}

void pack_complex(const Job& job, Packed& out) {
  if (job.type.nbits == 64) {
    out.words = wide_words(as<double>(job.field.values));
    return;
  }
  const std::span<const std::uint32_t> bits = as<std::uint32_t>(job.field.values);
  out.words.assign(bits.begin(), bits.end());
  out.words.resize((bits.size() + 3) / 4 * 4);  // an even number of values, as the reference sizes it
}

void pack_words(const Job& job, Packed& out) {
  const std::span<const std::uint32_t> words = as<std::uint32_t>(job.field.values);
  out.words.assign(words.begin(), words.end());
  const std::uint64_t n = std::uint64_t{job.field.ni} * job.field.nj * job.field.nk;
  out.words.resize((n * job.type.nbits + 183) / 64 * 2);
}

std::uint64_t expected_bytes(const FieldArray& field, const StoredType& type, std::uint64_t n) {
  if (type.base == 0) return (n * type.nbits + 31) / 32 * 4;
  return n * size_of(field.element) * (type.base == 8 ? 2 : 1);
}

}  // namespace

Packed pack(Container container, const FieldArray& field) {
  const std::uint64_t n = point_count({container, field.ni, field.nj, field.nk, field.datyp, field.nbits, 0});
  if (n >> 31 != 0) throw Error(Code::bad_dimensions, "a record holds less than 2^31 points");
  Job job{field, stored_type(container, field), (field.datyp & missing_flag) != 0};
  const unsigned base = job.type.base;
  job.missing = job.missing && (base == 1 || base == 2 || base == 4 || base == 5 || base == 6);
  if (field.values.size() != expected_bytes(field, job.type, n)) {
    throw Error(Code::bad_dimensions, "the array does not hold the " + std::to_string(n) + " values of ni x nj x nk");
  }
  Packed out;
  out.dasiz = 32;
  switch (base) {
    case 0:
      pack_words(job, out);
      break;
    case 2:
    case 4:
      out.dasiz = static_cast<std::uint8_t>(8 * size_of(field.element));
      pack_any_integers(job, out);
      break;
    case 3:
    case 7:
      pack_characters(job, out);
      break;
    case 5:
      if (job.type.nbits == 64) {
        pack_ieee64(job, out);
      } else {
        pack_ieee(job, out);
      }
      break;
    case 8:
      pack_complex(job, out);
      out.dasiz = static_cast<std::uint8_t>(job.type.nbits);
      break;
    default:
      pack_real(container, job, out);
  }
  if (base == 0 || base == 3 || base == 7) {
    const std::uint8_t kept = base == 0 ? 32 : 8;
    out.dasiz = container == Container::rsf ? kept : 0;
  }
  out.datyp = static_cast<std::uint8_t>(base | (job.missing ? missing_flag : 0) | (job.type.turbo ? turbo_flag : 0));
  out.nbits = static_cast<std::uint8_t>(job.type.nbits);
  return out;
}

}  // namespace polyfst
