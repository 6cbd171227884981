// Index files: header, table of heads, blocks. They are caches on a local disk, in the byte order of the machine.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>

#include "core/jump_index.h"

namespace polyfst {

namespace {

constexpr std::uint64_t magic = 0x31504D554A465053U;  // "SPFJUMP1"
constexpr std::uint32_t version = 1;

struct FileHead {
  std::uint64_t magic;
  std::uint32_t version, records;
  Identity identity;
  /** where the heads of the records are, behind the blocks; and the size of the whole file */
  std::uint64_t table, bytes;
};
static_assert(sizeof(FileHead) == 64);

constexpr std::uint32_t most_records = 1U << 22;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

template <class T>
MutableBytes bytes_of(T* values, std::size_t count) {
  return {reinterpret_cast<std::uint8_t*>(values), count * sizeof(T)};
}

/** A head that cannot lead outside its file or its payload. */
bool is_sound(const JumpHead& head, std::uint64_t file_bytes) {
  if (head.ni < 2 || head.nj < 2 || head.steps.rows == 0 || head.steps.tiles == 0 || head.nbits < 1 || head.nbits > 16) return false;
  if (head.head != token_rules(head.nbits).narrow_head && head.head != token_rules(head.nbits).wide_head) return false;
  if (head.shift > 31 || std::uint64_t{head.ni} * head.nj > 1U << 31) return false;
  const JumpShape shape(head);
  return inside(head.blocks, std::uint64_t{shape.blocks} * shape.block_bytes, file_bytes);
}

void write_all(int fd, Bytes bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t put = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw system_error("cannot write the jump index", errno);
    done += static_cast<std::size_t>(put);
  }
}

}  // namespace

std::string jump_name(const Identity& identity) {
  std::string out;
  for (const double part : {identity.device, identity.inode, identity.size, identity.changed}) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(part)));
    out += text;
  }
  return out + ".jump";
}

JumpFile::~JumpFile() { ::close(fd_); }

std::shared_ptr<const JumpFile> JumpFile::open(const std::string& folder, const Identity& identity) {
  Descriptor fd(::open((folder + "/" + jump_name(identity)).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return nullptr;
  FileHead head;
  if (read_descriptor(fd.get(), 0, bytes_of(&head, 1)) != sizeof head || head.magic != magic || head.version != version) return nullptr;
  const off_t size = ::lseek(fd.get(), 0, SEEK_END);
  if (!(head.identity == identity) || size < 0 || head.bytes != static_cast<std::uint64_t>(size)) return nullptr;
  if (head.records > most_records || !inside(head.table, std::uint64_t{head.records} * sizeof(JumpHead), head.bytes)) return nullptr;
  std::vector<JumpHead> heads(head.records);
  const MutableBytes room = bytes_of(heads.data(), heads.size());
  if (read_descriptor(fd.get(), head.table, room) != room.size()) return nullptr;
  const auto sorted = [](const JumpHead& one, const JumpHead& other) { return one.payload < other.payload; };
  const bool sound = std::all_of(heads.begin(), heads.end(), [&](const JumpHead& h) { return is_sound(h, head.bytes); });
  if (!sound || !std::is_sorted(heads.begin(), heads.end(), sorted)) return nullptr;
  return std::shared_ptr<const JumpFile>(new JumpFile(fd.release(), std::move(heads)));
}

const JumpHead* JumpFile::find(const Located& record) const {
  const auto at = std::lower_bound(heads_.begin(), heads_.end(), record.offset,
                                   [](const JumpHead& head, std::uint64_t offset) { return head.payload < offset; });
  if (at == heads_.end() || at->payload != record.offset || at->bytes != record.bytes) return nullptr;
  const RecordSpec& spec = record.spec;
  const bool same = at->ni == spec.ni && at->nj == spec.nj && spec.nk == 1 && at->datyp == spec.datyp && at->nbits == spec.nbits;
  return same ? &*at : nullptr;
}

namespace {

/** Blocks of record after record, then their heads, then the head of the file: until then the file is no index. */
JumpReport write_index(int fd, const NamedFile& file, std::span<const Located> records, double share) {
  const std::shared_ptr<const OpenFile> source = open_file(file.path, file.identity);
  FileHead head{magic, version, 0, file.identity, sizeof(FileHead), 0};
  const FileHead unfinished{};
  write_all(fd, {reinterpret_cast<const std::uint8_t*>(&unfinished), sizeof unfinished});
  Workspace work;
  std::vector<JumpHead> heads;
  for (const Located& record : records) {
    JumpRecord one{};
    guarded([&] { one = build_jumps(*source, record, share, work); });
    work.scratch.turbo.forget();
    if (one.blocks.empty()) continue;
    one.head.blocks = head.table;
    write_all(fd, one.blocks);
    head.table += one.blocks.size();
    heads.push_back(one.head);
  }
  std::sort(heads.begin(), heads.end(), [](const JumpHead& one, const JumpHead& other) { return one.payload < other.payload; });
  write_all(fd, bytes_of(heads.data(), heads.size()));
  head.records = static_cast<std::uint32_t>(heads.size());
  head.bytes = head.table + heads.size() * sizeof(JumpHead);
  if (::lseek(fd, 0, SEEK_SET) != 0) throw system_error("cannot write the jump index", errno);
  write_all(fd, bytes_of(&head, 1));
  // a name must never lead to blocks that a power cut has left out
  if (::fdatasync(fd) != 0) throw system_error("cannot write the jump index", errno);
  return {head.records, head.bytes};
}

}  // namespace

JumpReport write_jumps(const std::string& folder, const NamedFile& file, std::span<const Located> records, double share) {
  const std::string path = folder + "/" + jump_name(file.identity);
  const std::string part = path + "." + std::to_string(::getpid()) + ".part";
  try {
    const Descriptor fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (fd.get() < 0) throw system_error("cannot write the jump index", errno);
    const JumpReport report = write_index(fd.get(), file, records, share);
    if (::rename(part.c_str(), path.c_str()) != 0) throw system_error("cannot write the jump index", errno);
    return report;
  } catch (const Error&) {
    ::unlink(part.c_str());
    throw;
  }
}

}  // namespace polyfst
