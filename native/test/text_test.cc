// Text of floats: it reads back as the same float32, no shorter decimal does, and the forms are those of JSON.
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "core/text_floats.h"
#include "test/check.h"

using namespace polyfst;

namespace {

std::string text_of(std::span<const float> values) {
  const std::vector<std::uint8_t> bytes = float_text(values);
  return {bytes.begin(), bytes.end()};
}

std::string text_of(float value) { return text_of(std::span<const float>(&value, 1)); }

/** Digits without sign, point, exponent and the zeros around them. */
std::size_t significant(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c == 'e') break;
    if (c >= '0' && c <= '9') digits += c;
  }
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? 0 : digits.find_last_not_of('0') - first + 1;
}

void check_one(float value) {
  const std::string text = text_of(value);
  const float back = std::strtof(text.c_str(), nullptr);
  CHECK(std::memcmp(&back, &value, 4) == 0);
  CHECK(text.find_first_of(".e") != std::string::npos);
  char shortest[32];
  const auto end = std::to_chars(shortest, shortest + 32, value, std::chars_format::scientific).ptr;
  CHECK(significant(text) == significant({shortest, end}));
}

}  // namespace

TEST("forms") {
  CHECK(text_of(0.0F) == "0.0");
  CHECK(text_of(-0.0F) == "-0.0");
  CHECK(text_of(1.0F) == "1.0");
  CHECK(text_of(-273.15F) == "-273.15");
  CHECK(text_of(0.1F) == "0.1");
  CHECK(text_of(16777216.0F) == "16777216.0");
  CHECK(text_of(1e20F) == "100000000000000000000.0");
  CHECK(text_of(1e21F) == "1e+21");
  CHECK(text_of(1.5e-7F) == "1.5e-7");
  CHECK(text_of(1.5e-6F) == "0.0000015");
  CHECK(text_of(std::numeric_limits<float>::quiet_NaN()) == "null");
  CHECK(text_of(-std::numeric_limits<float>::infinity()) == "null");
  CHECK(text_of(std::span<const float>{}).empty());
  const float several[] = {1.5F, std::numeric_limits<float>::quiet_NaN(), -2.25F};
  CHECK(text_of(several) == "1.5,null,-2.25");
}

TEST("every float reads back and is no longer than it must be") {
  std::mt19937 random(1);
  for (int n = 0; n < 200000; ++n) {
    std::uint32_t bits = static_cast<std::uint32_t>(random());
    float value;
    std::memcpy(&value, &bits, 4);
    if (std::isfinite(value)) check_one(value);
    check_one(static_cast<float>(static_cast<std::int32_t>(random() % 2000001) - 1000000) / 1000.0F);
    check_one(std::ldexp(1.0F + static_cast<float>(random() % 8388608) / 8388608.0F, static_cast<int>(random() % 34) - 10));
  }
}

RUN_TESTS
