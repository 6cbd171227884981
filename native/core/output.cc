#include "core/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace polyfst {

namespace {

constexpr std::size_t flush_bytes = std::size_t{4} << 20;

Error write_error(const std::string& what, int number) {
  Error error = system_error(what, number);
  if (error.code == Code::general_error) error.code = Code::write_failed;
  return error;
}

int opened(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0) throw write_error("cannot open the file for writing", errno);
  return fd;
}

}  // namespace

OutputFile::OutputFile(int fd) : fd_(fd) { lock(); }

OutputFile::OutputFile(const std::string& path) : OutputFile(opened(path, 0)) {}

OutputFile OutputFile::create(const std::string& path) { return OutputFile(opened(path, O_CREAT | O_EXCL)); }

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);  // gives up the lock
}

void OutputFile::lock() {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(fd_, F_OFD_SETLK, &whole) == 0) return;
  const int number = errno;
  ::close(fd_);
  fd_ = -1;
  if (number == EAGAIN || number == EACCES) throw Error(Code::file_locked, "another writer has locked the file");
  throw write_error("cannot lock the file", number);
}

std::uint64_t OutputFile::size() const {
  struct stat status;
  if (::fstat(fd_, &status) != 0) throw system_error("cannot look at the file", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t OutputFile::read_some(std::uint64_t offset, MutableBytes out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error("cannot read the file", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void OutputFile::write(std::uint64_t offset, Bytes bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) throw write_error("cannot write the file", put < 0 ? errno : EIO);
    done += static_cast<std::size_t>(put);
  }
}

void OutputFile::truncate(std::uint64_t size) {
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) throw write_error("cannot shorten the file", errno);
}

void OutputFile::sync() {
  if (::fsync(fd_) != 0) throw write_error("cannot bring the file to the disk", errno);
}

void SequentialWriter::put(Bytes bytes) {
  if (pending_.size() + bytes.size() > flush_bytes) flush();
  if (bytes.size() > flush_bytes) {
    file_.write(start_, bytes);
    start_ += bytes.size();
    return;
  }
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

void SequentialWriter::flush() {
  file_.write(start_, pending_);
  start_ += pending_.size();
  pending_.clear();
}

std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> serial{0};
  return path + "." + std::to_string(::getpid()) + "-" + std::to_string(serial++) + ".part";
}

void discard(const std::string& temporary) noexcept { ::unlink(temporary.c_str()); }

bool publish(const std::string& temporary, const std::string& path) {
  const int linked = ::link(temporary.c_str(), path.c_str());
  const int number = errno;
  discard(temporary);
  if (linked == 0) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
      ::fsync(fd);  // the name must survive as well; a file system that cannot do this still has the file
      ::close(fd);
    }
    return true;
  }
  if (number == EEXIST) return false;
  throw write_error("cannot give the new file its name", number);
}

}  // namespace polyfst
