// The vector loops give the bits of the portable ones.
#include <algorithm>
#include <cstring>
#include <random>

#include "core/kernels.h"
#include "test/check.h"

using namespace polyfst;

namespace {

std::vector<std::uint8_t> random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> out(count + payload_slack);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(random());
  return out;
}

template <class T>
bool equal_bits(const std::vector<T>& a, const std::vector<T>& b, std::size_t count) {
  return std::memcmp(a.data(), b.data(), count * sizeof(T)) == 0;
}

template <class Cell, class Tiles>
void compare_tiles(Tiles fast, Tiles portable, unsigned limit, unsigned head) {
  const std::vector<std::uint8_t> bytes = random_bytes(4000, limit + head);
  for (unsigned rows = 1; rows <= 3; ++rows) {
    for (std::uint64_t first = 0; first < 64; ++first) {
      std::vector<Cell> a(3 * 700), b(3 * 700);
      Cell* to_a[3] = {a.data(), a.data() + 700, a.data() + 1400};
      Cell* to_b[3] = {b.data(), b.data() + 700, b.data() + 1400};
      TileCursor one{bytes.data(), first, 32000, head, limit};
      TileCursor two = one;
      const std::size_t done = fast(one, 200, rows, to_a);
      CHECK_EQ(done, portable(two, 200, rows, to_b));
      CHECK_EQ(one.bit, two.bit);
      bool same = true;
      for (unsigned r = 0; r < rows; ++r) same = same && std::memcmp(to_a[r], to_b[r], 3 * done * sizeof(Cell)) == 0;
      CHECK(same);
    }
  }
}

}  // namespace

TEST("unpack, every width, order and first bit") {
  for (const Kernels* set : usable_kernels()) {
    const std::vector<std::uint8_t> bytes = random_bytes(12000, 1);
    for (const Order order : {Order::big, Order::little}) {
      const Payload payload{bytes.data(), 12000, order};
      for (unsigned width = 1; width <= 32; ++width) {
        for (const std::uint64_t first : {0, 1, 7, 24, 32, 96, 120, 1003}) {
          const std::size_t count = width % 2 == 0 ? 1500 : 1100;
          std::vector<std::uint32_t> a(count + kernel_pad), b(count + kernel_pad);
          set->unpack(payload, first, width, count, a.data());
          portable_kernels.unpack(payload, first, width, count, b.data());
          CHECK(equal_bits(a, b, count));
        }
      }
    }
  }
}

TEST("unpacking and scaling in one pass") {
  const std::vector<std::uint8_t> bytes = random_bytes(12000, 3);
  for (const Kernels* set : usable_kernels()) {
    for (const Order order : {Order::big, Order::little}) {
      const Payload payload{bytes.data(), 12000, order};
      for (unsigned width = 1; width <= 31; ++width) {
        for (const std::uint64_t first : {0, 24, 96, 120, 1003}) {
          for (const LinearScale& scale : {LinearScale{0.0078125, -45.25F}, LinearScale{0x1p-1040, 0.0F}, LinearScale{0x1p-30, -0.0F}}) {
            constexpr std::size_t count = 1003;
            std::vector<float> a(count, 7.0F), b(count);
            const std::size_t done = set->unpack_linear(payload, first, width, count, scale, a.data());
            CHECK(done <= count && (set->name != portable_kernels.name || done == count));
            portable_kernels.unpack_linear(payload, first, width, count, scale, b.data());
            CHECK(equal_bits(a, b, done));
            CHECK(std::all_of(a.begin() + static_cast<std::ptrdiff_t>(done), a.end(), [](float x) { return x == 7.0F; }));
          }
        }
      }
    }
  }
}

TEST("scaling") {
  for (const Kernels* set : usable_kernels()) {
    std::mt19937 random(5);
    std::vector<std::uint16_t> narrow(1003);
    std::vector<std::uint32_t> wide(1003);
    for (auto& q : narrow) q = static_cast<std::uint16_t>(random());
    for (auto& q : wide) q = static_cast<std::uint32_t>(random()) >> 2;
    narrow[5] = 0;
    std::vector<float> a(1003), b(1003);
    for (const LinearScale& scale : {LinearScale{0.0078125, -45.25F}, LinearScale{0x1p-1040, 0.0F}, LinearScale{0x1p-30, -0.0F}}) {
      set->linear16(narrow.data(), 1003, scale, a.data());
      portable_kernels.linear16(narrow.data(), 1003, scale, b.data());
      CHECK(equal_bits(a, b, 1003));
      set->linear32(wide.data(), 1003, scale, a.data());
      portable_kernels.linear32(wide.data(), 1003, scale, b.data());
      CHECK(equal_bits(a, b, 1003));
    }
    for (const ExponentScale& scale : {exponent_scale(0xEFFF8705, 0x7574E3), exponent_scale(0xEFFF0110, 0xFF000000), ExponentScale{}}) {
      set->exponent16(narrow.data(), 1003, scale, a.data());
      portable_kernels.exponent16(narrow.data(), 1003, scale, b.data());
      CHECK(equal_bits(a, b, 1003));
      set->exponent32(wide.data(), 1003, scale, a.data());
      portable_kernels.exponent32(wide.data(), 1003, scale, b.data());
      CHECK(equal_bits(a, b, 1003));
    }
  }
}

TEST("tiles") {
  for (const Kernels* set : usable_kernels()) {
    for (const unsigned head : {4U, 5U}) {
      compare_tiles<std::uint16_t>(set->tiles16, portable_kernels.tiles16, 14, head);
      compare_tiles<std::uint32_t>(set->tiles32, portable_kernels.tiles32, 24, head);
    }
  }
}

TEST("prediction") {
  for (const Kernels* set : usable_kernels()) {
    std::mt19937 random(9);
    for (const std::size_t count : {1U, 15U, 16U, 17U, 300U}) {
      std::vector<std::uint16_t> above(count + 64), a(count + 64);
      std::vector<std::uint32_t> above32(count + 64), a32(count + 64);
      for (std::size_t i = 0; i < count; ++i) {
        above[i] = static_cast<std::uint16_t>(random());
        a[i] = static_cast<std::uint16_t>(random());
        above32[i] = static_cast<std::uint32_t>(random());
        a32[i] = static_cast<std::uint32_t>(random());
      }
      std::vector<std::uint16_t> b = a;
      std::vector<std::uint32_t> b32 = a32;
      set->integrate16(above.data(), a.data(), count);
      portable_kernels.integrate16(above.data(), b.data(), count);
      CHECK(equal_bits(a, b, count));
      set->integrate32(above32.data(), a32.data(), count);
      portable_kernels.integrate32(above32.data(), b32.data(), count);
      CHECK(equal_bits(a32, b32, count));
    }
  }
}

RUN_TESTS
