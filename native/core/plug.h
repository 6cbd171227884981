// What stands for missing points in the packed data: a value above the maximum of the others (docs/formats/packing.md#missing).
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

namespace polyfst {

/** Missing in an array that is to be packed: NaN in floats, the least signed or the greatest unsigned integer. */
template <class T>
bool is_missing(T value) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(value);
  if constexpr (std::is_signed_v<T>) return value == std::numeric_limits<T>::min();
  return value == std::numeric_limits<T>::max();
}

/** Least and greatest of the points that are there; where none is, what gives the reference's plug. */
template <class T>
struct Extent {
  T least{}, greatest{};
  bool any = false, missing = false;
};

template <class T>
Extent<T> extent_of(std::span<const T> values) {
  Extent<T> out;
  for (const T v : values) {
    if (is_missing(v)) {
      out.missing = true;
    } else if (!out.any) {
      out.least = out.greatest = v;
      out.any = true;
    } else {
      out.least = v < out.least ? v : out.least;
      out.greatest = v > out.greatest ? v : out.greatest;
    }
  }
  if (!out.any) {
    if constexpr (std::is_floating_point_v<T>) out.least = out.greatest = static_cast<T>(-1e38);
    if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) out.least = out.greatest = T{0};
    if constexpr (std::is_unsigned_v<T>) out.least = out.greatest = std::numeric_limits<T>::max();
  }
  return out;
}

/** Share of the range that lies between the maximum and the plug, by number of bits. */
inline double plug_share(unsigned nbits) {
  constexpr float shares[] = {1.1F, 0.55F, 0.28F, 0.14F, 0.07F, 0.035F, 0.017F, 0.01F};
  return nbits > 8 ? 0.01 : static_cast<double>(shares[nbits - 1]);
}

template <class T>
T plug_of(const Extent<T>& extent, unsigned nbits) {
  if constexpr (std::is_floating_point_v<T>) {
    const auto range = static_cast<double>(extent.greatest - extent.least);
    const T plug = static_cast<T>(static_cast<double>(extent.greatest) + range * plug_share(nbits));
    if (plug != extent.greatest) return plug;
    return extent.greatest == T{0} ? T{1} : extent.greatest * T{2};
  } else {
    const unsigned used = std::is_signed_v<T> ? nbits - 1 : nbits;
    const std::uint64_t limit = used >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << used) - 1;
    const T top = static_cast<T>(limit < std::uint64_t{std::numeric_limits<T>::max()} ? limit : std::numeric_limits<T>::max());
    return extent.greatest >= top ? top : static_cast<T>(extent.greatest + 1);
  }
}

}  // namespace polyfst
