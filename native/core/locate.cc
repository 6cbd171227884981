#include "core/locate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace polyfst {
namespace {

constexpr double skirt_slack = 1e-6;
// A place on the border of a core belongs to it, whatever the last digit of its rotated coordinates says.
constexpr double core_slack = 1e-9;

bool in_rows(const TensorGrid& grid, double lat, double y) {
  const double end = static_cast<double>(grid.y.size());
  const bool before = y >= 0.5 - skirt_slack || grid.owns_before;
  const bool after = y <= end + 0.5 + skirt_slack || grid.owns_after;
  if (before && after) return true;
  // Gaussian rows are not quite even: the equator itself decides, not the extrapolated half row.
  const bool northern = grid.y[grid.y.size() / 2] > 0.0;
  if (!before && grid.equator_before) return northern ? lat >= 0.0 : lat <= 0.0;
  if (!after && grid.equator_after) return northern ? lat >= 0.0 : lat <= 0.0;
  return false;
}

bool in_columns(const TensorGrid& grid, double x) {
  if (grid.x.wrap() != Wrap::window) return true;
  return x >= 0.5 - skirt_slack && x <= static_cast<double>(grid.x.size()) + 0.5 + skirt_slack;
}

bool place_is_valid(double lat, double lon) { return lat >= -90.0 && lat <= 90.0 && std::isfinite(lon); }

std::vector<double> locate_tensor(const TensorGrid& grid, std::span<const double> lat, std::span<const double> lon) {
  std::vector<double> out(2 * lat.size(), std::numeric_limits<double>::quiet_NaN());
  std::visit(
      [&](const auto& frame) {
        for (std::size_t n = 0; n < lat.size(); ++n) {
          if (!place_is_valid(lat[n], lon[n])) continue;
          const Plane plane = frame.inverse(lat[n], lon[n]);
          if (std::isnan(plane.x)) continue;
          const double x = grid.x.position(plane.x);
          const double y = grid.y.position(plane.y);
          if (!in_columns(grid, x) || !in_rows(grid, lat[n], y)) continue;
          out[2 * n] = x;
          out[2 * n + 1] = y;
        }
      },
      grid.frame);
  return out;
}

std::vector<double> locate_union(const GridDef& def, std::span<const double> lat, std::span<const double> lon) {
  const std::vector<GridDef>& panels = panels_of(def);
  const TensorGrid tensors[] = {tensor_of(panels[0]), tensor_of(panels[1])};
  const auto* yin = std::get_if<RotatedFrame>(&tensors[0].frame);
  const auto* yang = std::get_if<RotatedFrame>(&tensors[1].frame);
  if (yin == nullptr || yang == nullptr) throw Error(Code::grid_error, "the panels of a U grid are not rotated grids");
  const double rows = static_cast<double>(tensors[0].y.size());
  std::vector<double> out(2 * lat.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t n = 0; n < lat.size(); ++n) {
    if (!place_is_valid(lat[n], lon[n])) continue;
    Plane plane = yin->inverse(lat[n], lon[n]);
    const bool first = in_core(plane);
    if (!first) plane = yang->inverse(lat[n], lon[n]);
    const TensorGrid& panel = tensors[first ? 0 : 1];
    out[2 * n] = std::clamp(panel.x.position(plane.x), 1.0, static_cast<double>(panel.x.size()));
    out[2 * n + 1] = std::clamp(panel.y.position(plane.y), 1.0, rows) + (first ? 0.0 : rows);
  }
  return out;
}

}  // namespace

bool in_core(const Plane& rotated) {
  return rotated.x >= 45.0 - core_slack && rotated.x <= 315.0 + core_slack && std::abs(rotated.y) <= 45.0 + core_slack;
}

std::vector<double> locate(const GridDef& def, std::span<const double> lat, std::span<const double> lon) {
  if (lat.size() != lon.size()) throw Error(Code::bad_value, "there are not as many longitudes as latitudes");
  if (def.grtyp == 'U') return locate_union(def, lat, lon);
  return locate_tensor(tensor_of(def), lat, lon);
}

}  // namespace polyfst
