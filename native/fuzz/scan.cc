// The scan as a function of bytes: any input gives a table or a coded error, and rows of the table can be taken out.
#include <cstddef>
#include <cstdint>

#include "core/assemble.h"
#include "core/scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace polyfst;
  const MemorySource source(Bytes(data, size));
  try {
    const RecordTable table = scan(source);
    for (std::size_t row = 0; row < table.count() && row < 8; ++row) {
      const Place place = table.place(row);
      try {
        const Container other = table.container() == Container::xdf ? Container::rsf : Container::xdf;
        extract_raw(source, table.container(), place.offset, place.bytes, other);
        static_cast<void>(table.metadata(row).size());
      } catch (const Error&) {
        continue;
      }
    }
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
