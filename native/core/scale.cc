// Headers of the quantised real types.
#include "core/scale.h"

#include <bit>

namespace polyfst {

LinearScale linear_scale(std::uint32_t exponents, std::uint32_t mantissa) {
  LinearScale scale;
  scale.step = std::ldexp(1.0, static_cast<int>(exponents >> 16) - 4096);
  const std::uint32_t biased = (exponents >> 4) & 0xFFF;
  // 849 = 1024 - 127 - 48: between the exponent bias of the header and that of float32
  if (mantissa == 0 || biased < 849) return scale;
  if (biased - 849 > 255) throw Error(Code::decode_failed, "the minimum in the packing header is no float32");
  scale.minimum = std::bit_cast<float>((exponents & 1) << 31 | (biased - 849) << 23 | ((mantissa >> 8) & 0x7FFFFF));
  return scale;
}

ExponentScale exponent_scale(std::uint32_t head, std::uint32_t minimum) {
  if (head >> 20 != 0xEFF) throw Error(Code::decode_failed, "the common-exponent header has a foreign marker");
  ExponentScale scale;
  scale.minimum = static_cast<std::int32_t>(minimum);
  scale.shift = head & 0xFF;
  if (scale.shift > 31) throw Error(Code::decode_failed, "the common-exponent header has an impossible shift");
  const int exponent = static_cast<int>((head >> 8) & 0xFF);
  if (exponent == 0) return {};  // a field of zeros; without a minimum, so that no zero is negative
  scale.unit = std::ldexp(1.0F, exponent - 150);
  return scale;
}

}  // namespace polyfst
