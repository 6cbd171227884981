// Fuzzer of jump indexes: the first bytes choose the keys of a record, the rest is its payload, through the index and whole.
// Where both answer, the bits are the same; nothing may crash or read outside.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "core/gather.h"
#include "core/jump_read.h"

namespace {

using namespace polyfst;

/** A file that holds the payload; one for the process, rewritten for each input. */
NamedFile file_with(const std::uint8_t* data, std::size_t size) {
  static const std::string path = [] {
    char name[] = "/tmp/polyfst-fuzz-XXXXXX";
    return std::string(::mkdtemp(name)) + "/data";
  }();
  ::unlink(path.c_str());
  FILE* const out = std::fopen(path.c_str(), "wb");
  if (out == nullptr || std::fwrite(data, 1, size, out) != size || std::fclose(out) != 0) std::abort();
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) std::abort();
  return {path,
          {static_cast<double>(status.st_dev), static_cast<double>(status.st_ino), static_cast<double>(status.st_size),
           static_cast<double>(status.st_mtim.tv_sec) * 1000.0 + static_cast<double>(status.st_mtim.tv_nsec) / 1e6}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t head = 12;
  if (size < head + 24) return 0;
  constexpr std::uint8_t types[] = {129, 130, 134, 129 + 64, 130 + 64, 134 + 64};
  std::uint16_t ni, nj;
  std::memcpy(&ni, data + 2, 2);
  std::memcpy(&nj, data + 4, 2);
  if (std::uint64_t{ni} * nj > 20000) return 0;  // larger fields are the same code, slower
  const RecordSpec spec{(data[0] & 1) != 0 ? Container::rsf : Container::xdf, ni, nj, 1, types[data[0] / 2 % 6],
                        static_cast<std::uint8_t>(data[1] % 17), 32};
  const Located record{spec, 0, size - head};
  const NamedFile file = file_with(data + head, size - head);
  const std::string folder = file.path.substr(0, file.path.rfind('/'));
  try {
    write_jumps(folder, file, {&record, 1}, 1e6);
    const auto index = JumpFile::open(folder, file.identity);
    const JumpHead* const found = index == nullptr ? nullptr : index->find(record);
    if (found != nullptr) {
      const MemorySource source(Bytes(data + head, size - head));
      FloatBatch whole = decode_batch(source, {&record, 1});
      Workspace work;
      const std::uint32_t n = std::uint32_t{ni} * nj;
      const std::uint32_t points[] = {data[6] * 997U % n, n - 1, n - 1 - data[7] % n};
      float out[3];
      if (gather_jumps(source, *index, *found, record, work.runs.runs_of(points), out, work) && whole.status[0] == 0) {
        for (int k = 0; k < 3; ++k) {
          if (std::memcmp(&out[k], whole.values.data() + points[k], 4) != 0) std::abort();
        }
      }
    }
  } catch (const Error&) {
    // damage that was noticed
  }
  close_files();
  ::unlink((folder + "/" + jump_name(file.identity)).c_str());
  return 0;
}
