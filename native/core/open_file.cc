// Files kept open by identity.
#include "core/open_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <list>

#include "core/jump_index.h"

namespace polyfst {

namespace {

constexpr std::size_t most_scales = 4096;  // a file; 200 KiB

/** Identity of an open descriptor; the arithmetic of the time is that of Node's `mtimeMs`. */
Identity identity_of(const struct stat& status) {
  return {static_cast<double>(status.st_dev), static_cast<double>(status.st_ino), static_cast<double>(status.st_size),
          static_cast<double>(status.st_mtim.tv_sec) * 1000.0 + static_cast<double>(status.st_mtim.tv_nsec) / 1e6};
}

struct IdentityHash {
  std::size_t operator()(const Identity& identity) const {
    std::uint64_t hash = 0;
    for (const double part : {identity.device, identity.inode, identity.size, identity.changed}) {
      hash = (hash ^ std::bit_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 29;
    }
    return hash;
  }
};

std::size_t capacity() {
  struct rlimit limit;
  const rlim_t allowed = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 256;
  return std::clamp<std::size_t>(allowed / 4, 16, 1024);
}

class OpenFiles {
 public:
  std::shared_ptr<const OpenFile> find(const Identity& identity) {
    const std::lock_guard guard(lock_);
    const auto found = places_.find(identity);
    if (found == places_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->file;
  }

  void keep(const Identity& identity, std::shared_ptr<const OpenFile> file) {
    std::shared_ptr<const OpenFile> dropped;  // closed after the lock is given back
    const std::lock_guard guard(lock_);
    if (places_.contains(identity)) return;
    order_.push_front({identity, std::move(file)});
    places_[identity] = order_.begin();
    if (order_.size() <= capacity_) return;
    dropped = std::move(order_.back().file);
    places_.erase(order_.back().identity);
    order_.pop_back();
  }

  void drop(const Identity& identity) {
    const std::lock_guard guard(lock_);
    const auto found = places_.find(identity);
    if (found == places_.end()) return;
    order_.erase(found->second);
    places_.erase(found);
  }

  void clear() {
    const std::lock_guard guard(lock_);
    places_.clear();
    order_.clear();
  }

 private:
  struct Entry {
    Identity identity;
    std::shared_ptr<const OpenFile> file;
  };
  std::mutex lock_;
  std::size_t capacity_ = capacity();
  std::list<Entry> order_;  // most recently used first
  std::unordered_map<Identity, std::list<Entry>::iterator, IdentityHash> places_;
};

OpenFiles& files() {
  static auto* kept = new OpenFiles;  // never destroyed: pool threads may outlive static destruction
  return *kept;
}

}  // namespace

bool ScaleMemory::find(std::uint64_t offset, Layout& layout) const {
  const std::lock_guard guard(lock_);
  const auto found = scales_.find(offset);
  if (found == scales_.end()) return false;
  layout.linear = found->second.linear;
  layout.exponent = found->second.exponent;
  return true;
}

void ScaleMemory::keep(std::uint64_t offset, const Layout& layout) {
  const std::lock_guard guard(lock_);
  if (scales_.size() < most_scales) scales_[offset] = {layout.linear, layout.exponent};
}

OpenFile::OpenFile(const std::string& path, const Identity& identity)
    : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), size_(0), identity_(identity) {
  if (fd_ < 0) {
    const Error error = system_error(path, errno);
    // gone since it was indexed: the same answer as for another file in its place
    throw error.code == Code::file_not_found ? Error(Code::run_changed, path + " is gone since it was indexed") : error;
  }
  struct stat status;
  const bool same = ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode) && identity_of(status) == identity;
  if (!same) {
    ::close(fd_);
    throw Error(Code::run_changed, path + " changed after it was indexed");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

OpenFile::~OpenFile() { ::close(fd_); }

std::size_t OpenFile::read_some(std::uint64_t offset, MutableBytes out) const { return read_descriptor(fd_, offset, out); }

bool OpenFile::is_cold(std::uint64_t offset) const {
#if defined(RWF_NOWAIT)
  std::uint8_t byte;
  const struct iovec room = {&byte, 1};
  return ::preadv2(fd_, &room, 1, static_cast<off_t>(offset), RWF_NOWAIT) < 0 && errno == EAGAIN;
#else
  return offset > size_;
#endif
}

void OpenFile::prefetch(std::uint64_t offset, std::uint64_t bytes) const {
  ::posix_fadvise(fd_, static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_WILLNEED);
}

std::shared_ptr<const JumpFile> OpenFile::jumps(const std::string& folder) const {
  const std::lock_guard guard(lock_);
  if (jumps_ == nullptr) jumps_ = JumpFile::open(folder, identity_);
  return jumps_;
}

bool OpenFile::is_current() const {
  struct stat status;
  return ::fstat(fd_, &status) == 0 && status.st_nlink > 0 && identity_of(status) == identity_;
}

std::shared_ptr<const OpenFile> open_file(const std::string& path, const Identity& identity) {
  if (auto kept = files().find(identity)) {
    if (kept->is_current()) return kept;
    files().drop(identity);
  }
  auto opened = std::make_shared<const OpenFile>(path, identity);
  files().keep(identity, opened);
  return opened;
}

void close_files() { files().clear(); }

}  // namespace polyfst
