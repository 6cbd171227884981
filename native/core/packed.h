// What an encoder makes of a field: the type that was stored in the end and the payload as 32-bit words in host order.
// A container turns the words into its own byte order (assemble.h).
#pragma once

#include <cstdint>
#include <vector>

namespace polyfst {

struct Packed {
  /** stored type with its flags */
  std::uint8_t datyp = 0;
  std::uint8_t nbits = 0;
  /** element size in bits of the array that was packed */
  std::uint8_t dasiz = 0;
  std::vector<std::uint32_t> words;
};

}  // namespace polyfst
