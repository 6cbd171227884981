// Lines kept of data files: bytes are those of the source, whatever was kept before, and the process holds no more than it may.
#include "core/line_cache.h"

#include <memory>
#include <random>

#include "test/check.h"

using namespace polyfst;

namespace {

std::vector<std::uint8_t> noise(std::size_t count) {
  std::mt19937 random(11);
  std::vector<std::uint8_t> out(count);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

/** Counts how often it is read. */
class CountedSource final : public Source {
 public:
  explicit CountedSource(Bytes bytes) : memory_(bytes) {}
  std::uint64_t size() const override { return memory_.size(); }
  std::size_t read_some(std::uint64_t offset, MutableBytes out) const override {
    ++reads;
    return memory_.read_some(offset, out);
  }
  mutable int reads = 0;

 private:
  MemorySource memory_;
};

}  // namespace

TEST("bytes through lines are those of the source, read once") {
  const auto bytes = noise(10'000);
  const CountedSource source(bytes);
  LineCache lines;
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t count = 1 + random() % LineCache::line_bytes;
    const std::size_t offset = random() % (bytes.size() - count);
    std::uint8_t out[LineCache::line_bytes];
    lines.read(source, offset, {out, count});
    CHECK(std::equal(out, out + count, bytes.begin() + static_cast<std::ptrdiff_t>(offset)));
  }
  const int before = source.reads;
  std::uint8_t out[16];
  for (std::uint64_t offset = 0; offset < 9'000; offset += 40) lines.read(source, offset, out);
  CHECK(source.reads == before);
}

TEST("the end of a file is an error, and never kept") {
  const auto bytes = noise(100);
  const CountedSource source(bytes);
  LineCache lines;
  std::uint8_t out[8];
  lines.read(source, 92, out);
  CHECK(std::equal(out, out + 8, bytes.begin() + 92));
  const int before = source.reads;
  lines.read(source, 92, out);
  CHECK(source.reads == before + 1);
  try {
    lines.read(source, 93, out);
    CHECK(false);
  } catch (const Error& error) {
    CHECK(error.code == Code::truncated_file);
  }
}

TEST("the process holds a bounded number of lines, and none when their files are closed") {
  const auto bytes = noise(std::size_t{3} << 20);
  const MemorySource source{Bytes(bytes)};
  const std::size_t before = LineCache::held_bytes();
  {
    std::vector<std::unique_ptr<LineCache>> files;
    for (int file = 0; file < 12; ++file) {
      files.push_back(std::make_unique<LineCache>());
      std::uint8_t out[8];
      for (std::uint64_t offset = 0; offset + 64 <= bytes.size(); offset += 64) {
        files.back()->read(source, offset + 3, out);
        if (offset % 6400 == 0) CHECK(std::equal(out, out + 8, bytes.begin() + static_cast<std::ptrdiff_t>(offset) + 3));
      }
      CHECK(LineCache::held_bytes() <= LineCache::most_bytes);
    }
  }
  CHECK(LineCache::held_bytes() == before);
}

RUN_TESTS
