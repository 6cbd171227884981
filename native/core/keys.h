// The 16 key words that both containers store for a record (docs/formats/xdf.md): words in host order to keys and back.
#pragma once

#include <cstdint>
#include <span>

#include "core/record.h"

namespace polyfst {

inline constexpr std::size_t key_words = 16;

/** Keys of a record; dateo is computed from the stored validity date. Any words give some record: nothing is checked. */
Record decode_keys(std::span<const std::uint32_t, key_words> words, Container container);

/**
 * Words of a record; the validity date is computed from dateo, deet and npas.
 * Throws bad_value for a key outside the range that the container can store, bad_dimensions for ni, nj or nk.
 */
void encode_keys(const Record& record, Container container, std::span<std::uint32_t, key_words> words);

/**
 * Payload words that the format's own library stores for a type of fixed size (docs/formats/xdf.md), an even number.
 * Readers tell one defect of old writers from the payload's length, so writers keep to this size.
 */
std::uint64_t plain_payload_words(std::uint8_t datyp, std::uint8_t nbits, std::uint64_t points);

}  // namespace polyfst
