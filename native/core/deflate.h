// Deflate of whole chunks with libdeflate, when the machine has its shared library: the same format as zlib's, in two thirds of
// the time. It is looked for at run time, so that the addon runs without it; callers then take another deflate.
#pragma once

#include <cstdint>
#include <span>

#include "core/buffer.h"

namespace polyfst {

enum class Wrapper : std::uint8_t { zlib, gzip };

bool has_deflate();

/**
 * Bytes of elements of `width` bytes, shuffled where it is above 1 (the first bytes of all elements, then the second ones ...),
 * deflated at `level` 1 to 9. Throws Error when there is no library or `width` does not divide the bytes.
 */
ByteBuffer deflated(std::span<const std::uint8_t> bytes, std::size_t width, int level, Wrapper wrapper);

/** The bytes shuffled only. */
void shuffle(std::span<const std::uint8_t> bytes, std::size_t width, std::uint8_t* out);

}  // namespace polyfst
