// From a GridDef to positions: closed-form letters become a tensor of two axes in a frame, two of them for U, and lists stay
// lists. Cost is proportional to the points asked for, plus the axes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/grid_axis.h"
#include "core/grid_def.h"
#include "core/grid_frame.h"

namespace polyfst {

/// A grid that is a product of two axes in a frame. Array rows follow `y` as it stands, also where it falls.
struct TensorGrid {
  Frame frame;
  Axis x;
  Axis y;
  /// the first (last) row owns everything beyond it, up to the pole of the frame
  bool owns_before = false;
  bool owns_after = false;
  /// hemispheric grids: the row number edge (0.5 or nj + 0.5) is the equator
  bool equator_before = false;
  bool equator_after = false;
};

/// Latitudes and longitudes (degrees, lon in [0, 360)), storage order.
struct Positions {
  std::vector<double> lat;
  std::vector<double> lon;
};

/// Throws unsupported_grid for letters that are no tensor of axes, grid_error for impossible parameters.
TensorGrid tensor_of(const GridDef& def);

/// Positions of all points, or of `points` (0-based storage offsets).
/// Throws unsupported_grid, grid_error, or bad_value for a point outside the array.
Positions grid_points(const GridDef& def, const std::optional<std::vector<std::uint32_t>>& points);

/// (c, s) pairs at 0-based storage offsets. Same errors.
std::vector<double> grid_rotation(const GridDef& def, std::span<const std::uint32_t> points);

/// The panels of a U grid, checked: two, equal in shape, stacked in y. Throws grid_error.
const std::vector<GridDef>& panels_of(const GridDef& def);

}  // namespace polyfst
