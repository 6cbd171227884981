// Values at storage offsets of records of many files in one call: a time series over one file a step is one hop to the pool.
#pragma once

#include <string>

#include "core/gather.h"
#include "core/open_file.h"

namespace polyfst {

/**
 * As gather_batch; record r lies in files[file_of[r]]. Records of one file should be neighbours. Throws run_changed for a
 * file that is no longer what its identity says, bad_value for a file number that is not there. Compressed records are read
 * through the jump indexes in `jump_folder` (empty: none) where these make it faster.
 */
FloatBatch gather_files(std::span<const NamedFile> files, std::span<const std::uint32_t> file_of,
                        std::span<const Located> records, std::span<const std::uint32_t> points,
                        std::optional<std::span<const std::uint32_t>> starts, const std::string& jump_folder);

}  // namespace polyfst
