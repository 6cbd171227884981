#include "core/nearest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/locate.h"

namespace polyfst {
namespace {

// Angles within a billionth of a radian are equal, and so are turns of longitude within a billionth of a degree.
constexpr double tie = 1e-9;
constexpr double turn_tie = 1e-9;

double turn_between(double a, double b) {
  const double turn = wrap360(a - b);
  return turn > 180.0 ? 360.0 - turn : turn;
}

/// Unit vectors of grid points in the axes of the frame itself: angles between points do not depend on the axes.
template <class F>
struct FrameVectors {
  const F& frame;
  Vector3 operator()(double x, double y) const { return unit_vector(y, x); }
};

template <>
struct FrameVectors<StereoFrame> {
  const StereoFrame& frame;
  Vector3 operator()(double x, double y) const {
    const double dx = frame.x_part(x).value;
    const double dy = frame.y_part(y).value;
    const double equator = frame.equator();
    const double r2 = dx * dx + dy * dy;
    const double e2 = equator * equator;
    return {2.0 * equator * dx / (e2 + r2), 2.0 * equator * dy / (e2 + r2), (e2 - r2) / (e2 + r2)};
  }
};

bool is_separable(const Frame& frame) {
  if (std::holds_alternative<LatLonFrame>(frame)) return true;
  const auto* rotated = std::get_if<RotatedFrame>(&frame);
  return rotated != nullptr && rotated->is_upright();
}

struct Found {
  std::uint32_t point = no_point;
  double angle = std::numeric_limits<double>::infinity();
};

/// Searches one tensor grid. Tables of sines and cosines stand for the vectors of spherical frames.
template <class F>
class Search {
 public:
  Search(const TensorGrid& grid, const F& frame) : grid_(grid), frame_(frame), separable_(is_separable(grid.frame)) {
    if constexpr (F::spherical) {
      for (const double x : grid.x.values()) columns_.push_back({std::cos(radians(x)), std::sin(radians(x))});
      for (const double y : grid.y.values()) rows_.push_back({std::cos(radians(y)), std::sin(radians(y))});
    }
  }

  /// Nearest of the points around fractional index (x, y), clamped to the array.
  Found at(double lat, double lon, double x, double y) {
    lon_ = lon;
    const Plane plane = frame_.inverse(lat, lon);
    const Vector3 place = FrameVectors<F>{frame_}(plane.x, plane.y);
    best_ = {};
    turn_ = std::numeric_limits<double>::infinity();
    const std::size_t last = grid_.y.size() - 1;
    const std::size_t row = std::min(floor_index(y, grid_.y.size()), last);
    for (const std::size_t column : columns_around(x)) {
      offer(place, column, row);
      offer(place, column, std::min(row + 1, last));
      if constexpr (F::spherical) {
        if (!separable_) continue;
        // across a wide column the nearest row is not the row at the place's own latitude
        const std::size_t tilted = row_below(foot_latitude(plane.y, plane.x - grid_.x[column]));
        offer(place, column, tilted);
        offer(place, column, std::min(tilted + 1, last));
      }
    }
    return best_;
  }

 private:
  struct Angle {
    double cosine;
    double sine;
  };

  static std::size_t floor_index(double position, std::size_t count) {
    if (std::isnan(position)) return 0;
    return static_cast<std::size_t>(std::clamp(std::floor(position), 1.0, static_cast<double>(count))) - 1;
  }

  std::array<std::size_t, 2> columns_around(double x) const {
    if (grid_.x.wrap() == Wrap::window) {
      const std::size_t column = floor_index(x, grid_.x.size());
      return {column, std::min(column + 1, grid_.x.size() - 1)};
    }
    const std::size_t count = grid_.x.distinct();
    const std::size_t column = floor_index(x, grid_.x.size()) % count;
    return {column, (column + 1) % count};
  }

  static double foot_latitude(double lat, double turn) {
    const double across = std::cos(radians(lat)) * std::cos(radians(turn));
    return across > 0.0 ? degrees(std::atan2(std::sin(radians(lat)), across)) : lat;
  }

  std::size_t row_below(double lat) const { return std::min(floor_index(grid_.y.position(lat), grid_.y.size()), grid_.y.size() - 1); }

  Vector3 vector_of(std::size_t column, std::size_t row) const {
    if constexpr (F::spherical) {
      const Angle& x = columns_[column];
      const Angle& y = rows_[row];
      return {y.cosine * x.cosine, y.cosine * x.sine, y.sine};
    } else {
      return FrameVectors<F>{frame_}(grid_.x[column], grid_.y[row]);
    }
  }

  void offer(const Vector3& place, std::size_t column, std::size_t row) {
    const auto point = static_cast<std::uint32_t>(row * grid_.x.size() + column);
    if (point == best_.point) return;
    const double angle = 2.0 * std::asin(std::min(1.0, norm(minus(vector_of(column, row), place)) / 2.0));
    if (angle > best_.angle + tie) return;
    if (angle > best_.angle - tie) {
      const double turn = turn_of(column, row);
      if (std::isinf(turn_)) turn_ = turn_of(best_.point % grid_.x.size(), best_.point / grid_.x.size());
      if (turn > turn_ + turn_tie || (turn > turn_ - turn_tie && point >= best_.point)) return;
      turn_ = turn;
    } else {
      turn_ = std::numeric_limits<double>::infinity();
    }
    best_ = {point, angle};
  }

  double turn_of(std::size_t column, std::size_t row) const {
    return turn_between(frame_.forward(frame_.x_part(grid_.x[column]), frame_.y_part(grid_.y[row])).lon, lon_);
  }

  const TensorGrid& grid_;
  const F& frame_;
  bool separable_;
  std::vector<Angle> columns_;
  std::vector<Angle> rows_;
  double lon_ = 0.0;
  double turn_ = 0.0;
  Found best_;
};

std::vector<std::uint32_t> nearest_tensor(const GridDef& def, std::span<const double> lat, std::span<const double> lon) {
  const TensorGrid grid = tensor_of(def);
  const std::vector<double> xy = locate(def, lat, lon);
  std::vector<std::uint32_t> out(lat.size(), no_point);
  std::visit(
      [&](const auto& frame) {
        Search search(grid, frame);
        for (std::size_t n = 0; n < lat.size(); ++n) {
          if (!std::isnan(xy[2 * n])) out[n] = search.at(lat[n], lon[n], xy[2 * n], xy[2 * n + 1]).point;
        }
      },
      grid.frame);
  return out;
}

/// One of two panels at work: its grid, and which of its points and of all places it owns.
struct Panel {
  TensorGrid grid;
  const RotatedFrame& frame;
  Search<RotatedFrame> search;

  explicit Panel(const GridDef& def)
      : grid(tensor_of(def)), frame(frame_of(grid)), search(grid, frame) {}
  Panel(const Panel&) = delete;
  Panel& operator=(const Panel&) = delete;

  static const RotatedFrame& frame_of(const TensorGrid& grid) {
    const auto* frame = std::get_if<RotatedFrame>(&grid.frame);
    if (frame == nullptr) throw Error(Code::grid_error, "the panels of a U grid are not rotated grids");
    return *frame;
  }

  Found at(double lat, double lon, bool owns_place) {
    const Plane plane = frame.inverse(lat, lon);
    const double x = grid.x.position(plane.x);
    const double y = grid.y.position(plane.y);
    const bool inside = x >= 0.5 && x <= static_cast<double>(grid.x.size()) + 0.5 && y >= 0.5 &&
                        y <= static_cast<double>(grid.y.size()) + 0.5;
    return inside || owns_place ? search.at(lat, lon, x, y) : Found{};
  }
};

std::vector<std::uint32_t> nearest_union(const GridDef& def, std::span<const double> lat, std::span<const double> lon) {
  const std::vector<GridDef>& panels = panels_of(def);
  Panel yin(panels[0]);
  Panel yang(panels[1]);
  const std::size_t ni = yin.grid.x.size();
  const auto half = static_cast<std::uint32_t>(ni * yin.grid.y.size());
  const auto yin_owns_point = [&](std::uint32_t k) {
    return in_core({wrap360(yin.grid.x[k % ni]), yin.grid.y[k / ni]});
  };
  const auto yang_owns_point = [&](std::uint32_t k) {
    const LatLon place =
        yang.frame.forward(yang.frame.x_part(yang.grid.x[k % ni]), yang.frame.y_part(yang.grid.y[k / ni]));
    return !in_core(yin.frame.inverse(place.lat, place.lon));
  };
  std::vector<std::uint32_t> out(lat.size(), no_point);
  for (std::size_t n = 0; n < lat.size(); ++n) {
    if (!(lat[n] >= -90.0 && lat[n] <= 90.0) || !std::isfinite(lon[n])) continue;
    const bool yin_owns = in_core(yin.frame.inverse(lat[n], lon[n]));
    const Found first = yin.at(lat[n], lon[n], yin_owns);
    const Found second = yang.at(lat[n], lon[n], !yin_owns);
    const bool first_good = first.point != no_point && yin_owns_point(first.point);
    const bool second_good = second.point != no_point && yang_owns_point(second.point);
    // in the gaps along the seam neither panel's nearest may be its own: then the owner of the place answers
    const bool take_first = first_good && second_good ? first.angle <= second.angle + tie
                            : first_good != second_good ? first_good
                                                        : yin_owns;
    out[n] = take_first ? first.point : second.point + half;
  }
  return out;
}

}  // namespace

std::vector<std::uint32_t> nearest_points(const GridDef& def, std::span<const double> lat, std::span<const double> lon) {
  if (lat.size() != lon.size()) throw Error(Code::bad_value, "there are not as many longitudes as latitudes");
  return def.grtyp == 'U' ? nearest_union(def, lat, lon) : nearest_tensor(def, lat, lon);
}

}  // namespace polyfst
