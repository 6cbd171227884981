#include "core/grid_frame.h"

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace polyfst {
namespace {

constexpr double nearly_opposite_pole = -89.999;

double longitude_of(const Vector3& v) { return v.x == 0.0 && v.y == 0.0 ? 0.0 : wrap360(degrees(std::atan2(v.y, v.x))); }

}  // namespace

RotatedFrame::RotatedFrame(const RotationParams& params) {
  const Vector3 p1 = unit_vector(params.lat1, params.lon1);
  const Vector3 p2 = unit_vector(params.lat2, params.lon2);
  const Vector3 normal = cross(p1, p2);
  const double b = norm(normal);
  if (!(b >= 1e-6)) throw Error(Code::grid_error, "the two points of a rotated grid are equal or opposite");
  const Vector3 second = minus(scaled(p1, dot(p1, p2)), p2);
  e1_ = scaled(p1, -1.0);
  e2_ = scaled(second, 1.0 / norm(second));
  e3_ = scaled(normal, 1.0 / b);
}

Vector3 RotatedFrame::to_sphere(const Vector3& v) const {
  return {e1_.x * v.x + e2_.x * v.y + e3_.x * v.z, e1_.y * v.x + e2_.y * v.y + e3_.y * v.z,
          e1_.z * v.x + e2_.z * v.y + e3_.z * v.z};
}

LatLon RotatedFrame::forward(const Part& x, const Part& y) const {
  const Vector3 v = to_sphere({y.cosine * x.cosine, y.cosine * x.sine, y.sine});
  return {degrees(latitude_of(v)), longitude_of(v)};
}

Plane RotatedFrame::inverse(double lat, double lon) const {
  const Vector3 p = unit_vector(lat, lon);
  const Vector3 v{dot(e1_, p), dot(e2_, p), dot(e3_, p)};
  return {longitude_of(v), degrees(latitude_of(v))};
}

Turn RotatedFrame::turn(const Part& x, const Part& y) const {
  const Vector3 v = to_sphere({y.cosine * x.cosine, y.cosine * x.sine, y.sine});
  const Vector3 along = to_sphere({-x.sine, x.cosine, 0.0});
  const double r = std::sqrt(v.x * v.x + v.y * v.y);
  const double cosine = r > 0.0 ? v.x / r : 1.0;
  const double sine = r > 0.0 ? v.y / r : 0.0;
  const Vector3 east{-sine, cosine, 0.0};
  const Vector3 north{-v.z * cosine, -v.z * sine, r};
  return {dot(along, east), dot(along, north)};
}

LatLon StereoFrame::forward(const Part& x, const Part& y) const {
  const double r = std::sqrt(x.value * x.value + y.value * y.value);
  const double psi = 90.0 - 2.0 * degrees(std::atan(r / equator_));
  if (r == 0.0) return {params_.south ? -90.0 : 90.0, 0.0};
  const double theta = degrees(std::atan2(y.value, x.value));
  return params_.south ? LatLon{-psi, wrap360(params_.dgrw - theta)} : LatLon{psi, wrap360(theta - params_.dgrw)};
}

Plane StereoFrame::inverse(double lat, double lon) const {
  const double psi = params_.south ? -lat : lat;
  if (psi <= nearly_opposite_pole) {
    constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();
    return {nowhere, nowhere};
  }
  const double theta = radians(params_.south ? params_.dgrw - lon : lon + params_.dgrw);
  const double r = stereo_radius(equator_, psi);
  return {r * std::cos(theta) + params_.pole_i, r * std::sin(theta) + params_.pole_j};
}

Turn StereoFrame::turn(const Part& x, const Part& y) const {
  const double r = std::sqrt(x.value * x.value + y.value * y.value);
  // at the pole itself the longitude is 0 by convention, which leaves theta = dgrw
  const double cosine = r > 0.0 ? x.value / r : std::cos(radians(params_.dgrw));
  const double sine = r > 0.0 ? y.value / r : std::sin(radians(params_.dgrw));
  return params_.south ? Turn{sine, cosine} : Turn{-sine, -cosine};
}

}  // namespace polyfst
