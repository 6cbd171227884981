// Angles and unit vectors on the sphere: the few primitives that every grid formula is written with.
#pragma once

#include <cmath>
#include <numbers>

namespace polyfst {

inline constexpr double degree = std::numbers::pi / 180.0;

inline double radians(double degrees) { return degrees * degree; }
inline double degrees(double radians) { return radians / degree; }

/// Longitude in [0, 360); values already there come back unchanged.
inline double wrap360(double lon) {
  if (lon >= 0.0 && lon < 360.0) return lon;
  double wrapped = std::fmod(lon, 360.0);
  if (wrapped < 0.0) wrapped += 360.0;
  return wrapped >= 360.0 ? 0.0 : wrapped;
}

struct Vector3 {
  double x;
  double y;
  double z;
};

inline double dot(const Vector3& a, const Vector3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline Vector3 scaled(const Vector3& a, double f) { return {a.x * f, a.y * f, a.z * f}; }
inline Vector3 minus(const Vector3& a, const Vector3& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline double norm(const Vector3& a) { return std::sqrt(dot(a, a)); }

inline Vector3 unit_vector(double lat, double lon) {
  const double phi = radians(lat);
  const double lambda = radians(lon);
  return {std::cos(phi) * std::cos(lambda), std::cos(phi) * std::sin(lambda), std::sin(phi)};
}

/// Latitude of a unit vector in radians, without the loss of digits that asin(z) has near the poles.
inline double latitude_of(const Vector3& v) {
  if (v.z > -0.8 && v.z < 0.8) return std::asin(v.z);
  const double colatitude = std::asin(std::fmin(1.0, std::sqrt(v.x * v.x + v.y * v.y)));
  return std::copysign(std::numbers::pi / 2 - colatitude, v.z);
}

}  // namespace polyfst
