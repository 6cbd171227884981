// Packing and unpacking held against each other, on fields made here: every type, both containers, odd shapes, missing points.
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "core/codec.h"
#include "core/encode.h"
#include "core/gather.h"
#include "test/check.h"

using namespace polyfst;

namespace {

struct Shape {
  std::uint32_t ni, nj;
};

constexpr Shape shapes[] = {{1, 1}, {5, 3}, {16, 16}, {17, 16}, {31, 40}, {100, 2}, {64, 65}, {1, 20}, {130, 77}};

std::vector<float> smooth_field(std::uint32_t ni, std::uint32_t nj, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> noise(-0.05F, 0.05F);
  std::vector<float> out;
  for (std::uint32_t j = 0; j < nj; ++j) {
    for (std::uint32_t i = 0; i < ni; ++i) {
      const double x = 8.0 * std::sin(0.11 * i + 0.07 * j) - 3.0 * std::cos(0.05 * i * 0.3 * j);
      out.push_back(static_cast<float>(x) + noise(random));
    }
  }
  return out;
}

template <class T>
Bytes bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)};
}

/** A record in memory: payload bytes in the container's order, with slack behind. */
struct Stored {
  RecordSpec spec;
  std::vector<std::uint8_t> bytes;
  std::size_t size;

  Payload payload() const { return {bytes.data(), size, order_of(spec.container)}; }
};

Stored store(Container container, const FieldArray& field) {
  const Packed packed = pack(container, field);
  Stored out{{container, field.ni, field.nj, field.nk, packed.datyp, packed.nbits, packed.dasiz}, {}, packed.words.size() * 4};
  out.bytes.resize(out.size + payload_slack);
  for (std::size_t i = 0; i < packed.words.size(); ++i) store32(out.bytes.data() + 4 * i, packed.words[i], order_of(container));
  return out;
}

std::vector<float> floats_of(const Stored& stored) {
  Scratch scratch;
  std::vector<float> out(checked_points(stored.spec, stored.size));
  decode_floats(stored.spec, stored.payload(), out, scratch);
  return out;
}

bool same_bits(float a, float b) { return std::memcmp(&a, &b, 4) == 0 || (std::isnan(a) && std::isnan(b)); }

double range_of(const std::vector<float>& values) {
  double least = values[0], most = values[0];
  for (const float v : values) {
    least = std::min<double>(least, v);
    most = std::max<double>(most, v);
  }
  return most - least;
}

void round_trip(Container container, const Shape& shape, std::uint8_t datyp, std::uint8_t nbits) {
  const std::vector<float> values = smooth_field(shape.ni, shape.nj, datyp * 64U + nbits);
  const Stored stored = store(container, {Element::float32, bytes_of(values), shape.ni, shape.nj, 1, datyp, nbits});
  const std::vector<float> got = floats_of(stored);
  const unsigned base = stored.spec.datyp & 63;
  // a quantum is at most twice the range over 2^nbits, and datyp 6 may round to the end of the float's mantissa
  const double quantum = base == 5 ? std::ldexp(16.0, -(stored.spec.nbits - 9)) : 2 * range_of(values) / std::exp2(stored.spec.nbits);
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) worst = std::max(worst, std::abs(double{got[i]} - values[i]));
  CHECK(got.size() == values.size() && worst <= quantum * 1.001 + 2e-6);
  if (base == 5 && stored.spec.nbits == 32) CHECK(std::memcmp(got.data(), values.data(), values.size() * 4) == 0);
}

Located located(const Stored& stored) { return {stored.spec, 0, stored.size}; }

}  // namespace

TEST("real types come back within a quantum") {
  for (const Container container : {Container::xdf, Container::rsf}) {
    for (const Shape& shape : shapes) {
      for (const int datyp : {1, 6, 129, 134}) {
        for (const int nbits : {2, 8, 11, 12, 16}) {
          round_trip(container, shape, static_cast<std::uint8_t>(datyp), static_cast<std::uint8_t>(nbits));
        }
      }
      for (const int nbits : {16, 17, 24, 31, 32}) {
        round_trip(container, shape, 5, static_cast<std::uint8_t>(nbits));
        round_trip(container, shape, 133, static_cast<std::uint8_t>(nbits));
      }
    }
  }
}

TEST("integers of every width come back exactly") {
  std::mt19937 random(7);
  for (const Container container : {Container::xdf, Container::rsf}) {
    for (unsigned nbits = 1; nbits <= 32; ++nbits) {
      std::vector<std::uint32_t> naturals;
      std::vector<std::int32_t> integers;
      for (int i = 0; i < 18 * 19; ++i) {
        naturals.push_back(static_cast<std::uint32_t>(random()) >> (32 - nbits));
        integers.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(random())) >> (32 - nbits));
      }
      for (const int datyp : {2, 130, 4}) {
        const bool natural = datyp != 4;
        const Stored stored = store(container, {natural ? Element::uint32 : Element::int32,
                                                natural ? bytes_of(naturals) : bytes_of(integers), 18, 19, 1,
                                                static_cast<std::uint8_t>(datyp), static_cast<std::uint8_t>(nbits)});
        Scratch scratch;
        std::vector<std::uint32_t> got(naturals.size());
        decode_elements(stored.spec, stored.payload(), {reinterpret_cast<std::uint8_t*>(got.data()), got.size() * 4}, scratch);
        CHECK(std::memcmp(got.data(), natural ? static_cast<const void*>(naturals.data()) : integers.data(), got.size() * 4) == 0);
      }
    }
  }
}

TEST("small compressed integers come back, however short their stream") {
  for (const Container container : {Container::xdf, Container::rsf}) {
    for (unsigned nbits = 1; nbits <= 16; ++nbits) {
      for (const unsigned points : {2U, 3U, 5U, 8U}) {
        const std::vector<std::uint32_t> same(std::size_t{points} * points, (1U << nbits) - 1);
        const Stored stored = store(container, {Element::uint32, bytes_of(same), points, points, 1, 130, static_cast<std::uint8_t>(nbits)});
        Scratch scratch;
        std::vector<std::uint32_t> got(same.size());
        decode_elements(stored.spec, stored.payload(), {reinterpret_cast<std::uint8_t*>(got.data()), got.size() * 4}, scratch);
        CHECK(got == same);
        CHECK(floats_of(stored) == std::vector<float>(same.begin(), same.end()));
      }
    }
  }
}

TEST("wide types keep their 64 bits") {
  const std::vector<double> doubles = {1.0 / 3.0, -2e300, 0.0, -0.0, 5e-324, 7.25};
  const std::vector<std::int64_t> longs = {-1, 0, 1LL << 62, -(1LL << 62), 42, -7};
  for (const Container container : {Container::xdf, Container::rsf}) {
    const Stored stored = store(container, {Element::float64, bytes_of(doubles), 3, 2, 1, 5, 64});
    Scratch scratch;
    std::vector<double> got(6);
    CHECK(element_of(stored.spec) == Element::float64);
    decode_elements(stored.spec, stored.payload(), {reinterpret_cast<std::uint8_t*>(got.data()), 48}, scratch);
    CHECK(std::memcmp(got.data(), doubles.data(), 48) == 0);
  }
  const Stored stored = store(Container::rsf, {Element::int64, bytes_of(longs), 3, 2, 1, 4, 64});
  Scratch scratch;
  std::vector<std::int64_t> got(6);
  decode_elements(stored.spec, stored.payload(), {reinterpret_cast<std::uint8_t*>(got.data()), 48}, scratch);
  CHECK(got == longs);
  CHECK_THROWS(Code::unsupported_type, store(Container::xdf, {Element::int64, bytes_of(longs), 3, 2, 1, 4, 64}));
}

TEST("missing points come back as NaN, and nothing else does") {
  for (const Container container : {Container::xdf, Container::rsf}) {
    for (const int datyp : {65, 70, 69, 193, 198, 197}) {
      std::vector<float> values = smooth_field(40, 36, 3);
      for (std::size_t i = 0; i < values.size(); i += 7) values[i] = std::numeric_limits<float>::quiet_NaN();
      const int base = datyp & 63;
      const Stored stored = store(container, {Element::float32, bytes_of(values), 40, 36, 1, static_cast<std::uint8_t>(datyp),
                                              static_cast<std::uint8_t>(base == 5 ? 32 : 16)});
      CHECK((stored.spec.datyp & missing_flag) != 0);
      const std::vector<float> got = floats_of(stored);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < got.size(); ++i) wrong += std::isnan(got[i]) != (i % 7 == 0) ? 1 : 0;
      CHECK_EQ(wrong, std::size_t{0});
    }
  }
}

TEST("the missing flag goes when no point is missing") {
  const std::vector<float> values = smooth_field(20, 20, 1);
  CHECK_EQ(int{store(Container::xdf, {Element::float32, bytes_of(values), 20, 20, 1, 198, 12}).spec.datyp}, 134);
}

TEST("types are substituted as documented") {
  const std::vector<float> values = smooth_field(20, 20, 5);
  const auto stored_as = [&](Container container, int datyp, int nbits) {
    const FieldArray field{Element::float32, bytes_of(values), 20, 20, 1, static_cast<std::uint8_t>(datyp),
                           static_cast<std::uint8_t>(nbits)};
    const Packed packed = pack(container, field);
    return packed.datyp * 100 + packed.nbits;
  };
  CHECK_EQ(stored_as(Container::xdf, 1, 32), 532);
  CHECK_EQ(stored_as(Container::xdf, 129, 31), 13332);
  CHECK_EQ(stored_as(Container::xdf, 134, 20), 120);
  CHECK_EQ(stored_as(Container::xdf, 134, 25), 13332);
  CHECK_EQ(stored_as(Container::rsf, 134, 25), 532);
  CHECK_EQ(stored_as(Container::rsf, 129, 12), 112);
  CHECK_EQ(stored_as(Container::rsf, 6, 40), 564);
}

TEST("gather is decode at points") {
  std::mt19937 random(11);
  for (const Container container : {Container::xdf, Container::rsf}) {
    for (const int datyp : {1, 5, 6, 129, 133, 134, 198, 197}) {
      std::vector<float> values = smooth_field(130, 77, 21);
      if ((datyp & 64) != 0) values[55] = std::numeric_limits<float>::quiet_NaN();
      const bool ieee = (datyp & 63) == 5;
      const Stored stored = store(container, {Element::float32, bytes_of(values), 130, 77, 1, static_cast<std::uint8_t>(datyp),
                                              static_cast<std::uint8_t>(ieee ? 32 : 13)});
      const std::vector<float> whole = floats_of(stored);
      const MemorySource source(Bytes(stored.bytes.data(), stored.size));
      std::vector<std::uint32_t> points;
      for (int i = 0; i < 50; ++i) points.push_back(static_cast<std::uint32_t>(random() % whole.size()));
      for (std::uint32_t i = 300; i < 400; ++i) points.push_back(i);
      const std::vector<std::uint32_t> starts = {0, 3, 150};
      const std::vector<Located> records = {located(stored), located(stored)};
      FloatBatch all = gather_batch(source, records, points, std::nullopt);
      FloatBatch ragged = gather_batch(source, records, points, std::span<const std::uint32_t>(starts));
      CHECK(all.status[0] == 0 && all.status[1] == 0 && ragged.status[1] == 0);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < points.size(); ++i) {
        wrong += same_bits(all.values.data()[points.size() + i], whole[points[i]]) ? 0 : 1;
        wrong += same_bits(ragged.values.data()[i], whole[points[i]]) ? 0 : 1;
      }
      CHECK_EQ(wrong, std::size_t{0});
    }
  }
}

TEST("a point outside the field fails its record only") {
  const std::vector<float> values = smooth_field(20, 20, 5);
  const Stored stored = store(Container::xdf, {Element::float32, bytes_of(values), 20, 20, 1, 6, 16});
  const MemorySource source(Bytes(stored.bytes.data(), stored.size));
  const std::vector<std::uint32_t> points = {0, 400, 5};
  const std::vector<std::uint32_t> starts = {0, 2, 3};
  const std::vector<Located> records = {located(stored), located(stored)};
  FloatBatch batch = gather_batch(source, records, points, std::span<const std::uint32_t>(starts));
  CHECK_EQ(batch.status[0], status_of(Code::bad_dimensions));
  CHECK(std::isnan(batch.values.data()[0]));
  CHECK_EQ(batch.status[1], 0);
  CHECK(!std::isnan(batch.values.data()[2]));
}

TEST("hostile records end in a code") {
  const std::vector<float> values = smooth_field(40, 36, 9);
  std::mt19937 random(3);
  for (const int datyp : {1, 6, 129, 130, 133, 134}) {
    const bool natural = datyp == 130;
    std::vector<std::uint32_t> tokens;
    for (const float v : values) tokens.push_back(static_cast<std::uint32_t>(v * 100 + 4000) & 0xFFF);
    const FieldArray field{natural ? Element::uint32 : Element::float32, natural ? bytes_of(tokens) : bytes_of(values), 40, 36, 1,
                           static_cast<std::uint8_t>(datyp), static_cast<std::uint8_t>(datyp == 133 ? 32 : 12)};
    const Stored stored = store(Container::xdf, field);
    for (int round = 0; round < 300; ++round) {
      Stored broken = stored;
      for (int flips = 0; flips < 3; ++flips) broken.bytes[random() % broken.size] ^= static_cast<std::uint8_t>(1 + random() % 255);
      if (round % 3 == 0) broken.size = random() % broken.size / 4 * 4;
      std::memset(broken.bytes.data() + broken.size, 0, payload_slack);
      const MemorySource source(Bytes(broken.bytes.data(), broken.size));
      const std::vector<Located> records = {located(broken)};
      const FloatBatch batch = decode_batch(source, records);
      CHECK(batch.status[0] <= 0 && batch.values.size() == values.size());
    }
    RecordSpec huge = stored.spec;
    huge.ni = huge.nj = huge.nk = 0xFFFFFFFFU;
    CHECK_THROWS(Code::bad_dimensions, checked_points(huge, stored.size));
  }
}

TEST("values that a type cannot hold are refused") {
  const std::vector<float> nan = {1.0F, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS(Code::bad_value, pack(Container::xdf, {Element::float32, bytes_of(nan), 2, 1, 1, 1, 12}));
  const std::vector<std::uint32_t> large = {1, 4096};
  CHECK_THROWS(Code::bad_value, pack(Container::xdf, {Element::uint32, bytes_of(large), 2, 1, 1, 2, 12}));
  CHECK_THROWS(Code::bad_dimensions, pack(Container::xdf, {Element::uint32, bytes_of(large), 3, 1, 1, 2, 16}));
  CHECK_THROWS(Code::type_mismatch, pack(Container::xdf, {Element::uint32, bytes_of(large), 2, 1, 1, 1, 16}));
}

RUN_TESTS
