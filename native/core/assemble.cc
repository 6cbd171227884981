#include "core/assemble.h"

#include <algorithm>

#include "core/rsf.h"
#include "core/xdf.h"

namespace polyfst {

namespace {

constexpr std::uint32_t most_metadata_words = 65535;

void put_words(std::uint8_t* to, std::span<const std::uint32_t> words, Order order) {
  for (std::size_t i = 0; i < words.size(); ++i) store32(to + 4 * i, words[i], order);
}

std::vector<std::uint8_t> build_xdf(const Record& keys, std::span<const std::uint32_t> words) {
  const std::uint64_t units = xdf::prefix_bytes / 8 + (words.size() + 1) / 2;
  if (units > xdf::max_record_units) {
    throw Error(Code::too_large, "the packed field exceeds the 128 MiB that a record of XDF can hold; write RSF");
  }
  std::array<std::uint32_t, key_words> stored;
  encode_keys(keys, Container::xdf, stored);
  std::vector<std::uint8_t> out(units * 8);
  store32(out.data(), 1U << 24 | static_cast<std::uint32_t>(units), Order::big);
  put_words(out.data() + 8, stored, Order::big);
  put_words(out.data() + xdf::prefix_bytes, words, Order::big);
  return out;
}

std::vector<std::uint8_t> build_rsf(const Record& keys, std::span<const std::uint32_t> words, std::string_view json) {
  const std::uint64_t json_words = json.empty() ? 0 : json.size() / 4 + 1;  // the text ends with a NUL
  const std::uint64_t metadata = rsf::metadata_words + json_words;
  if (metadata > most_metadata_words) throw Error(Code::too_large, "the extended metadata exceed 256 KiB");
  if (json.find('\0') != std::string_view::npos) throw Error(Code::bad_value, "the extended metadata hold a NUL");
  std::array<std::uint32_t, key_words> stored;
  encode_keys(keys, Container::rsf, stored);
  const std::uint64_t total = rsf::start_bytes + 4 * (metadata + words.size()) + rsf::end_bytes;
  const auto length = static_cast<std::uint32_t>(metadata);
  std::vector<std::uint8_t> out(total);
  std::uint8_t* at = out.data();
  store32(at, rsf::type_data | length << 8 | 0xFEU << 24, Order::little);
  store64(at + 4, total, Order::little);
  store32(at + 12, length | 4U << 24, Order::little);
  at += rsf::start_bytes;
  store32(at, rsf::fst_record, Order::little);
  store32(at + 8, 1U << 24 | rsf::metadata_words << 16 | static_cast<std::uint32_t>(json_words), Order::little);
  put_words(at + 12, stored, Order::little);
  std::copy(json.begin(), json.end(), at + 4 * rsf::metadata_words);
  at += 4 * metadata;
  put_words(at, words, Order::little);
  at += 4 * words.size();
  store64(at, total, Order::little);
  store32(at + 8, rsf::type_data | length << 8 | 0xFFU << 24, Order::little);
  return out;
}

std::vector<std::uint8_t> build(Container container, const Record& keys, std::span<const std::uint32_t> words,
                                std::string_view json) {
  return container == Container::xdf ? build_xdf(keys, words) : build_rsf(keys, words, json);
}

/** What a stored record consists of. */
struct Parts {
  Record keys;
  std::vector<std::uint32_t> words;
  std::string json;
};

[[noreturn]] void changed(std::uint64_t offset) {
  throw Error(Code::run_changed, "the record is not where the directory said; scan the file again", offset);
}

Parts parts_of_xdf(Bytes bytes, std::uint64_t offset) {
  if (bytes.size() < xdf::prefix_bytes) changed(offset);
  xdf::RecordHead head;
  copy_words(head.data(), bytes.data(), head.size(), Order::big);
  if (!xdf::is_record(xdf::type_of(head[0])) || std::uint64_t{xdf::units_of(head[0])} * 8 != bytes.size()) changed(offset);
  Parts parts{decode_keys(std::span<const std::uint32_t, key_words>(head.data() + 2, key_words), Container::xdf), {}, {}};
  parts.words.resize((bytes.size() - xdf::prefix_bytes) / 4);
  copy_words(parts.words.data(), bytes.data() + xdf::prefix_bytes, parts.words.size(), Order::big);
  return parts;
}

Parts parts_of_rsf(Bytes bytes, std::uint64_t offset) {
  if (bytes.size() < rsf::start_bytes + rsf::end_bytes) changed(offset);
  const std::optional<rsf::RecordStart> start = rsf::parse_start(bytes.data());
  if (!start || start->type != rsf::type_data || start->bytes != bytes.size()) changed(offset);
  const std::uint64_t prefix = rsf::start_bytes + std::uint64_t{start->metadata_words} * 4;
  if (prefix + rsf::end_bytes > bytes.size()) changed(offset);
  const auto metadata = rsf::parse_metadata(bytes.subspan(rsf::start_bytes, prefix - rsf::start_bytes));
  if (!metadata || metadata->deleted) changed(offset);
  Parts parts{decode_keys(metadata->keys, Container::rsf), {}, {metadata->json.begin(), metadata->json.end()}};
  parts.words.resize((bytes.size() - prefix - rsf::end_bytes) / 4);
  copy_words(parts.words.data(), bytes.data() + prefix, parts.words.size(), Order::little);
  return parts;
}

/** The few differences between the containers in what a payload looks like. */
void adapt(Parts& parts, Container to) {
  Record& keys = parts.keys;
  const int base = keys.datyp & 0x3F;
  const bool turbo = (keys.datyp & 128) != 0;
  if (to == Container::xdf) {
    if ((base == 2 || base == 4) && keys.nbits > 32) {
      throw Error(Code::type_mismatch, "64-bit integers cannot be stored in XDF; encode the field as another type");
    }
    if (turbo && !parts.words.empty() && parts.words[0] < parts.words.size()) {
      parts.words.resize(std::max<std::size_t>(parts.words[0], 1));  // RSF may hold a word after the stream
    }
    return;
  }
  const bool sized = base != 0 && base != 3 && base != 7;
  if (keys.dasiz == 0 && sized) keys.dasiz = keys.nbits > 32 ? 64 : 32;
  if (turbo && base == 1) parts.words.push_back(0);  // as the format's own library stores it
}

}  // namespace

std::vector<std::uint8_t> assemble(Container container, const Record& keys, const Packed& packed,
                                   std::string_view metadata) {
  Record full = keys;
  full.datyp = packed.datyp;
  full.nbits = packed.nbits;
  full.dasiz = packed.dasiz;
  const bool turbo = (packed.datyp & 128) != 0;
  const std::uint64_t points = std::uint64_t{keys.ni} * keys.nj * keys.nk;
  const std::uint64_t usual = turbo ? packed.words.size() : plain_payload_words(packed.datyp, packed.nbits, points);
  if (usual <= packed.words.size()) return build(container, full, packed.words, metadata);
  if (usual > packed.words.size() + 16) {
    throw Error(Code::bad_dimensions, "the packed field is shorter than ni, nj and nk ask for");
  }
  std::vector<std::uint32_t> padded = packed.words;
  padded.resize(usual);
  return build(container, full, padded, metadata);
}

std::vector<std::uint8_t> extract_raw(const Source& source, Container from, std::uint64_t offset, std::uint64_t bytes,
                                      Container to, std::optional<std::string_view> metadata) {
  std::vector<std::uint8_t> scratch;
  const Bytes stored = source.view(offset, bytes, scratch);
  Parts parts = from == Container::xdf ? parts_of_xdf(stored, offset) : parts_of_rsf(stored, offset);
  if (from == to && !metadata) return {stored.begin(), stored.end()};
  if (from != to) adapt(parts, to);
  return build(to, parts.keys, parts.words, metadata ? *metadata : std::string_view(parts.json));
}

}  // namespace polyfst
