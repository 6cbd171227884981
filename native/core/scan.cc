#include "core/scan.h"

#include <array>
#include <cstring>

#include "core/rsf.h"
#include "core/xdf.h"

namespace polyfst {

Container detect(const Source& source) {
  std::array<std::uint8_t, 24> head{};
  const std::size_t got = source.read_some(0, head);
  if (got < 16) throw Error(Code::not_fst, "the file is too short for an RPN standard file", got);
  if (load32(head.data() + 8, Order::big) == xdf::version_word) {
    const std::uint32_t sign = load32(head.data() + 12, Order::big);
    if (sign == xdf::sign_random || sign == xdf::sign_sequential) return Container::xdf;
    throw Error(Code::not_fst, "the file is XDF of another application (BURP?), not an RPN standard file", 12);
  }
  if (head[0] == 0x03 && head[3] == 0xFE && got == head.size()) {
    if (std::memcmp(head.data() + 16, rsf::signature, 8) == 0) return Container::rsf;
    throw Error(Code::not_fst, "the file is RSF of another application, not an RPN standard file", 16);
  }
  if (head[0] == 0xFE && head[3] == 0x03) {
    throw Error(Code::unsupported_type, "the file is big-endian RSF; rewrite it on a little-endian machine", 0);
  }
  throw Error(Code::not_fst, "the file begins neither as XDF nor as RSF", 0);
}

RecordTable scan(const Source& source, Extent extent) {
  return detect(source) == Container::xdf ? xdf::scan(source, extent) : rsf::scan(source, extent);
}

}  // namespace polyfst
