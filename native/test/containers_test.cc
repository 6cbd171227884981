// Files made here, read back, changed and broken: both containers through append, edit, raw copies and the scan.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/assemble.h"
#include "core/rsf.h"
#include "core/scan.h"
#include "core/write.h"
#include "core/xdf_change.h"
#include "test/check.h"

using namespace polyfst;

namespace {

/** A folder that goes away with the test. */
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "polyfst-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw Error(Code::general_error, "no temporary folder");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const char* name) const { return (path / name).string(); }
};

Record keys_of(int index) {
  Record r;
  const std::string name = "V" + std::to_string(index);
  std::copy(name.begin(), name.end(), r.nomvar.begin());
  r.typvar = {'P', ' '};
  r.grtyp = 'Z';
  r.ip1 = 0xFFFFFFF - index;
  r.ip2 = 3;
  r.ip3 = index;
  r.ni = 5;
  r.nj = 3;
  r.nk = 1;
  r.deet = 300;
  r.npas = 12 * index;
  r.ig1 = 1;
  r.ig2 = 0xABCDEF;
  r.ig3 = 3;
  r.ig4 = 0xFFFFFF;
  r.dateo = 493121600;
  return r;
}

Packed field(std::uint32_t seed) {
  Packed p{5, 32, 32, std::vector<std::uint32_t>(15)};
  for (std::uint32_t& w : p.words) w = seed = seed * 1664525 + 1013904223;
  return p;
}

std::vector<RecordBytes> some(Container container, int from, int to, std::string_view metadata = {}) {
  std::vector<RecordBytes> out;
  for (int i = from; i < to; ++i) out.push_back(assemble(container, keys_of(i), field(static_cast<std::uint32_t>(i)), metadata));
  return out;
}

RecordTable scan_file(const std::string& path) { return scan(PathSource(path)); }

std::vector<std::uint8_t> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::string& path, std::uint64_t at, std::vector<std::uint8_t> bytes) {
  OutputFile file(path);
  file.write(at, bytes);
}

void check_row(const RecordTable& table, std::size_t row, int index) {
  const Record got = table.record(row), wanted = keys_of(index);
  CHECK(got.nomvar == wanted.nomvar);
  CHECK(got.typvar == wanted.typvar);
  CHECK(got.etiket == wanted.etiket);
  CHECK_EQ(got.ip1, wanted.ip1);
  CHECK_EQ(got.ip3, wanted.ip3);
  CHECK_EQ(got.ig2, wanted.ig2);
  CHECK_EQ(got.ig4, wanted.ig4);
  CHECK_EQ(got.dateo, wanted.dateo);
  CHECK_EQ(got.npas, wanted.npas);
  CHECK_EQ(got.ni, wanted.ni);
}

constexpr Container both[] = {Container::xdf, Container::rsf};

}  // namespace

TEST("appends are read back in order, over page and segment borders") {
  for (const Container container : both) {
    const Folder folder;
    const std::string path = folder.file("a.fst");
    append(path, container, some(container, 0, 300));
    append(path, container, some(container, 300, 301));
    append(path, container, some(container, 301, 900));
    const RecordTable table = scan_file(path);
    CHECK_EQ(table.count(), 900U);
    CHECK(table.complete());
    for (const int row : {0, 255, 256, 299, 300, 301, 511, 512, 899}) check_row(table, static_cast<std::size_t>(row), row);
    CHECK_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1);
  }
}

TEST("an XDF file ends where its header says, with sound pages") {
  const Folder folder;
  const std::string path = folder.file("a.fst");
  append(path, Container::xdf, some(Container::xdf, 0, 257));
  const auto bytes = bytes_of(path);
  CHECK_EQ(load32(bytes.data() + 16, Order::big) * 8U, bytes.size());
  CHECK_EQ(load32(bytes.data() + 28, Order::big), 2U);   // pages
  CHECK_EQ(load32(bytes.data() + 52, Order::big), 257U);  // records
  CHECK_EQ(load32(bytes.data() + 56, Order::big), 0U);   // write flag
  CHECK_EQ(load32(bytes.data() + 60, Order::big), 0U);   // reserved word
  CHECK_EQ(xdf::page_parity(bytes.data() + xdf::header_bytes), 0U);
}

TEST("an append that is not committed is not seen, and the next writer of ours clears it") {
  const Folder folder;
  const std::string path = folder.file("a.fst");
  append(path, Container::xdf, some(Container::xdf, 0, 10));
  const auto before = bytes_of(path);
  append(path, Container::xdf, some(Container::xdf, 10, 300));
  {  // as if the writer had died between pages and header
    OutputFile file(path);
    xdf::HeaderImage header;
    copy_words(header.data(), before.data(), xdf::header_words, Order::big);
    xdf::mark_open(file, header);
  }
  const RecordTable old = scan_file(path);
  CHECK_EQ(old.count(), 10U);
  CHECK(!old.complete());
  CHECK_EQ(scan(PathSource(path), Extent::everything).count(), 300U);
  append(path, Container::xdf, some(Container::xdf, 10, 12));
  const RecordTable table = scan_file(path);
  CHECK_EQ(table.count(), 12U);
  CHECK(table.complete());
  check_row(table, 11, 11);
}

TEST("a torn page of a dead writer is rebuilt from its records") {
  const Folder folder;
  const std::string path = folder.file("a.fst");
  append(path, Container::xdf, some(Container::xdf, 0, 10));
  {
    OutputFile file(path);
    xdf::HeaderImage header;
    std::array<std::uint8_t, xdf::header_bytes> bytes;
    file.read(0, bytes);
    copy_words(header.data(), bytes.data(), xdf::header_words, Order::big);
    xdf::mark_open(file, header);
    file.write(xdf::header_bytes + 1000, std::vector<std::uint8_t>(500, 0xEE));
  }
  CHECK_EQ(scan_file(path).count(), 10U);
  append(path, Container::xdf, some(Container::xdf, 10, 11));
  const RecordTable table = scan_file(path);
  CHECK_EQ(table.count(), 11U);
  for (std::size_t row = 0; row < 11; ++row) check_row(table, row, static_cast<int>(row));
}

TEST("an open RSF segment is not seen; ours is cleared, a foreign one keeps the file locked") {
  const Folder folder;
  for (const bool ours : {true, false}) {
    const std::string path = folder.file(ours ? "ours.fst" : "foreign.fst");
    append(path, Container::rsf, some(Container::rsf, 0, 3));
    const std::uint64_t size = std::filesystem::file_size(path);
    append(path, Container::rsf, some(Container::rsf, 3, 5));
    put(path, 1, {0xFF, 0xFF});
    put(path, size + 28, std::vector<std::uint8_t>(32, 0));
    if (ours) put(path, size + 16, {'R', 'S', 'F', '0', 'P', 'F', 'S', 'T'});
    const RecordTable old = scan_file(path);
    CHECK_EQ(old.count(), 3U);
    CHECK(!old.complete());
    CHECK_EQ(scan(PathSource(path), Extent::everything).count(), 5U);
    if (!ours) {
      CHECK_THROWS(Code::file_locked, append(path, Container::rsf, some(Container::rsf, 3, 4)));
      continue;
    }
    append(path, Container::rsf, some(Container::rsf, 3, 4));
    const RecordTable table = scan_file(path);
    CHECK_EQ(table.count(), 4U);
    CHECK(table.complete());
  }
}

TEST("a second writer is refused while one holds the lock, and after a foreign one left the file open") {
  for (const Container container : both) {
    const Folder folder;
    const std::string path = folder.file("a.fst");
    append(path, container, some(container, 0, 2));
    {
      const OutputFile holder(path);
      CHECK_THROWS(Code::file_locked, append(path, container, some(container, 2, 3)));
    }
    append(path, container, some(container, 2, 3));
    CHECK_EQ(scan_file(path).count(), 3U);
  }
  const Folder folder;
  const std::string path = folder.file("a.fst");
  append(path, Container::xdf, some(Container::xdf, 0, 2));
  put(path, 59, {1});
  CHECK_THROWS(Code::file_locked, append(path, Container::xdf, some(Container::xdf, 2, 3)));
  CHECK_EQ(scan_file(path).count(), 2U);
}

TEST("records of the other container or of no container are refused before the file changes") {
  const Folder folder;
  const std::string path = folder.file("a.fst");
  append(path, Container::xdf, some(Container::xdf, 0, 2));
  const auto before = bytes_of(path);
  CHECK_THROWS(Code::type_mismatch, append(path, Container::rsf, some(Container::rsf, 0, 1)));
  CHECK_THROWS(Code::bad_value, append(path, Container::xdf, some(Container::rsf, 0, 1)));
  CHECK_THROWS(Code::bad_value, append(path, Container::xdf, {RecordBytes(80)}));
  CHECK(bytes_of(path) == before);
  CHECK_THROWS(Code::bad_value, append(folder.file("b.fst"), Container::rsf, {RecordBytes(200)}));
  CHECK(!std::filesystem::exists(folder.file("b.fst")));
}

TEST("deletions and key changes, both containers") {
  for (const Container container : both) {
    const Folder folder;
    const std::string path = folder.file("a.fst");
    append(path, container, some(container, 0, 300));
    const RecordTable before = scan_file(path);
    Edit change{before.place(299).offset, false, {}, {}};
    change.keys.nomvar = "UU";
    change.keys.etiket = "new label";
    change.keys.ip2 = 77;
    change.keys.npas = 0;
    edit(path, {Edit{before.place(0).offset, true, {}, {}}, Edit{before.place(257).offset, true, {}, {}}, change});
    const RecordTable after = scan_file(path);
    CHECK_EQ(after.count(), 298U);
    CHECK(after.complete());
    check_row(after, 0, 1);
    const Record changed = after.record(297);
    CHECK_EQ(std::string(changed.nomvar.data(), 4), std::string("UU  "));
    CHECK_EQ(std::string(changed.etiket.data(), 12), std::string("NEW LABEL   "));
    CHECK_EQ(changed.ip2, 77);
    CHECK_EQ(changed.datev, changed.dateo);
    CHECK_EQ(std::filesystem::file_size(path) > 0, true);
    CHECK_THROWS(Code::record_not_found, edit(path, {Edit{before.place(0).offset, true, {}, {}}}));
    append(path, container, some(container, 300, 301));
    CHECK_EQ(scan_file(path).count(), 299U);
  }
}

TEST("edits are all or none") {
  for (const Container container : both) {
    const Folder folder;
    const std::string path = folder.file("a.fst");
    append(path, container, some(container, 0, 3));
    const auto bytes = bytes_of(path);
    Edit bad{scan_file(path).place(1).offset, false, {}, {}};
    bad.keys.ip1 = -1;
    CHECK_THROWS(Code::bad_value, edit(path, {Edit{scan_file(path).place(0).offset, true, {}, {}}, bad}));
    CHECK(bytes_of(path) == bytes);
  }
}

TEST("extended metadata are kept, changed in place, refused when too long") {
  const Folder folder;
  const std::string path = folder.file("a.fst");
  append(path, Container::rsf, some(Container::rsf, 0, 2, R"({"unit":"K"})"));
  const std::uint64_t offset = scan_file(path).place(1).offset;
  edit(path, {Edit{offset, false, {}, R"({"u":NaN})"}});
  const RecordTable table = scan_file(path);
  const auto text = [](Bytes bytes) { return std::string(bytes.begin(), bytes.end()); };
  CHECK_EQ(text(table.metadata(0)), std::string(R"({"unit":"K"})"));
  CHECK_EQ(text(table.metadata(1)), std::string(R"({"u":NaN})"));
  CHECK_THROWS(Code::bad_dimensions, edit(path, {Edit{offset, false, {}, std::string(16, 'x')}}));
  const auto copied = extract_raw(PathSource(path), Container::rsf, offset, table.place(1).bytes, Container::rsf, "{}");
  append(path, Container::rsf, {copied});
  CHECK_EQ(text(scan_file(path).metadata(2)), std::string("{}"));
}

TEST("raw copies keep keys and words through both containers and back") {
  const Folder folder;
  const std::string x = folder.file("x.fst"), r = folder.file("r.fst"), back = folder.file("b.fst");
  append(x, Container::xdf, some(Container::xdf, 0, 20));
  const auto move = [](const std::string& from, const std::string& to, Container target) {
    const PathSource source(from);
    const RecordTable table = scan(source);
    std::vector<RecordBytes> records;
    for (std::size_t row = 0; row < table.count(); ++row) {
      const Place place = table.place(row);
      records.push_back(extract_raw(source, table.container(), place.offset, place.bytes, target));
    }
    append(to, target, std::move(records));
  };
  move(x, r, Container::rsf);
  move(r, back, Container::xdf);
  CHECK(bytes_of(back) == bytes_of(x));
  const RecordTable table = scan_file(r);
  for (std::size_t row = 0; row < 20; ++row) check_row(table, row, static_cast<int>(row));
}

TEST("64-bit integers do not fit into XDF, dimensions beyond 24 bits neither") {
  Record keys = keys_of(1);
  const Packed longs{2, 64, 64, std::vector<std::uint32_t>(30)};
  const auto bytes = assemble(Container::rsf, keys, longs);
  CHECK_THROWS(Code::type_mismatch, extract_raw(MemorySource(bytes), Container::rsf, 0, bytes.size(), Container::xdf));
  keys.ni = 0x1000001;
  keys.nj = 1;
  CHECK_THROWS(Code::bad_dimensions, assemble(Container::xdf, keys, Packed{2, 1, 32, std::vector<std::uint32_t>(0x80001)}));
  const Folder folder;
  const std::string path = folder.file("wide.fst");
  append(path, Container::rsf, {assemble(Container::rsf, keys, Packed{2, 1, 32, std::vector<std::uint32_t>(0x80001)})});
  CHECK_EQ(scan_file(path).record(0).ni, 0x1000001U);
}

TEST("a record beyond 128 MiB is refused for XDF by name of the limit") {
  Record keys = keys_of(1);
  keys.ni = 6000;
  keys.nj = 6000;
  CHECK_THROWS(Code::too_large, assemble(Container::xdf, keys, Packed{5, 32, 32, std::vector<std::uint32_t>(36000000)}));
}

TEST("places beyond 4 GiB") {
  const Folder folder;
  const std::string r = folder.file("r.fst");
  append(r, Container::rsf, some(Container::rsf, 0, 2));
  {  // a sparse segment of 5 GiB, as parallel writers leave them
    OutputFile file(r);
    const std::uint64_t start = file.size(), length = std::uint64_t{5} << 30;
    std::vector<std::uint8_t> first(rsf::segment_start_bytes);
    file.read(0, first);
    store64(first.data() + 28, 0, Order::little);
    store64(first.data() + 36, length, Order::little);
    file.write(start, first);
    std::vector<std::uint8_t> tail(48);
    store32(tail.data(), 0xCAFEFADE, Order::little);
    file.write(start + length - tail.size(), tail);
  }
  append(r, Container::rsf, some(Container::rsf, 2, 4));
  const RecordTable table = scan_file(r);
  CHECK_EQ(table.count(), 4U);
  CHECK(table.place(2).offset > std::uint64_t{5} << 30);
  check_row(table, 3, 3);

  const std::string x = folder.file("x.fst");
  append(x, Container::xdf, some(Container::xdf, 0, 2));
  {  // unused room before the end, as a deleted record leaves it
    OutputFile file(x);
    file.truncate(std::uint64_t{5} << 30);
    std::vector<std::uint8_t> size(4);
    store32(size.data(), static_cast<std::uint32_t>((std::uint64_t{5} << 30) / 8), Order::big);
    file.write(16, size);
  }
  append(x, Container::xdf, some(Container::xdf, 2, 300));
  const RecordTable far = scan_file(x);
  CHECK_EQ(far.count(), 300U);
  CHECK(far.complete());
  CHECK(far.place(299).offset > std::uint64_t{5} << 30);
  check_row(far, 299, 299);
}

TEST("files cut anywhere give fewer records or a coded error") {
  for (const Container container : both) {
    const Folder folder;
    const std::string path = folder.file("a.fst");
    append(path, container, some(container, 0, 5));
    append(path, container, some(container, 5, 9));
    const auto bytes = bytes_of(path);
    for (std::size_t size = 0; size < bytes.size(); size += size < 400 ? 1 : 37) {
      try {
        const RecordTable table = scan(MemorySource(Bytes(bytes).first(size)));
        // An RSF file cut between segments is a whole file of fewer segments.
        const bool between = container == Container::rsf && (table.count() == 0 || table.count() == 5);
        CHECK(table.count() <= 9 && (between || !table.complete()));
      } catch (const Error& error) {
        CHECK(error.code == Code::not_fst || error.code == Code::truncated_file || error.code == Code::damaged_file);
      }
    }
  }
}

TEST("what is not FST is told apart") {
  const auto scan_text = [](const std::string& text) {
    return scan(MemorySource(Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())));
  };
  CHECK_THROWS(Code::not_fst, scan_text(""));
  CHECK_THROWS(Code::not_fst, scan_text("GRIB and then some more bytes of it"));
  CHECK_THROWS(Code::not_fst, scan_text(std::string("\0\0\0\x1a\0\0\0\0XDF0BRP0", 16) + std::string(300, 'x')));
  CHECK_THROWS(Code::not_fst, scan_text(std::string("\x03\0\0\xFE\0\0\0\0H\0\0\0\x13\0\0\0RSF0ABCD", 24)));
  CHECK_THROWS(Code::unsupported_type, scan_text(std::string("\xFE\0\0\x03\0\0\0\0\0\0\0H\0\0\0\x13RSF0STDF", 24)));
  CHECK_THROWS(Code::file_not_found, scan_file("/no/such/file"));
  CHECK_THROWS(Code::not_fst, scan_file("/"));
}

RUN_TESTS
