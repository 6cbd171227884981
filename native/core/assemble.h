// One record as the bytes that a container stores: keys, then payload in the container's byte order. Position independent:
// `append` gives an XDF record its address when it places it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/packed.h"
#include "core/record.h"
#include "core/source.h"

namespace polyfst {

/**
 * Record keys plus packed values. ni, nj, nk come from `keys`; datyp, nbits and dasiz from `packed`; datev is computed from
 * dateo, deet and npas. Throws bad_value or bad_dimensions for what the container cannot hold, too_large for a record beyond
 * the container's limit. `metadata` (JSON text) is kept by RSF only; XDF has no room for it.
 */
std::vector<std::uint8_t> assemble(Container container, const Record& keys, const Packed& packed,
                                   std::string_view metadata = {});

/**
 * A stored record made ready for `append` to a file of either container, its packed words untouched. `offset` and `bytes` are
 * those of a scan. With `metadata` an RSF record gets this text instead of its own. Between containers the words change their
 * byte order; extended metadata are dropped on the way to XDF.
 * Throws type_mismatch for what only RSF can store (64-bit integers): such a record must be encoded anew.
 */
std::vector<std::uint8_t> extract_raw(const Source& source, Container from, std::uint64_t offset, std::uint64_t bytes,
                                      Container to, std::optional<std::string_view> metadata = std::nullopt);

}  // namespace polyfst
