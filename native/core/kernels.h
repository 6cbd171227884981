// The inner loops over tokens, behind one table: a portable set, one for AVX2 with BMI2 and one for AVX-512, chosen once at run time.
// All give the same bits; the tests compare them. Buffers that kernels write have `kernel_pad` spare elements at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/payload.h"
#include "core/scale.h"

namespace polyfst {

inline constexpr std::size_t kernel_pad = 16;

/** A place in a stream of 3x3 tiles (parallelogram.h). The stream's bytes run from the top bit of byte 0 on. */
struct TileCursor {
  const std::uint8_t* data;
  std::uint64_t bit;
  /** first bit behind the stream; a tile may start before it and read into the slack */
  std::uint64_t end;
  /** bits of the width field at the head of a tile */
  unsigned head;
  /** widest tile that the fast loops take */
  unsigned limit;
};

struct Kernels {
  const char* name;
  /** `count` tokens of `width` (1..32) bits from bit `first` on; whole words must be readable 16 bytes past the last token. */
  void (*unpack)(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count, std::uint32_t* out);
  void (*linear16)(const std::uint16_t* tokens, std::size_t count, const LinearScale& scale, float* out);
  void (*linear32)(const std::uint32_t* tokens, std::size_t count, const LinearScale& scale, float* out);
  void (*exponent16)(const std::uint16_t* tokens, std::size_t count, const ExponentScale& scale, float* out);
  void (*exponent32)(const std::uint32_t* tokens, std::size_t count, const ExponentScale& scale, float* out);
  /**
   * Unpacks and scales in one pass: writes the first values and returns how many. None where width, order or scale leave no way
   * that is faster than the two steps. Reads as `unpack` does.
   */
  std::size_t (*unpack_linear)(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count,
                               const LinearScale& scale, float* out);
  /** Big-endian words to host words; `to` may be `from`. */
  void (*swap_words)(const std::uint8_t* from, std::size_t words, std::uint8_t* to);
  /**
   * Differences of up to `tiles` whole tiles of `rows` rows; out[r] takes 3 cells a tile. Stops before a tile that is wider than
   * the limit or starts behind the end, and returns how many were done.
   */
  std::size_t (*tiles16)(TileCursor& cursor, std::size_t tiles, unsigned rows, std::uint16_t* const* out);
  std::size_t (*tiles32)(TileCursor& cursor, std::size_t tiles, unsigned rows, std::uint32_t* const* out);
  /** row[i] = above[i] + sum of row[0..i], modulo the cell's width. */
  void (*integrate16)(const std::uint16_t* above, std::uint16_t* row, std::size_t count);
  void (*integrate32)(const std::uint32_t* above, std::uint32_t* row, std::size_t count);
};

extern const Kernels portable_kernels;

/** The sets that this machine runs, the fastest last. */
std::vector<const Kernels*> usable_kernels();

/** The fastest of them. */
const Kernels& kernels();

/** 64 bits of a big-endian byte stream from bit `at` on; the upper 57 are valid. */
inline std::uint64_t stream_bits(const std::uint8_t* data, std::uint64_t at) {
  std::uint64_t x;
  std::memcpy(&x, data + (at >> 3), 8);
  return __builtin_bswap64(x) << (at & 7);
}

/** Bits of one cell of a tile of width field k: none when all cells are 0. */
constexpr unsigned cell_bits(unsigned k) { return k == 0 ? 0 : k + 1; }

}  // namespace polyfst
