// The nearest point of a closed-form grid for many places at once: what a map needs for every pixel.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/grid.h"

namespace polyfst {

/// Entry of a place outside the footprint.
inline constexpr std::uint32_t no_point = 0xffffffffU;

/// Storage offset of the nearest point for each place by the rule of docs/formats/grids.md#nearest, no_point outside. U: only
/// points that their own panel owns. Throws unsupported_grid for lists and grid_error for impossible parameters.
std::vector<std::uint32_t> nearest_points(const GridDef& def, std::span<const double> lat, std::span<const double> lon);

}  // namespace polyfst
