// Values of records of many files.
#include "core/gather_files.h"

#include "core/jump_index.h"

namespace polyfst {

FloatBatch gather_files(std::span<const NamedFile> files, std::span<const std::uint32_t> file_of,
                        std::span<const Located> records, std::span<const std::uint32_t> points,
                        std::optional<std::span<const std::uint32_t>> starts, const std::string& jump_folder) {
  if (file_of.size() != records.size()) throw Error(Code::bad_value, "the files of the records are not as many as these");
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
      jumps = nullptr;
    }
    if (jumps == nullptr && !jump_folder.empty() && (records[r].spec.datyp & turbo_flag) != 0) jumps = file->jumps(jump_folder);
    work.jumps = jumps.get();
    return *file;
  };
  return gather_each(source_of, records, points, starts);
}

}  // namespace polyfst
