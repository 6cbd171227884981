#include "core/grid.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/grid_params.h"

namespace polyfst {
namespace {

constexpr std::uint32_t most_gaussian_rows = 16384;
// A damaged header must not make the axes, or all positions, fill the memory.
constexpr std::uint32_t longest_axis = 1U << 24;
constexpr std::size_t most_positions = std::size_t{1} << 28;
// float32 axes may miss the pole by a rounding; further out a row has no place on the sphere
constexpr double row_slack = 1e-3;

std::string named(const GridDef& def) { return std::string("a grid of type '") + def.grtyp + "'"; }

[[noreturn]] void refuse(const GridDef& def, const char* why) { throw Error(Code::unsupported_grid, named(def) + why); }

struct Hemisphere {
  double south;
  double span;
  int half;
};

Hemisphere hemisphere_of(const GridDef& def) {
  if (def.ig[0] < 0 || def.ig[0] > 2) {
    throw Error(Code::grid_error, named(def) + " has ig1 " + std::to_string(def.ig[0]) + " where only 0, 1 and 2 have a meaning");
  }
  return {def.ig[0] == 1 ? 0.0 : -90.0, def.ig[0] == 0 ? 180.0 : 90.0, def.ig[0]};
}

std::vector<double> rows_from(double first, double step, std::uint32_t count) {
  std::vector<double> rows(count);
  for (std::uint32_t j = 0; j < count; ++j) rows[j] = first + j * step;
  return rows;
}

std::vector<double> gaussian_rows(const GridDef& def, const Hemisphere& hemisphere) {
  const std::uint32_t nj = def.nj;
  if (nj > most_gaussian_rows) throw Error(Code::grid_error, named(def) + " has more than 16384 rows");
  const std::vector<double>& all = gaussian_latitudes(hemisphere.half == 0 ? nj : 2 * nj);
  const auto first = all.begin() + (hemisphere.half == 1 ? static_cast<std::ptrdiff_t>(nj) : 0);
  return {first, first + static_cast<std::ptrdiff_t>(nj)};
}

// A, B and G: whole or half globe, rows from the south unless ig2 says otherwise.
TensorGrid global_grid(const GridDef& def) {
  const Hemisphere hemisphere = hemisphere_of(def);
  const bool with_ends = def.grtyp == 'B';
  if (with_ends && (def.ni < 2 || def.nj < 2)) throw Error(Code::grid_error, named(def) + " needs two rows and two columns");
  std::vector<double> rows;
  if (def.grtyp == 'G') {
    rows = gaussian_rows(def, hemisphere);
  } else {
    const double step = hemisphere.span / (with_ends ? def.nj - 1 : def.nj);
    rows = rows_from(hemisphere.south + (with_ends ? 0.0 : step / 2), step, def.nj);
  }
  const bool inverted = def.ig[1] == 1;
  if (inverted) std::reverse(rows.begin(), rows.end());
  TensorGrid grid{LatLonFrame{}, Axis::regular_longitude(0.0, 360.0 / (with_ends ? def.ni - 1 : def.ni), def.ni),
                  Axis::linear(std::move(rows))};
  grid.equator_before = hemisphere.half == (inverted ? 2 : 1);
  grid.equator_after = hemisphere.half == (inverted ? 1 : 2);
  return grid;
}

TensorGrid regular_latlon(const LatLonParams& params, std::uint32_t ni, std::uint32_t nj) {
  return {LatLonFrame{}, Axis::regular_longitude(params.lon0, params.dlon, ni), Axis::regular(params.lat0, params.dlat, nj)};
}

TensorGrid rotated_globe(const GridDef& def) {
  if (def.ni < 2) throw Error(Code::grid_error, named(def) + " needs two columns");
  const double dlat = 180.0 / def.nj;
  return {RotatedFrame(decode_e(def.ig)), Axis::regular_longitude(0.0, 360.0 / (def.ni - 1), def.ni),
          Axis::regular(-90.0 + dlat / 2, dlat, def.nj)};
}

TensorGrid axes_on_reference(const GridDef& def) {
  if (!def.ref || def.ax.size() != def.ni || def.ay.size() != def.nj) {
    throw Error(Code::grid_error, named(def) + " has no axes of its own size");
  }
  switch (def.ref->grtyp) {
    case 'L': {
      const LatLonParams params = decode_l(def.ref->ig);
      std::vector<double> lon(def.ax);
      std::vector<double> lat(def.ay);
      for (double& value : lon) value = params.lon0 + value * params.dlon;
      for (double& value : lat) value = params.lat0 + value * params.dlat;
      return {LatLonFrame{}, Axis::longitude(std::move(lon)), Axis::linear(std::move(lat))};
    }
    case 'E':
      return {RotatedFrame(decode_e(def.ref->ig)), Axis::longitude(def.ax), Axis::linear(def.ay)};
    case 'N':
    case 'S':
      return {StereoFrame(decode_stereo(def.ref->grtyp, def.ref->ig)), Axis::linear(def.ax), Axis::linear(def.ay)};
    default:
      refuse(def, " with axes on a reference other than L, E, N or S has no geometry here");
  }
}

TensorGrid build(const GridDef& def) {
  switch (def.grtyp) {
    case 'A':
    case 'B':
    case 'G':
      return global_grid(def);
    case 'L':
      return regular_latlon(decode_l(def.ig), def.ni, def.nj);
    case 'C':
      return regular_latlon(decode_c(def.ig), def.ni, def.nj);
    case 'E':
      return rotated_globe(def);
    case 'N':
    case 'S':
      return {StereoFrame(decode_stereo(def.grtyp, def.ig)), Axis::regular(1.0, 1.0, def.ni), Axis::regular(1.0, 1.0, def.nj)};
    case 'Z':
    case '#':
      return axes_on_reference(def);
    default:
      refuse(def, " has no closed form");
  }
}

void check_rows(const TensorGrid& grid) {
  if (std::holds_alternative<StereoFrame>(grid.frame)) return;
  for (const double row : {grid.y.values().front(), grid.y.values().back()}) {
    if (std::abs(row) > 90.0 + row_slack) throw Error(Code::grid_error, "a grid has rows beyond the pole");
  }
}

bool reaches_pole(double end, double outward) {
  return std::abs(outward) * (1.0 + 1e-6) > 90.0 - std::abs(end) && end * outward > 0.0;
}

bool is_list(char grtyp) {
  return grtyp == 'Y' || grtyp == 'X' || grtyp == 'O' || grtyp == 'M' || grtyp == 'T' || grtyp == 'W';
}

// Storage offset to 0-based column and row, checked.
struct Shape {
  std::uint32_t ni;
  std::size_t size;
  void check(std::uint32_t point) const {
    if (point >= size) throw Error(Code::bad_value, "point " + std::to_string(point) + " is outside the grid");
  }
};

Shape shape_of(const GridDef& def) {
  if (def.ni == 0 || def.nj == 0) throw Error(Code::grid_error, named(def) + " has no points");
  if (def.ni > longest_axis || def.nj > longest_axis) {
    throw Error(Code::grid_error, named(def) + " has more than 16777216 rows or columns");
  }
  return {def.ni, static_cast<std::size_t>(def.ni) * def.nj};
}

void append_tensor(const TensorGrid& grid, Positions& out) {
  std::visit(
      [&](const auto& frame) {
        using Part = decltype(frame.x_part(0.0));
        std::vector<Part> columns;
        columns.reserve(grid.x.size());
        for (const double x : grid.x.values()) columns.push_back(frame.x_part(x));
        const std::size_t start = out.lat.size();
        out.lat.resize(start + grid.x.size() * grid.y.size());
        out.lon.resize(out.lat.size());
        double* lat = out.lat.data() + start;
        double* lon = out.lon.data() + start;
        for (const double y : grid.y.values()) {
          const Part row = frame.y_part(y);
          for (const Part& column : columns) {
            const LatLon place = frame.forward(column, row);
            *lat++ = std::clamp(place.lat, -90.0, 90.0);
            *lon++ = place.lon;
          }
        }
      },
      grid.frame);
}

// Calls visit(frame, x, y, n) for the n-th asked point of one tensor, whose storage starts at offset `base`.
template <class Visit>
void each_point(const TensorGrid& grid, std::span<const std::uint32_t> points, std::size_t base, Visit visit) {
  const std::size_t ni = grid.x.size();
  const std::size_t size = ni * grid.y.size();
  std::visit(
      [&](const auto& frame) {
        for (std::size_t n = 0; n < points.size(); ++n) {
          if (points[n] < base || points[n] - base >= size) continue;
          const std::size_t k = points[n] - base;
          visit(frame, frame.x_part(grid.x[k % ni]), frame.y_part(grid.y[k / ni]), n);
        }
      },
      grid.frame);
}

std::vector<TensorGrid> tensors_of(const GridDef& def) {
  std::vector<TensorGrid> tensors;
  if (def.grtyp == 'U') {
    for (const GridDef& panel : panels_of(def)) tensors.push_back(tensor_of(panel));
  } else {
    tensors.push_back(tensor_of(def));
  }
  return tensors;
}

Positions list_points(const GridDef& def, const Shape& shape, const std::optional<std::vector<std::uint32_t>>& points) {
  if (def.ax.size() != shape.size || def.ay.size() != shape.size) {
    refuse(def, " has no latitudes and longitudes of its own shape");
  }
  Positions out;
  const auto push = [&](std::size_t k) {
    out.lat.push_back(def.ay[k]);
    out.lon.push_back(wrap360(def.ax[k]));
  };
  if (points) {
    for (const std::uint32_t point : *points) push(point);
  } else {
    for (std::size_t k = 0; k < shape.size; ++k) push(k);
  }
  return out;
}

}  // namespace

TensorGrid tensor_of(const GridDef& def) {
  shape_of(def);
  TensorGrid grid = build(def);
  check_rows(grid);
  if (!std::holds_alternative<StereoFrame>(grid.frame) && grid.x.wrap() != Wrap::window && grid.y.size() > 1) {
    grid.owns_before = !grid.equator_before && reaches_pole(grid.y.values().front(), -grid.y.first_step());
    grid.owns_after = !grid.equator_after && reaches_pole(grid.y.values().back(), grid.y.last_step());
  }
  return grid;
}

const std::vector<GridDef>& panels_of(const GridDef& def) {
  if (def.panels.size() != 2) throw Error(Code::grid_error, "a U grid needs two panels");
  const GridDef& yin = def.panels[0];
  const GridDef& yang = def.panels[1];
  if (yin.ni != yang.ni || yin.nj != yang.nj) throw Error(Code::grid_error, "the panels of a U grid differ in shape");
  if (yin.ni != def.ni || 2 * static_cast<std::uint64_t>(yin.nj) != def.nj) {
    throw Error(Code::grid_error, "the panels of a U grid do not fill its rows");
  }
  return def.panels;
}

Positions grid_points(const GridDef& def, const std::optional<std::vector<std::uint32_t>>& points) {
  const Shape shape = shape_of(def);
  if (points) {
    for (const std::uint32_t point : *points) shape.check(point);
  } else if (shape.size > most_positions) {
    throw Error(Code::too_large, named(def) + " has too many points to list at once");
  }
  if (def.grtyp == '+') {
    const LatLon place = decode_point(def.ig);
    const std::size_t count = points ? points->size() : shape.size;
    return {std::vector<double>(count, place.lat), std::vector<double>(count, wrap360(place.lon))};
  }
  if (is_list(def.grtyp)) return list_points(def, shape, points);
  Positions out;
  const std::vector<TensorGrid> tensors = tensors_of(def);
  if (!points) {
    for (const TensorGrid& tensor : tensors) append_tensor(tensor, out);
    return out;
  }
  out.lat.resize(points->size());
  out.lon.resize(points->size());
  std::size_t base = 0;
  for (const TensorGrid& tensor : tensors) {
    each_point(tensor, *points, base, [&](const auto& frame, const auto& x, const auto& y, std::size_t n) {
      const LatLon place = frame.forward(x, y);
      out.lat[n] = std::clamp(place.lat, -90.0, 90.0);
      out.lon[n] = place.lon;
    });
    base += tensor.x.size() * tensor.y.size();
  }
  return out;
}

std::vector<double> grid_rotation(const GridDef& def, std::span<const std::uint32_t> points) {
  const Shape shape = shape_of(def);
  for (const std::uint32_t point : points) shape.check(point);
  std::vector<double> out(2 * points.size());
  if (def.grtyp == '+' || is_list(def.grtyp)) {
    for (std::size_t n = 0; n < points.size(); ++n) out[2 * n] = 1.0;
    return out;
  }
  std::size_t base = 0;
  for (const TensorGrid& tensor : tensors_of(def)) {
    each_point(tensor, points, base, [&](const auto& frame, const auto& x, const auto& y, std::size_t n) {
      const Turn turn = frame.turn(x, y);
      out[2 * n] = turn.c;
      out[2 * n + 1] = turn.s;
    });
    base += tensor.x.size() * tensor.y.size();
  }
  return out;
}

}  // namespace polyfst
