// Jump indexes: windows give the bits of a whole decode, an index of another file is never used, a damaged one never trusted.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>

#include "core/encode.h"
#include "core/gather_files.h"
#include "core/jump_read.h"
#include "test/check.h"

using namespace polyfst;

namespace {

struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/polyfst-jump-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { [[maybe_unused]] const int done = std::system(("rm -rf " + path).c_str()); }
};

std::vector<float> field_of(std::uint32_t ni, std::uint32_t nj, unsigned seed, bool missing, bool rough) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> noise(rough ? -9.0F : -0.05F, rough ? 9.0F : 0.05F);
  std::vector<float> out;
  for (std::uint32_t j = 0; j < nj; ++j) {
    for (std::uint32_t i = 0; i < ni; ++i) {
      const bool gone = missing && (i / 7 + j / 5 + seed) % 9 == 0;
      const auto smooth = static_cast<float>(40.0 * std::sin(0.02 * i + 0.03 * j + seed));
      out.push_back(gone ? std::numeric_limits<float>::quiet_NaN() : smooth + noise(random));
    }
  }
  return out;
}

struct File {
  NamedFile named;
  Located record;
};

Identity identity_of(const std::string& path) {
  struct stat status;
  CHECK(::stat(path.c_str(), &status) == 0);
  return {static_cast<double>(status.st_dev), static_cast<double>(status.st_ino), static_cast<double>(status.st_size),
          static_cast<double>(status.st_mtim.tv_sec) * 1000.0 + static_cast<double>(status.st_mtim.tv_nsec) / 1e6};
}

/** One payload in a file, somewhere behind its start. */
File store(const Folder& folder, const std::string& name, Container container, const std::vector<float>& values, std::uint32_t ni,
           std::uint32_t nj, std::uint8_t datyp, std::uint8_t nbits) {
  std::vector<std::uint32_t> whole;
  FieldArray field{Element::float32, {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * 4}, ni, nj, 1, datyp, nbits};
  if ((datyp & 63) == 2) {
    for (const float value : values) whole.push_back(static_cast<std::uint32_t>(value + 60.0F) & ((1U << nbits) - 1));
    field.element = Element::uint32;
    field.values = {reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size() * 4};
  }
  const Packed packed = pack(container, field);
  constexpr std::size_t before = 40;
  std::vector<std::uint8_t> bytes(before + packed.words.size() * 4);
  for (std::size_t i = 0; i < packed.words.size(); ++i) store32(bytes.data() + before + 4 * i, packed.words[i], order_of(container));
  const std::string path = folder.path + "/" + name;
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  const RecordSpec spec{container, ni, nj, 1, packed.datyp, packed.nbits, packed.dasiz};
  return {{path, identity_of(path)}, {spec, before, packed.words.size() * 4}};
}

std::vector<float> decoded(const File& file) {
  const PathSource source(file.named.path);
  FloatBatch batch = decode_batch(source, {&file.record, 1});
  CHECK(batch.status[0] == 0);
  return {batch.values.data(), batch.values.data() + batch.values.size()};
}

/** How many of some random requests went through the index; every value is compared. */
int compare(const Folder& folder, const File& file, unsigned seed) {
  const std::vector<float> whole = decoded(file);
  const auto source = open_file(file.named.path, file.named.identity);
  const auto jumps = JumpFile::open(folder.path, file.named.identity);
  CHECK(jumps != nullptr);
  if (jumps == nullptr) return 0;
  const JumpHead* const head = jumps->find(file.record);
  if (head == nullptr) return 0;
  std::mt19937 random(seed);
  Workspace work;
  int used = 0;
  const auto n = static_cast<std::uint32_t>(whole.size());
  for (int round = 0; round < 150; ++round) {
    std::vector<std::uint32_t> points;
    const std::uint32_t corner = random() % n;
    for (std::uint32_t k = 0; k < 1 + random() % 12; ++k) {
      points.push_back(round % 3 == 0 ? std::min(n - 1, corner + k) : round % 3 == 1 ? random() % n : n - 1 - random() % std::min(n, 999U));
    }
    if (round % 10 == 0) points.push_back(points.front() / file.record.spec.ni * file.record.spec.ni);  // first column
    if (round % 11 == 0) points.push_back(n - 1);
    if (round % 7 == 0) {  // rows of an area, and some of it twice
      const std::uint32_t ni = file.record.spec.ni;
      const std::uint32_t width = 1 + static_cast<std::uint32_t>(random() % ni);
      for (std::uint32_t k = 0; k < 4 * width; ++k) points.push_back((corner + k / width * ni + k % width) % n);
    }
    std::vector<float> out(points.size());
    if (!gather_jumps(*source, *jumps, *head, file.record, work.runs.runs_of(points), out, work)) continue;
    ++used;
    for (std::size_t i = 0; i < points.size(); ++i) CHECK(std::memcmp(&out[i], &whole[points[i]], 4) == 0);
  }
  return used;
}

}  // namespace

TEST("windows are the whole decode, in every type, container and shape") {
  const Folder folder;
  constexpr std::uint32_t shapes[][2] = {{260, 230}, {401, 149}, {1203, 98}, {199, 400}};
  int used = 0;
  for (const auto& [ni, nj] : shapes) {
    for (const std::uint8_t datyp : {129, 130, 134, 129 + 64, 130 + 64, 134 + 64}) {
      for (const Container container : {Container::xdf, Container::rsf}) {
        for (const std::uint8_t nbits : {12, 16}) {
          const unsigned seed = ni + datyp + nbits;
          const std::vector<float> values = field_of(ni, nj, seed, (datyp & 64) != 0 && (datyp & 63) != 2, nbits == 12);
          const File file = store(folder, "field", container, values, ni, nj, datyp, nbits);
          if ((file.record.spec.datyp & turbo_flag) == 0) continue;
          write_jumps(folder.path, file.named, {&file.record, 1}, 100.0);
          used += compare(folder, file, seed);
        }
      }
    }
  }
  CHECK(used > 1000);
}

TEST("an index keeps to its share of the payload") {
  const Folder folder;
  const File file = store(folder, "field", Container::xdf, field_of(900, 700, 1, false, false), 900, 700, 134, 16);
  const JumpReport report = write_jumps(folder.path, file.named, {&file.record, 1}, 0.1);
  CHECK(report.records == 1);
  CHECK(static_cast<double>(report.bytes) <= 0.1 * static_cast<double>(file.record.bytes) + 256);
  CHECK(compare(folder, file, 3) > 50);
  CHECK(write_jumps(folder.path, file.named, {&file.record, 1}, 0.0001).records == 0);
}

TEST("files of one name in two folders keep their own values in either order") {
  const Folder folder;
  const Folder first;
  const Folder second;
  const File one = store(first, "same.fst", Container::xdf, field_of(300, 240, 1, false, false), 300, 240, 134, 16);
  const File other = store(second, "same.fst", Container::xdf, field_of(300, 240, 2, false, false), 300, 240, 134, 16);
  for (const File* file : {&one, &other}) write_jumps(folder.path, file->named, {&file->record, 1}, 1.0);
  const std::vector<std::uint32_t> points = {71000, 71999};
  const std::vector<std::uint32_t> file_of = {0, 1};
  for (const auto& [a, b] : {std::pair{&one, &other}, std::pair{&other, &one}}) {
    const std::vector<NamedFile> files = {a->named, b->named};
    const std::vector<Located> records = {a->record, b->record};
    FloatBatch batch = gather_files(files, file_of, records, points, std::nullopt, folder.path);
    CHECK(batch.values.data()[0] == decoded(*a)[71000]);
    CHECK(batch.values.data()[3] == decoded(*b)[71999]);
  }
}

TEST("a rewritten file is noticed, its old index unused") {
  const Folder folder;
  const File before = store(folder, "field", Container::xdf, field_of(300, 240, 1, false, false), 300, 240, 134, 16);
  write_jumps(folder.path, before.named, {&before.record, 1}, 1.0);
  const std::vector<std::uint32_t> points = {71000};
  const std::vector<std::uint32_t> file_of = {0};
  gather_files({&before.named, 1}, file_of, {&before.record, 1}, points, std::nullopt, folder.path);
  ::unlink(before.named.path.c_str());
  const File after = store(folder, "field", Container::xdf, field_of(300, 240, 9, false, false), 300, 240, 134, 16);
  FloatBatch batch = gather_files({&after.named, 1}, file_of, {&after.record, 1}, points, std::nullopt, folder.path);
  CHECK(batch.values.data()[0] == decoded(after)[71000]);
  try {
    gather_files({&before.named, 1}, file_of, {&before.record, 1}, points, std::nullopt, folder.path);
    CHECK(before.named.identity == after.named.identity);
  } catch (const Error& error) {
    CHECK(error.code == Code::run_changed);
  }
}

TEST("a damaged index reads nothing outside its bounds") {
  const Folder folder;
  const File file = store(folder, "field", Container::xdf, field_of(300, 240, 5, false, false), 300, 240, 134, 16);
  write_jumps(folder.path, file.named, {&file.record, 1}, 1.0);
  const std::string path = folder.path + "/" + jump_name(file.named.identity);
  struct stat status;
  CHECK(::stat(path.c_str(), &status) == 0);
  const Source& source = *open_file(file.named.path, file.named.identity);
  Workspace work;
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    write_jumps(folder.path, file.named, {&file.record, 1}, 1.0);
    std::fstream index(path, std::ios::in | std::ios::out | std::ios::binary);
    index.seekp(static_cast<std::streamoff>(random() % static_cast<std::uint32_t>(status.st_size)));
    index.put(static_cast<char>(random()));
    index.close();
    if (round % 5 == 0) CHECK(::truncate(path.c_str(), static_cast<off_t>(random() % static_cast<std::uint32_t>(status.st_size))) == 0);
    const auto jumps = JumpFile::open(folder.path, file.named.identity);
    const JumpHead* const head = jumps == nullptr ? nullptr : jumps->find(file.record);
    if (head == nullptr) continue;
    const std::vector<std::uint32_t> points = {71000, 71500, 71999};
    std::vector<float> out(points.size());
    try {
      gather_jumps(source, *jumps, *head, file.record, work.runs.runs_of(points), out, work);
    } catch (const Error&) {
      // noticed; nothing may be read outside
    }
  }
  CHECK(true);
}

TEST("scattered points of plain records are those of the field, read again and again") {
  const Folder folder;
  constexpr std::pair<std::uint8_t, std::uint8_t> types[] = {{1, 16}, {1, 12}, {2, 9}, {5, 32}, {5, 24}, {6, 16}};
  unsigned seed = 0;
  for (const Container container : {Container::xdf, Container::rsf}) {
    for (const auto& [datyp, nbits] : types) {
      const File file = store(folder, "plain", container, field_of(300, 240, ++seed, false, false), 300, 240, datyp, nbits);
      const std::vector<float> whole = decoded(file);
      for (unsigned round = 0; round < 40; ++round) {
        std::mt19937 random(round % 10);
        std::vector<std::uint32_t> points = {0, 71999};
        for (int cluster = 0; cluster < 8; ++cluster) {
          const auto centre = static_cast<std::uint32_t>(random() % 70000U);
          const auto run = static_cast<std::uint32_t>(random() % 24U);
          for (std::uint32_t k = 0; k < run; ++k) points.push_back(centre + k);
          for (int k = 0; k < 4; ++k) points.push_back(centre + static_cast<std::uint32_t>(random() % 1500U));
        }
        const std::vector<std::uint32_t> file_of = {0};
        FloatBatch batch = gather_files({&file.named, 1}, file_of, {&file.record, 1}, points, std::nullopt, "");
        CHECK(batch.status[0] == 0);
        for (std::size_t k = 0; k < points.size(); ++k) CHECK(std::memcmp(batch.values.data() + k, &whole[points[k]], 4) == 0);
      }
      ::unlink(file.named.path.c_str());
    }
  }
}

RUN_TESTS
