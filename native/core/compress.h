// Turbo encoders: the second stage that the reference runs over tokens (129, 130, 134) and over floats (133). Streams are equal
// to the reference's bit for bit, what follows their ends aside.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace polyfst {

/**
 * Header words of the record (without word 0, the word count) and its tokens as a whole turbo payload; empty when compression
 * does not pay. `ni`, `nj` at least 2, tokens below 2^nbits, nbits 1..16.
 */
std::vector<std::uint32_t> compress_tokens(std::span<const std::uint32_t> header, std::span<const std::uint32_t> tokens,
                                           std::uint32_t ni, std::uint32_t nj, unsigned nbits);

/** A datyp 133 payload; empty when compression does not pay. `ni`, `nj` at least 16, nbits 16..32. */
std::vector<std::uint32_t> compress_floats(std::span<const float> values, std::uint32_t ni, std::uint32_t nj, unsigned nbits);

}  // namespace polyfst
