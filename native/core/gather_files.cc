// Values of records of many files.
#include "core/gather_files.h"

#include <algorithm>

#include "core/jump_index.h"

namespace polyfst {

namespace {

constexpr std::size_t few_points = 16;

/** Byte of the payload that holds a point of an uncompressed record, about. */
std::uint64_t place_of(const Located& record, std::uint32_t point) {
  return record.offset + std::min(record.bytes, std::uint64_t{point} * record.spec.nbits / 8);
}

/**
 * When the first record has to come from the disk, all reads are announced before the first one waits: a disk that serves many
 * at once then does. For few points of uncompressed records; others read enough at a time to keep it busy.
 */
void announce(std::span<const NamedFile> files, std::span<const std::uint32_t> file_of, std::span<const Located> records,
              std::span<const std::uint32_t> points) {
  if (records.size() < 4 || points.empty() || points.size() > few_points) return;
  const auto file_at = [&](std::size_t r) { return open_file(files[file_of[r]].path, files[file_of[r]].identity); };
  if (file_of[0] >= files.size() || !file_at(0)->is_cold(place_of(records[0], points[0]))) return;
  for (std::size_t r = 0; r < records.size(); ++r) {
    if (file_of[r] >= files.size() || (records[r].spec.datyp & turbo_flag) != 0) continue;
    const std::shared_ptr<const OpenFile> file = file_at(r);
    file->prefetch(records[r].offset, 16);  // the packing header
    for (const std::uint32_t point : points) file->prefetch(place_of(records[r], point), 16);
  }
}

}  // namespace

FloatBatch gather_files(std::span<const NamedFile> files, std::span<const std::uint32_t> file_of,
                        std::span<const Located> records, std::span<const std::uint32_t> points,
                        std::optional<std::span<const std::uint32_t>> starts, const std::string& jump_folder) {
  if (file_of.size() != records.size()) throw Error(Code::bad_value, "the files of the records are not as many as these");
  if (!starts) announce(files, file_of, records, points);
  std::shared_ptr<const OpenFile> file;
  std::shared_ptr<const JumpFile> jumps;
  std::size_t open = files.size();
  const auto source_of = [&](std::size_t r, Workspace& work) -> const Source& {
    const std::uint32_t number = file_of[r];
    if (number >= files.size()) throw Error(Code::bad_value, "a record lies in a file that is not there");
    if (number != open) {
      file = open_file(files[number].path, files[number].identity);
      open = number;
      work.scales = &file->scales();
      work.lines = &file->lines();
      jumps = nullptr;
    }
    if (jumps == nullptr && !jump_folder.empty() && (records[r].spec.datyp & turbo_flag) != 0) jumps = file->jumps(jump_folder);
    work.jumps = jumps.get();
    return *file;
  };
  return gather_each(source_of, records, points, starts);
}

}  // namespace polyfst
