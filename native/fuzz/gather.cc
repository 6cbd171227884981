// Fuzzer of gather, with decode as its oracle: where a whole field decodes, every point of it is gathered with the same bits.
#include <cstdlib>
#include <cstring>

#include "core/gather.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfst;
  constexpr std::size_t head = 16;
  if (size < head) return 0;
  RecordSpec spec{};
  spec.container = (data[0] & 1) != 0 ? Container::rsf : Container::xdf;
  spec.nk = 1;
  spec.datyp = data[1];
  spec.nbits = data[2];
  spec.dasiz = 32;
  std::uint16_t ni, nj;
  std::memcpy(&ni, data + 4, 2);
  std::memcpy(&nj, data + 6, 2);
  spec.ni = ni;
  spec.nj = nj;
  if (std::uint64_t{ni} * nj > 20000) return 0;  // larger fields are the same code, slower
  const Bytes payload(data + head, size - head);
  const MemorySource source(payload);
  const std::vector<Located> records = {{spec, 0, payload.size()}};
  std::vector<std::uint32_t> points;
  std::uint32_t step;
  std::memcpy(&step, data + 8, 4);
  const std::uint64_t n = std::uint64_t{ni} * nj;
  for (std::uint32_t i = 0; i < 40U + data[3]; ++i) {
    points.push_back(static_cast<std::uint32_t>((std::uint64_t{i} * (step % 1000 + 1) + data[12]) % (n + (data[13] == 0 ? 1 : 0) + (n == 0))));
  }
  try {
    FloatBatch some = gather_batch(source, records, points, std::nullopt);
    FloatBatch whole = decode_batch(source, records);
    if (whole.status[0] != 0 || some.status[0] != 0) return 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (std::memcmp(some.values.data() + i, whole.values.data() + points[i], 4) != 0) std::abort();
    }
  } catch (const Error&) {
    // a field far larger than its record
  }
  return 0;
}
