// Where bytes come from: a local file read by pread, or ranges that somebody fetched before. Reads give exactly what was
// asked for or throw. A source is made, used and dropped inside one call; it is the only place of the core that meets files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"

namespace polyfst {

class Source {
 public:
  virtual ~Source() = default;

  /** Size in bytes at this moment; a growing file may answer more later. */
  virtual std::uint64_t size() const = 0;
  /** Reads as many bytes as are there, at most out.size(); 0 at the end. */
  virtual std::size_t read_some(std::uint64_t offset, MutableBytes out) const = 0;
  /** Fills `out` or throws truncated_file. */
  void read(std::uint64_t offset, MutableBytes out) const;
  /** The bytes, in place where the source is memory, else through `scratch`. Valid while both live. */
  virtual Bytes view(std::uint64_t offset, std::size_t length, std::vector<std::uint8_t>& scratch) const;
};

/** A local file. Throws file_not_found, permission_denied, handle_error or general_error when it cannot be opened. */
class PathSource final : public Source {
 public:
  explicit PathSource(const std::string& path);
  ~PathSource() override;
  PathSource(const PathSource&) = delete;
  PathSource& operator=(const PathSource&) = delete;

  std::uint64_t size() const override;
  std::size_t read_some(std::uint64_t offset, MutableBytes out) const override;

 private:
  int fd_;
};

/** Ranges in memory, not owned. `size` is that of the file they were cut from; without it, the end of the last range. */
class MemorySource final : public Source {
 public:
  struct Segment {
    std::uint64_t offset;
    Bytes bytes;
  };

  explicit MemorySource(std::vector<Segment> segments, std::optional<std::uint64_t> size = std::nullopt);
  /** A whole file in memory. */
  explicit MemorySource(Bytes whole) : MemorySource({{0, whole}}) {}

  std::uint64_t size() const override { return size_; }
  std::size_t read_some(std::uint64_t offset, MutableBytes out) const override;
  Bytes view(std::uint64_t offset, std::size_t length, std::vector<std::uint8_t>& scratch) const override;

 private:
  /** Bytes from `offset` to the end of the range that holds it; empty when none does. */
  Bytes from(std::uint64_t offset) const;

  std::vector<Segment> segments_;
  std::uint64_t size_;
};

/** pread until `out` is full or the file ends; returns the bytes read. */
std::size_t read_descriptor(int fd, std::uint64_t offset, MutableBytes out);

/** The error of a failed system call on a file, by errno. */
Error system_error(const std::string& what, int number);

}  // namespace polyfst
