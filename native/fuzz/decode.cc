// Fuzzer of decode: the first bytes choose the keys of a record, the rest is its payload. Nothing may crash, read outside or
// allocate beyond what the payload bounds.
#include <cstring>

#include "core/batch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfst;
  constexpr std::size_t head = 10;
  if (size < head) return 0;
  RecordSpec spec{};
  spec.container = (data[0] & 1) != 0 ? Container::rsf : Container::xdf;
  spec.nk = 1U + (data[0] >> 6);
  spec.datyp = data[1];
  spec.nbits = data[2];
  spec.dasiz = data[3];
  std::uint16_t ni, nj;
  std::memcpy(&ni, data + 4, 2);
  std::memcpy(&nj, data + 6, 2);
  spec.ni = ni;
  spec.nj = nj;
  if (std::uint64_t{ni} * nj > 20000) return 0;  // larger fields are the same code, slower
  const Bytes payload(data + head, size - head);
  const MemorySource source(payload);
  const std::vector<Located> records = {{spec, 0, payload.size()}};
  try {
    decode_batch(source, records);
    decode_element_batch(source, records);
  } catch (const Error&) {
    // a field far larger than its record
  }
  return 0;
}
