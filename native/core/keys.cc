#include "core/keys.h"

#include <string>

#include "core/stamp.h"

namespace polyfst {

namespace {

constexpr std::uint32_t low24 = 0xFFFFFF;
constexpr std::uint32_t low28 = 0xFFFFFFF;

/** `count` characters of 6 bits; the first one starts at bit `shift`. */
void unpack_text(std::uint32_t word, int shift, int count, char* out) {
  for (int i = 0; i < count; ++i, shift -= 6) out[i] = static_cast<char>(32 + (word >> shift & 63));
}

std::uint32_t pack_text(const char* text, int shift, int count) {
  std::uint32_t word = 0;
  for (int i = 0; i < count; ++i, shift -= 6) {
    std::uint32_t c = static_cast<unsigned char>(text[i]);
    if (c < 32 || c > 126) throw Error(Code::bad_value, "a text key holds a character outside printable ASCII");
    if (c & 0x40) c &= ~0x20U;  // the alphabet has no lower case
    word |= ((c - 32) & 63) << shift;
  }
  return word;
}

std::uint32_t ranged(std::int64_t value, std::int64_t highest, const char* name, Code code = Code::bad_value) {
  if (value >= 0 && value <= highest) return static_cast<std::uint32_t>(value);
  throw Error(code, std::string(name) + " " + std::to_string(value) + " cannot be stored; it must lie in 0 to " +
                        std::to_string(highest));
}

std::int32_t whole(std::uint32_t word) { return static_cast<std::int32_t>(word); }

void check_extents(const Record& r, Container container) {
  if (r.ni == 0 || r.nj == 0 || r.nk == 0) throw Error(Code::bad_dimensions, "ni, nj and nk must be at least 1");
  if (container == Container::xdf) {
    ranged(r.ni, low24, "ni", Code::bad_dimensions);
    ranged(r.nj, low24, "nj", Code::bad_dimensions);
  }
  ranged(r.nk, 0xFFFFF, "nk", Code::bad_dimensions);
  if (r.nbits < 1 || r.nbits > 64) throw Error(Code::bad_value, "nbits must lie in 1 to 64");
}

}  // namespace

Record decode_keys(std::span<const std::uint32_t, key_words> k, Container container) {
  Record r;
  r.deet = whole(k[0] >> 8);
  r.nbits = static_cast<std::uint8_t>(k[0]);
  r.ni = k[1] >> 8;
  r.grtyp = static_cast<char>(k[1] & 0xFF);
  r.nj = k[2] >> 8;
  r.datyp = static_cast<std::uint8_t>(k[2]);
  r.nk = k[3] >> 12;
  r.npas = whole(k[4] >> 6);
  r.ig4 = whole(k[5] >> 8);
  r.ig1 = whole(k[6] >> 8);
  r.ig3 = whole(k[7] >> 8);
  r.ig2 = whole((k[5] & 0xFF) << 16 | (k[6] & 0xFF) << 8 | (k[7] & 0xFF));
  unpack_text(k[8], 26, 5, r.etiket.data());
  unpack_text(k[9], 26, 5, r.etiket.data() + 5);
  unpack_text(k[10], 26, 2, r.etiket.data() + 10);
  unpack_text(k[10], 14, 2, r.typvar.data());
  unpack_text(k[11], 26, 4, r.nomvar.data());
  r.dasiz = static_cast<std::uint8_t>(k[11]);
  r.ip1 = whole(k[12] >> 4);
  r.ip2 = whole(k[13] >> 4);
  r.ip3 = whole(k[14] >> 4);
  if (container == Container::rsf) {
    r.ni |= (k[10] & 0xFF) << 24;
    r.nj |= (k[13] & 15) << 24 | (k[14] & 15) << 28;
  }
  r.datev = stamp::from_directory(k[15]);
  r.dateo = stamp::add_seconds(r.datev, -stamp::lead_seconds(r.deet, r.npas));
  return r;
}

void encode_keys(const Record& r, Container container, std::span<std::uint32_t, key_words> k) {
  check_extents(r, container);
  const std::uint32_t ig2 = ranged(r.ig2, low24, "ig2");
  k[0] = ranged(r.deet, low24, "deet") << 8 | r.nbits;
  k[1] = (r.ni & low24) << 8 | static_cast<unsigned char>(r.grtyp);
  k[2] = (r.nj & low24) << 8 | r.datyp;
  k[3] = r.nk << 12;
  k[4] = ranged(r.npas, 0x3FFFFFF, "npas") << 6;
  k[5] = ranged(r.ig4, low24, "ig4") << 8 | ig2 >> 16;
  k[6] = ranged(r.ig1, low24, "ig1") << 8 | (ig2 >> 8 & 0xFF);
  k[7] = ranged(r.ig3, low24, "ig3") << 8 | (ig2 & 0xFF);
  k[8] = pack_text(r.etiket.data(), 26, 5);
  k[9] = pack_text(r.etiket.data() + 5, 26, 5);
  k[10] = pack_text(r.etiket.data() + 10, 26, 2) | pack_text(r.typvar.data(), 14, 2);
  k[11] = pack_text(r.nomvar.data(), 26, 4) | r.dasiz;
  k[12] = ranged(r.ip1, low28, "ip1") << 4;
  k[13] = ranged(r.ip2, low28, "ip2") << 4;
  k[14] = ranged(r.ip3, low28, "ip3") << 4;
  if (container == Container::rsf) {
    k[10] |= r.ni >> 24;
    k[13] |= r.nj >> 24 & 15;
    k[14] |= r.nj >> 28;
  }
  k[15] = stamp::to_directory(stamp::add_seconds(r.dateo, stamp::lead_seconds(r.deet, r.npas)));
}

std::uint64_t plain_payload_words(std::uint8_t datyp, std::uint8_t nbits, std::uint64_t points) {
  const int base = datyp & 0x3F;
  if (base == 6) return 2 * (((12 + 4 * ((points + 1) / 2)) * 8 + 63) >> 6);
  if (base == 8) return 4 * ((points * nbits + 63) >> 6);
  return 2 * ((points * nbits + 183) >> 6);
}

}  // namespace polyfst
