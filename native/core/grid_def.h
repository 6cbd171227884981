// What fixes the geometry of a grid, as plain data: the same members as GridDef in schemas/vocabulary.ts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace polyfst {

/// Letter and parameters of the frame in which the axes of a Z or # grid are given.
struct GridReference {
  char grtyp = ' ';
  std::array<std::int32_t, 4> ig{};
};

struct GridDef {
  char grtyp = ' ';
  std::uint32_t ni = 0;
  std::uint32_t nj = 0;
  std::array<std::int32_t, 4> ig{};
  std::optional<GridReference> ref;
  /// Z, #: ni axis values along x. Y, X, O, M and other lists: ni*nj longitudes.
  std::vector<double> ax;
  /// Z, #: nj axis values along y. Lists: ni*nj latitudes.
  std::vector<double> ay;
  /// U only: Yin, Yang.
  std::vector<GridDef> panels;
};

struct LatLon {
  double lat;
  double lon;
};

/// east = c*u - s*v, north = s*u + c*v
struct Turn {
  double c;
  double s;
};

}  // namespace polyfst
