// Float32 values as JSON text. A value between 0.001 and 10 million is first tried as an integer divided by a power of ten, with
// the decimals that its neighbour needed; most fields hold values of one kind, so that costs two or three divisions a value.
#include "core/text_floats.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

namespace polyfst {

namespace {

constexpr std::size_t longest = 40;  // bytes of one value with its comma
constexpr int most_decimals = 11;
constexpr std::array<double, 12> powers = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11};
constexpr std::array<std::uint64_t, 12> whole_powers = {1,         10,         100,         1000,         10000,         100000,
                                                        1000000,   10000000,   100000000,   1000000000,   10000000000,   100000000000};

constexpr std::array<char, 200> digit_pairs = [] {
  std::array<char, 200> out{};
  for (std::size_t n = 0; n < 100; ++n) {
    out[2 * n] = static_cast<char>('0' + n / 10);
    out[2 * n + 1] = static_cast<char>('0' + n % 10);
  }
  return out;
}();

char* put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

/** `count` digits of n, ending before `end`. */
void put_digits(char* end, std::uint64_t n, int count) {
  for (; count >= 2; count -= 2) {
    end -= 2;
    std::memcpy(end, &digit_pairs[2 * (n % 100)], 2);
    n /= 100;
  }
  if (count == 1) *--end = static_cast<char>('0' + n % 10);
}

int digits_of(std::uint64_t n) {
  int digits = 1;
  while (digits < 12 && n >= whole_powers[static_cast<std::size_t>(digits)]) ++digits;
  return digits;
}

/** scaled / 10^decimals, with one decimal at least. */
char* put_fixed(char* at, std::uint64_t scaled, int decimals) {
  const std::uint64_t power = whole_powers[static_cast<std::size_t>(decimals)];
  const std::uint64_t whole = decimals == 0 ? scaled : scaled / power;
  const int digits = digits_of(whole);
  put_digits(at + digits, whole, digits);
  at += digits;
  *at++ = '.';
  if (decimals == 0) {
    *at++ = '0';
    return at;
  }
  put_digits(at + decimals, scaled - whole * power, decimals);
  return at + decimals;
}

/** Shortest digits of any finite value, in JavaScript's notation, with a point or an exponent. */
char* put_shortest(char* at, float size) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), size, std::chars_format::scientific).ptr;
  std::array<char, 16> digits;
  int count = 0;
  const char* c = text.data();
  for (; *c != 'e'; ++c) {
    if (*c != '.') digits[static_cast<std::size_t>(count++)] = *c;
  }
  int exponent = 0;
  std::from_chars(c[1] == '+' ? c + 2 : c + 1, end, exponent);
  const std::string_view all(digits.data(), static_cast<std::size_t>(count));
  if (exponent >= 21 || exponent < -6) {
    *at++ = digits[0];
    if (count > 1) {
      *at++ = '.';
      at = put(at, all.substr(1));
    }
    at = put(at, exponent < 0 ? "e-" : "e+");
    return std::to_chars(at, at + 4, std::abs(exponent)).ptr;
  }
  if (exponent < 0) {
    at = put(at, std::string_view("0.000000", static_cast<std::size_t>(1 - exponent)));
    return put(at, all);
  }
  for (int n = 0; n <= exponent; ++n) *at++ = n < count ? digits[static_cast<std::size_t>(n)] : '0';
  *at++ = '.';
  return count > exponent + 1 ? put(at, all.substr(static_cast<std::size_t>(exponent) + 1)) : put(at, "0");
}

class FloatWriter {
 public:
  char* write(char* at, float value) {
    const float size = std::fabs(value);
    if (!(size < INFINITY)) return put(at, "null");
    if (std::signbit(value)) *at++ = '-';
    if (size == 0) return put(at, "0.0");
    if (size < 1e-3F || size >= 1e7F) return put_shortest(at, size);
    return scaled(at, size);
  }

 private:
  /** The nearest integer to size * 10^d, when it gives the float back. */
  static bool fits(float size, int d, std::uint64_t& scaled) {
    const double product = static_cast<double>(size) * powers[static_cast<std::size_t>(d)];
    const double rounded = std::floor(product + 0.5);
    scaled = static_cast<std::uint64_t>(rounded);
    return static_cast<float>(rounded / powers[static_cast<std::size_t>(d)]) == size;
  }

  char* scaled(char* at, float size) {
    std::uint64_t found;
    int d = decimals_;
    if (fits(size, d, found)) {
      for (std::uint64_t fewer; d > 0 && fits(size, d - 1, fewer); --d) found = fewer;
    } else {
      do {
        if (d == most_decimals) return put_shortest(at, size);
      } while (!fits(size, ++d, found));
    }
    decimals_ = d;
    return put_fixed(at, found, d);
  }

  /** what the last value needed */
  int decimals_ = 1;
};

}  // namespace

std::vector<std::uint8_t> float_text(std::span<const float> values) {
  std::vector<std::uint8_t> out(values.size() * 12 + 2 * longest);
  FloatWriter writer;
  std::size_t used = 0;
  for (const float value : values) {
    if (out.size() - used < longest) out.resize(out.size() * 3 / 2);
    char* const start = reinterpret_cast<char*>(out.data()) + used;
    char* const end = writer.write(start, value);
    *end = ',';
    used += static_cast<std::size_t>(end - start) + 1;
  }
  out.resize(used == 0 ? 0 : used - 1);
  return out;
}

}  // namespace polyfst
