// Points of a record through its jump index.
#pragma once

#include "core/jump_index.h"

namespace polyfst {

/**
 * Values at the points of `runs` (at least one), as gather_record; false, with nothing written, when a whole decode is estimated to be faster.
 * Throws decode_failed where index and stream do not fit each other.
 */
bool gather_jumps(const Source& source, const JumpFile& index, const JumpHead& head, const Located& record, Runs runs,
                  std::span<float> out, Workspace& work);

}  // namespace polyfst
