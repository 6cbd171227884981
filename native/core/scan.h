// Every record of a file as columns, whatever its container.
#pragma once

#include "core/record.h"
#include "core/source.h"

namespace polyfst {

/** Which records count: those that their writer has committed, or also what an unfinished writer has left behind. */
enum class Extent : std::uint8_t { committed, everything };

/**
 * Directory of a file: XDF random with any number of pages, XDF sequential, RSF with any number of segments. Records that a
 * writer has not committed yet are listed only on request, as they are found by their own headers. Records of a damaged directory are found by their own headers where possible;
 * a row whose bytes cannot be trusted has payload_bytes 0.
 * Throws not_fst, truncated_file, damaged_file, unsupported_type or the source's errors.
 */
RecordTable scan(const Source& source, Extent extent = Extent::committed);

/** Container by the file's first 24 bytes; throws not_fst, truncated_file or unsupported_type. */
Container detect(const Source& source);

namespace xdf {
RecordTable scan(const Source& source, Extent extent = Extent::committed);
}
namespace rsf {
RecordTable scan(const Source& source, Extent extent = Extent::committed);
}

}  // namespace polyfst
