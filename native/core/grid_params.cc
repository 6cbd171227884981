#include "core/grid_params.h"

#include <cmath>

#include "core/error.h"
#include "core/sphere.h"

namespace polyfst {
namespace {

constexpr double earth_radius = 6371000.0;
// 1 + sin 60, cut after six digits by the programs that write these files; the exact value would move every grid by metres.
constexpr double one_plus_sin60 = 1.866025;

// Longitude and latitude of point (1,1), packed in ig3 and ig4 of the new style.
struct Corner {
  double lat;
  double lon;
};

StereoParams new_style_stereo(bool south, const Igs& ig) {
  double d60 = 100.0 * ig[0];
  int j3 = ig[2];
  if (j3 > 32767) {
    d60 *= 10.0;
    j3 -= 32768;
  }
  double dgrw = ig[1] / 10.0;
  int j4 = ig[3] - 32768;
  if (j4 > 16383) {
    dgrw = 360.0 - dgrw;
    j4 -= 16384;
  }
  const Corner corner{90.0 - j4 * 180.0 / 16383.0, j3 * 360.0 / 32767.0};
  StereoParams params{south, 0.0, 0.0, d60, dgrw};
  if (!(d60 > 0.0)) return params;
  const double psi = south ? -corner.lat : corner.lat;
  const double theta = radians(south ? dgrw - corner.lon : corner.lon + dgrw);
  const double r = stereo_radius(params.equator(), psi);
  params.pole_i = 1.0 - r * std::cos(theta);
  params.pole_j = 1.0 - r * std::sin(theta);
  return params;
}

}  // namespace

double StereoParams::equator() const { return one_plus_sin60 * earth_radius / d60; }

double stereo_radius(double equator, double psi) { return equator * std::tan(radians(45.0 - psi / 2.0)); }

LatLonParams decode_l(const Igs& ig) {
  return {ig[2] / 100.0 - 90.0, ig[3] / 100.0, ig[0] / 100.0, ig[1] / 100.0};
}

LatLonParams decode_c(const Igs& ig) {
  if (ig[0] == 0 || ig[1] == 0) throw Error(Code::grid_error, "a C grid needs ig1 and ig2 other than 0");
  return {ig[2] / 100.0 - 90.0, ig[3] / 100.0, 180.0 / ig[0], 360.0 / ig[1]};
}

StereoParams decode_stereo(char letter, const Igs& ig) {
  const bool south = letter == 'S';
  const StereoParams params = ig[3] < 32768
                                  ? StereoParams{south, ig[1] / 10.0, ig[0] / 10.0, 100.0 * ig[3], ig[2] / 100.0}
                                  : new_style_stereo(south, ig);
  if (!(params.d60 > 0.0)) throw Error(Code::grid_error, "the grid length of a polar stereographic grid is not positive");
  return params;
}

RotationParams decode_e(const Igs& ig) {
  const int g1 = (ig[0] << 2) | (ig[2] & 3);
  int g2 = (ig[1] << 2) | (ig[3] & 3);
  int g3 = ig[2] >> 2;
  const int g4 = ig[3] >> 2;
  if (g2 > 3600) g2 -= 7201;
  if (g3 < 3559) g3 += 16384;
  return {(g1 - 3600) / 40.0, (g3 - 3600) / 40.0, g2 / 40.0, g4 / 40.0};
}

LatLon decode_point(const Igs& ig) {
  const double lat_correction = ig[0] != 0 ? (ig[0] - 1000) * 1e-5 : 0.0;
  const double lon_correction = ig[1] != 0 ? (ig[1] - 1000) * 1e-5 : 0.0;
  return {ig[2] / 100.0 - 100.0 + lat_correction, ig[3] / 100.0 + lon_correction};
}

}  // namespace polyfst
