// ig1..ig4 to parameters: each coding of the format is undone once, here (docs/formats/grids.md#parameters).
#pragma once

#include <array>
#include <cstdint>

#include "core/grid_def.h"

namespace polyfst {

using Igs = std::array<std::int32_t, 4>;

/// Start and step of a regular lat-lon grid, degrees.
struct LatLonParams {
  double lat0;
  double lon0;
  double dlat;
  double dlon;
};

/// Polar stereographic plane: pole in index coordinates, grid length in metres at 60 degrees, angle of the x axis to Greenwich.
struct StereoParams {
  bool south;
  double pole_i;
  double pole_j;
  double d60;
  double dgrw;
  /// radius of the equator in grid lengths
  double equator() const;
};

/// Two points of the rotated equator; the first is rotated longitude 180.
struct RotationParams {
  double lat1;
  double lon1;
  double lat2;
  double lon2;
};

LatLonParams decode_l(const Igs& ig);
/// Throws grid_error for increments of zero.
LatLonParams decode_c(const Igs& ig);
/// Old and new style; throws grid_error for a grid length of zero.
StereoParams decode_stereo(char letter, const Igs& ig);
RotationParams decode_e(const Igs& ig);
LatLon decode_point(const Igs& ig);

/// Distance from the pole in grid lengths of a latitude on the plane's own hemisphere (psi = -lat for S).
double stereo_radius(double equator, double psi);

}  // namespace polyfst
