// Values at storage offsets of many records. Uncompressed types read only the bytes that they need: spans close to each other
// are read as one, and dense requests read the whole record. Turbo types are decoded band by band up to the last row asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "core/batch.h"

namespace polyfst {

/**
 * Values of a record at the points of `runs`, each at its place in `out`; missing points are NaN. Throws bad_dimensions for a
 * point outside the field, and what decoding throws.
 */
void gather_record(const Source& source, const Located& record, Runs runs, std::span<float> out, Workspace& work);

using SourceOf = std::function<const Source&(std::size_t record, Workspace& work)>;

/** gather_batch over records of several sources: `source_of` gives that of a record, and what it remembers of it. */
FloatBatch gather_each(const SourceOf& source_of, std::span<const Located> records, std::span<const std::uint32_t> points,
                       std::optional<std::span<const std::uint32_t>> starts);

/**
 * [record][point]; with `starts` (one more than records, ascending, within `points`) record r takes
 * points[starts[r] .. starts[r+1]). Throws bad_value for other starts.
 */
FloatBatch gather_batch(const Source& source, std::span<const Located> records, std::span<const std::uint32_t> points,
                        std::optional<std::span<const std::uint32_t>> starts);

}  // namespace polyfst
