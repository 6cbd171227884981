// Data files that stay open for a while, by identity: device, inode, size and time of change, never by name. A file is used
// only while it is what its identity says, so a replaced, rewritten or removed file is noticed. What was read of packing
// headers is kept with the file, so that the next point of a record costs one read.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/line_cache.h"
#include "core/plain.h"
#include "core/source.h"

namespace polyfst {

/** As the index saw a file: numbers as JavaScript has them, the time in milliseconds. */
struct Identity {
  double device = 0, inode = 0, size = 0, changed = 0;
  bool operator==(const Identity&) const = default;
};

struct NamedFile {
  std::string path;
  Identity identity;
};

/** Scales of records by the place of their payload. */
class JumpFile;

class ScaleMemory {
 public:
  bool find(std::uint64_t offset, Layout& layout) const;
  void keep(std::uint64_t offset, const Layout& layout);

 private:
  struct Scales {
    LinearScale linear;
    ExponentScale exponent;
  };
  mutable std::mutex lock_;
  std::unordered_map<std::uint64_t, Scales> scales_;
};

/** An open file that matched its identity when it was opened. */
class OpenFile final : public Source {
 public:
  /** Throws run_changed when the file at `path` is another one, and what PathSource throws. */
  OpenFile(const std::string& path, const Identity& identity);
  ~OpenFile() override;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::uint64_t size() const override { return size_; }
  std::size_t read_some(std::uint64_t offset, MutableBytes out) const override;
  /** True when the bytes at `offset` would have to come from the disk. */
  bool is_cold(std::uint64_t offset) const;
  /** Asks the kernel to read ahead there; returns at once. */
  void prefetch(std::uint64_t offset, std::uint64_t bytes) const;
  /** Still the same bytes under a name. */
  bool is_current() const;
  ScaleMemory& scales() const { return scales_; }
  LineCache& lines() const { return lines_; }
  /** The jump index of the file below `folder`, or null; it is looked for until it is there. */
  std::shared_ptr<const JumpFile> jumps(const std::string& folder) const;

 private:
  int fd_;
  std::uint64_t size_;
  Identity identity_;
  mutable ScaleMemory scales_;
  mutable LineCache lines_;
  mutable std::mutex lock_;
  mutable std::shared_ptr<const JumpFile> jumps_;
};

/**
 * The open file of an identity, from those kept open or newly opened. At most a quarter of the descriptors that the process
 * may have are kept, at least 16 and at most 1024; the least recently used is closed when its last reader is done.
 */
std::shared_ptr<const OpenFile> open_file(const std::string& path, const Identity& identity);

/** Closes every file that nobody reads. */
void close_files();

}  // namespace polyfst
