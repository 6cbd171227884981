// One record as the bytes that a container stores: keys, then payload in the container's byte order. Position independent:
// `append` gives an XDF record its address when it places it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/packed.h"
#include "core/record.h"

namespace polyfst {

/**
 * Record keys plus packed values. ni, nj, nk come from `keys`; datyp, nbits and dasiz from `packed`; datev is computed from
 * dateo, deet and npas. Throws bad_value or bad_dimensions for what the container cannot hold.
 * `metadata` (JSON text) is kept by RSF only; XDF has no room for it.
 */
std::vector<std::uint8_t> assemble(Container container, const Record& keys, const Packed& packed,
                                   std::string_view metadata = {});

}  // namespace polyfst
