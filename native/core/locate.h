// The inverse of the grid: where on the array a place on the sphere lies.
#pragma once

#include <span>
#include <vector>

#include "core/grid.h"

namespace polyfst {

/// Fractional 1-based (x, y) pairs, NaN pairs for places outside the footprint (half a cell around a window, everything that a
/// circular axis or a polar row owns). U: in the panel that owns the place, rows of the second panel after those of the first.
/// Throws unsupported_grid for lists (their search structures live above this layer) and grid_error for impossible parameters.
std::vector<double> locate(const GridDef& def, std::span<const double> lat, std::span<const double> lon);

/// Whether a place in the frame of a panel of a U grid lies in the part that is the panel's own.
bool in_core(const Plane& rotated);

}  // namespace polyfst
