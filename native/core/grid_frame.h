// The three kinds of frame in which grids are tensor products: latitude-longitude, rotated latitude-longitude and the polar
// stereographic plane. Each maps a pair of axis values (X, Y) to the sphere and back, and knows how its axes are turned
// against east and north. Formulas: docs/formats/grids.md#rotated and #polar-stereographic.
#pragma once

#include <cmath>
#include <variant>

#include "core/grid_def.h"
#include "core/grid_params.h"
#include "core/sphere.h"

namespace polyfst {

struct Plane {
  double x;
  double y;
};

/// Every frame splits its forward map: part(value) holds what depends on one axis value only, so that a whole grid needs
/// sines and cosines for ni + nj values instead of ni * nj points.
struct LatLonFrame {
  static constexpr bool spherical = true;
  struct Part {
    double value;
  };
  Part x_part(double x) const { return {wrap360(x)}; }
  Part y_part(double y) const { return {y}; }
  LatLon forward(const Part& x, const Part& y) const { return {y.value, x.value}; }
  Plane inverse(double lat, double lon) const { return {lon, lat}; }
  Turn turn(const Part&, const Part&) const { return {1.0, 0.0}; }
};

class RotatedFrame {
 public:
  static constexpr bool spherical = true;
  struct Part {
    double cosine;
    double sine;
  };
  /// Throws grid_error when the two points do not fix a rotation.
  explicit RotatedFrame(const RotationParams& params);
  Part x_part(double x) const { return {std::cos(radians(x)), std::sin(radians(x))}; }
  Part y_part(double y) const { return x_part(y); }
  LatLon forward(const Part& x, const Part& y) const;
  Plane inverse(double lat, double lon) const;
  Turn turn(const Part& x, const Part& y) const;
  /// True when the frame differs from the geographic one by longitudes only, or by its poles changing places.
  bool is_upright() const { return e3_.x * e3_.x + e3_.y * e3_.y < 3e-16; }

 private:
  Vector3 to_sphere(const Vector3& v) const;
  // rows of the matrix that takes geographic vectors to rotated ones
  Vector3 e1_;
  Vector3 e2_;
  Vector3 e3_;
};

class StereoFrame {
 public:
  static constexpr bool spherical = false;
  struct Part {
    double value;
  };
  explicit StereoFrame(const StereoParams& params) : params_(params), equator_(params.equator()) {}
  Part x_part(double x) const { return {x - params_.pole_i}; }
  Part y_part(double y) const { return {y - params_.pole_j}; }
  LatLon forward(const Part& x, const Part& y) const;
  /// NaN at the opposite pole, which is at infinity.
  Plane inverse(double lat, double lon) const;
  Turn turn(const Part& x, const Part& y) const;
  /// radius of the equator in grid lengths
  double equator() const { return equator_; }

 private:
  StereoParams params_;
  double equator_;
};

using Frame = std::variant<LatLonFrame, RotatedFrame, StereoFrame>;

}  // namespace polyfst
