#include "core/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace polyfst {

Error system_error(const std::string& what, int number) {
  Code code = Code::general_error;
  if (number == ENOENT || number == ENOTDIR) code = Code::file_not_found;
  if (number == EACCES || number == EPERM || number == EROFS) code = Code::permission_denied;
  if (number == EMFILE || number == ENFILE) code = Code::handle_error;
  if (number == EISDIR || number == ESPIPE) code = Code::not_fst;
  if (number == ENOMEM) code = Code::out_of_memory;
  if (number == ENOSPC || number == EDQUOT) code = Code::storage_full;
  return Error(code, what + ": " + std::strerror(number));
}

void Source::read(std::uint64_t offset, MutableBytes out) const {
  const std::size_t got = read_some(offset, out);
  if (got < out.size()) {
    throw Error(Code::truncated_file, "the file ends before the data that it announces", offset + got);
  }
}

Bytes Source::view(std::uint64_t offset, std::size_t length, std::vector<std::uint8_t>& scratch) const {
  if (!inside(offset, length, size())) {
    throw Error(Code::truncated_file, "the file ends before the data that it announces", offset);
  }
  scratch.resize(length);
  read(offset, scratch);
  return scratch;
}

PathSource::PathSource(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {  // a named pipe must not block
  if (fd_ < 0) throw system_error("cannot open the file", errno);
}

PathSource::~PathSource() { ::close(fd_); }

std::uint64_t PathSource::size() const {
  struct stat status;
  if (::fstat(fd_, &status) != 0) throw system_error("cannot look at the file", errno);
  if (!S_ISREG(status.st_mode)) throw Error(Code::not_fst, "this is not a regular file");
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t read_descriptor(int fd, std::uint64_t offset, MutableBytes out) {
  std::size_t done = 0;
  if (offset > static_cast<std::uint64_t>(INT64_MAX) - out.size()) return 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error("cannot read the file", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::size_t PathSource::read_some(std::uint64_t offset, MutableBytes out) const { return read_descriptor(fd_, offset, out); }

MemorySource::MemorySource(std::vector<Segment> segments, std::optional<std::uint64_t> size)
    : segments_(std::move(segments)), size_(0) {
  std::sort(segments_.begin(), segments_.end(), [](const Segment& a, const Segment& b) { return a.offset < b.offset; });
  for (const Segment& segment : segments_) {
    if (segment.bytes.size() > no_offset - segment.offset) throw Error(Code::bad_value, "a range ends beyond 2^64 bytes");
    size_ = std::max(size_, segment.offset + segment.bytes.size());
  }
  if (size) size_ = *size;
}

Bytes MemorySource::from(std::uint64_t offset) const {
  auto after = std::upper_bound(segments_.begin(), segments_.end(), offset,
                                [](std::uint64_t at, const Segment& segment) { return at < segment.offset; });
  while (after != segments_.begin()) {
    --after;
    const std::uint64_t skip = offset - after->offset;
    if (skip < after->bytes.size()) return after->bytes.subspan(skip);
  }
  return {};
}

std::size_t MemorySource::read_some(std::uint64_t offset, MutableBytes out) const {
  std::size_t done = 0;
  while (done < out.size() && offset + done < size_) {
    const Bytes part = from(offset + done);
    if (part.empty()) throw Error(Code::general_error, "a range that is needed was not fetched", offset + done);
    const std::size_t take = std::min(part.size(), out.size() - done);
    std::memcpy(out.data() + done, part.data(), take);
    done += take;
  }
  return done;
}

Bytes MemorySource::view(std::uint64_t offset, std::size_t length, std::vector<std::uint8_t>& scratch) const {
  const Bytes part = from(offset);
  if (part.size() >= length && inside(offset, length, size_)) return part.first(length);
  return Source::view(offset, length, scratch);
}

}  // namespace polyfst
