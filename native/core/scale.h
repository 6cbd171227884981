// From tokens to values: the affine maps of the quantised real types (docs/formats/packing.md#real, #common-exponent).
// The parameters are read from the headers of the payload here; the loops over tokens are in kernels.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "core/payload.h"

namespace polyfst {

/** datyp 1 and 129: value = float(token*step*1.0000000000001 + minimum) in double; token 0 is the minimum itself. */
struct LinearScale {
  double step = 0.0;
  float minimum = 0.0F;

  float operator()(std::uint32_t token) const {
    return token == 0 ? minimum : static_cast<float>(token * step * 1.0000000000001 + static_cast<double>(minimum));
  }
  /**
   * The step with its factor applied, when that gives the same bits: a product by a power of two is exact, so the factor
   * may go to either side unless the exponent is near the ends of the double range.
   */
  bool foldable() const { return step > 0x1p-900 && step < 0x1p900 && !(minimum == 0.0F && std::signbit(minimum)); }
  double folded() const { return step * 1.0000000000001; }
};

/** datyp 6 and 134: value = ±min(|(token << shift) + minimum|, 0xFFFFFF) * 2^(exponent-150), all exact. */
struct ExponentScale {
  std::int32_t minimum = 0;
  unsigned shift = 0;
  /** 2^(exponent-150), or 0 where the common exponent is 0: the field is then all zeros */
  float unit = 0.0F;

  float operator()(std::uint32_t token) const {
    const auto sum = static_cast<std::int32_t>((token << shift) + static_cast<std::uint32_t>(minimum));
    const std::int32_t high = sum > 0xFFFFFF ? 0xFFFFFF : sum;
    const std::int32_t mantissa = high < -0xFFFFFF ? -0xFFFFFF : high;
    return static_cast<float>(mantissa) * unit;
  }
};

/** From words 1 and 2 of a datyp 1 header (2 and 3 of 129). Throws decode_failed where they make no float32. */
LinearScale linear_scale(std::uint32_t exponents, std::uint32_t mantissa);

/** From words 0 and 1 of a datyp 6 header. Throws decode_failed for a foreign marker or an impossible shift. */
ExponentScale exponent_scale(std::uint32_t head, std::uint32_t minimum);

}  // namespace polyfst
