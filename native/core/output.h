// A file open for change: locked against other writers, written at positions, made durable on request. Also a Source, so that
// what the reader knows serves the writer.
#pragma once

#include <string>

#include "core/source.h"

namespace polyfst {

class OutputFile final : public Source {
 public:
  /** Opens a file that exists and takes its lock; throws file_not_found, permission_denied, file_locked. */
  explicit OutputFile(const std::string& path);
  /** Makes a file that must not exist yet, locked. */
  static OutputFile create(const std::string& path);
  ~OutputFile() override;
  OutputFile(OutputFile&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  std::uint64_t size() const override;
  std::size_t read_some(std::uint64_t offset, MutableBytes out) const override;
  /** Writes all of it or throws write_failed or storage_full. */
  void write(std::uint64_t offset, Bytes bytes);
  void truncate(std::uint64_t size);
  /** Returns when everything written so far is on the disk. */
  void sync();

 private:
  explicit OutputFile(int fd);
  void lock();
  int fd_;
};

/** Collects writes that follow one another into large ones. */
class SequentialWriter {
 public:
  SequentialWriter(OutputFile& file, std::uint64_t start) : file_(file), start_(start) {}

  std::uint64_t position() const { return start_ + pending_.size(); }
  void put(Bytes bytes);
  void flush();

 private:
  OutputFile& file_;
  std::uint64_t start_;
  std::vector<std::uint8_t> pending_;
};

/**
 * Runs `fill` on a new file under a temporary name beside `path`, then gives it its name in one step.
 * False, with nothing left behind, when `path` came into being meanwhile.
 */
template <class Fill>
bool create_atomically(const std::string& path, Fill fill);

std::string temporary_name(const std::string& path);
/** Gives `temporary` the name `path` unless that exists; the temporary name is gone afterwards in any case. */
bool publish(const std::string& temporary, const std::string& path);
void discard(const std::string& temporary) noexcept;

template <class Fill>
bool create_atomically(const std::string& path, Fill fill) {
  const std::string temporary = temporary_name(path);
  try {
    OutputFile file = OutputFile::create(temporary);
    fill(file);
    file.sync();
  } catch (...) {
    discard(temporary);
    throw;
  }
  return publish(temporary, path);
}

}  // namespace polyfst
