// Positions, inverse and wind angles of every closed-form grid: known values, round trips, seams, and refusals.
#include <cmath>
#include <functional>
#include <vector>

#include "core/grid.h"
#include "core/locate.h"
#include "test/check.h"

using namespace polyfst;

namespace {

GridDef plain(char grtyp, std::uint32_t ni, std::uint32_t nj, std::array<std::int32_t, 4> ig = {}) {
  GridDef def;
  def.grtyp = grtyp;
  def.ni = ni;
  def.nj = nj;
  def.ig = ig;
  return def;
}

GridDef with_axes(char letter, std::array<std::int32_t, 4> ig, std::vector<double> ax, std::vector<double> ay) {
  GridDef def = plain('Z', static_cast<std::uint32_t>(ax.size()), static_cast<std::uint32_t>(ay.size()));
  def.ref = GridReference{letter, ig};
  def.ax = std::move(ax);
  def.ay = std::move(ay);
  return def;
}

std::vector<double> steps(std::size_t n, const std::function<double(double)>& value) {
  std::vector<double> out;
  for (std::size_t k = 0; k < n; ++k) out.push_back(static_cast<float>(value(static_cast<double>(k))));
  return out;
}

// 180 x 140 points over North America on a rotated frame.
GridDef rotated_window() {
  return with_axes('E', {1217, 0, 57986, 57216}, steps(180, [](double k) { return 150 + k / 3; }),
                   steps(140, [](double k) { return -30 + k * 5 / 12; }));
}

GridDef yin_yang() {
  GridDef def = plain('U', 141, 102);
  const auto ax = steps(141, [](double k) { return 39 + 2 * k; });
  const auto ay = steps(51, [](double k) { return -50 + 2 * k; });
  // Yin (0,180,0,270), Yang (0,0,90,0) in units of 1/40 degree
  def.panels = {with_axes('E', {900, 0, (10800 << 2), (10800 << 2)}, ax, ay),
                with_axes('E', {900, 900, (3600 << 2), 0}, ax, ay)};
  return def;
}

std::vector<GridDef> samples() {
  std::vector<GridDef> all;
  for (const char letter : {'A', 'B', 'G'}) {
    for (int half = 0; half < 3; ++half) {
      for (int inverted = 0; inverted < 2; ++inverted) all.push_back(plain(letter, 25, 13, {half, inverted, 0, 0}));
    }
  }
  all.push_back(plain('L', 31, 22, {50, 75, 13000, 26000}));
  all.push_back(plain('C', 36, 18, {18, 36, 500, 0}));
  all.push_back(plain('E', 37, 18, {1250, 0, 56800, 56800}));
  all.push_back(plain('N', 121, 111, {600, 500, 2100, 1000}));
  all.push_back(plain('N', 33, 27, {25, 900, 23000, 32768 + 5000}));
  all.push_back(plain('S', 33, 27, {200, 200, 0, 1000}));
  all.push_back(rotated_window());
  all.push_back(with_axes('L', {100, 100, 9000, 0}, {350, 355, 358, 2, 10, 30}, {60, 50, 45, 10, -20}));
  all.push_back(with_axes('N', {405, 305, 2100, 500}, steps(28, [](double k) { return 3 + 1.5 * k; }),
                          steps(31, [](double k) { return 2 + k; })));
  return all;
}

double arc(double lat1, double lon1, double lat2, double lon2) {
  const Vector3 gap = minus(unit_vector(lat1, lon1), unit_vector(lat2, lon2));
  return degrees(2 * std::asin(std::min(1.0, norm(gap) / 2)));
}

bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }

}  // namespace

TEST("corners of a rotated window") {
  const Positions all = grid_points(rotated_window(), std::nullopt);
  const double expected[4][3] = {{0, -0.79338, 245.35396}, {179, -2.57188, 296.38902}, {139 * 180, 54.78594, 225.54641},
                                 {139 * 180 + 179, 51.75275, 320.06200}};
  for (const auto& corner : expected) {
    const auto k = static_cast<std::size_t>(corner[0]);
    CHECK(near(all.lat[k], corner[1], 2e-5) && near(all.lon[k], corner[2], 2e-5));
  }
}

TEST("fractional indices in a rotated window") {
  const std::vector<double> lat{50, 10, 84};
  const std::vector<double> lon{-75, 100, 0};
  const std::vector<double> xy = locate(rotated_window(), lat, lon);
  CHECK(near(xy[0], 113.9692, 1e-4) && near(xy[1], 118.8354, 1e-4));
  CHECK(std::isnan(xy[2]) && std::isnan(xy[3]) && std::isnan(xy[4]) && std::isnan(xy[5]));
}

TEST("every point is found where it is") {
  for (const GridDef& def : samples()) {
    const Positions all = grid_points(def, std::nullopt);
    CHECK_EQ(all.lat.size(), static_cast<std::size_t>(def.ni) * def.nj);
    const std::vector<double> xy = locate(def, all.lat, all.lon);
    const TensorGrid grid = tensor_of(def);
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < all.lat.size(); ++k) {
      const std::size_t column = (k % def.ni) % grid.x.distinct();
      const bool on_pole_of_frame = std::abs(std::abs(grid.y[k / def.ni]) - 90) < 1e-9;
      const bool row_agrees = near(xy[2 * k + 1], static_cast<double>(k / def.ni) + 1, 1e-6);
      const bool column_agrees = on_pole_of_frame || near(xy[2 * k], static_cast<double>(column) + 1, 1e-6);
      if (!row_agrees || !column_agrees || !(all.lon[k] >= 0 && all.lon[k] < 360)) ++wrong;
    }
    CHECK_EQ(wrong, 0u);
  }
}

TEST("a subset of points is the same points") {
  for (const GridDef& def : samples()) {
    const Positions all = grid_points(def, std::nullopt);
    const std::vector<std::uint32_t> points{7, 0, def.ni * def.nj - 1, 7};
    const Positions some = grid_points(def, points);
    for (std::size_t n = 0; n < points.size(); ++n) {
      CHECK_EQ(some.lat[n], all.lat[points[n]]);
      CHECK_EQ(some.lon[n], all.lon[points[n]]);
    }
  }
}

TEST("wind angles are those of the axes on the ground") {
  for (const GridDef& def : samples()) {
    if (def.grtyp == 'B') continue;
    const std::uint32_t here = (def.nj / 2) * def.ni + def.ni / 2;
    const std::vector<std::uint32_t> pair{here, here + 1};
    const Positions ends = grid_points(def, pair);
    const std::vector<double> turn = grid_rotation(def, pair);
    CHECK(near(turn[0] * turn[0] + turn[1] * turn[1], 1.0, 1e-12));
    const Vector3 step = minus(unit_vector(ends.lat[1], ends.lon[1]), unit_vector(ends.lat[0], ends.lon[0]));
    const double lambda = radians(ends.lon[0]);
    const double phi = radians(ends.lat[0]);
    const Vector3 east{-std::sin(lambda), std::cos(lambda), 0};
    const Vector3 north{-std::sin(phi) * std::cos(lambda), -std::sin(phi) * std::sin(lambda), std::cos(phi)};
    const double ground = std::atan2(dot(step, north), dot(step, east));
    const double told = std::atan2(turn[1], turn[0]);
    CHECK(std::abs(std::remainder(ground - told, 2 * std::numbers::pi)) < radians(12.0));
  }
}

TEST("Gaussian rows are roots of Legendre polynomials") {
  const double root = degrees(std::asin(1 / std::sqrt(3.0)));
  const Positions two = grid_points(plain('G', 1, 2), std::nullopt);
  CHECK(near(two.lat[0], -root, 1e-13) && near(two.lat[1], root, 1e-13));
  const Positions three = grid_points(plain('G', 1, 3), std::nullopt);
  CHECK(near(three.lat[2], degrees(std::asin(std::sqrt(0.6))), 1e-13) && three.lat[1] == 0.0);
}

TEST("circular axes wrap at the seam") {
  const std::vector<double> lat{0, 0, 0};
  const std::vector<double> lon{-5, 355, 715};
  const std::vector<double> xy = locate(plain('A', 36, 18), lat, lon);
  CHECK(near(xy[0], 36.5, 1e-9) && near(xy[2], 36.5, 1e-9) && near(xy[4], 36.5, 1e-9));
  const std::vector<double> repeated = locate(plain('B', 37, 19), lat, lon);
  CHECK(near(repeated[0], 36.5, 1e-9));
  CHECK(tensor_of(plain('B', 37, 19)).x.wrap() == Wrap::repeated);
  CHECK(tensor_of(plain('L', 360, 21, {100, 100, 8000, 0})).x.wrap() == Wrap::periodic);
  CHECK(tensor_of(plain('L', 359, 21, {100, 100, 8000, 0})).x.wrap() == Wrap::window);
}

TEST("footprints end half a cell out, except at poles and equators") {
  const std::vector<double> lat{90, -90, 0, -0.1};
  const std::vector<double> lon{0, 0, 0, 0};
  const std::vector<double> globe = locate(plain('G', 24, 12), lat, lon);
  CHECK(!std::isnan(globe[0]) && !std::isnan(globe[2]));
  const std::vector<double> north = locate(plain('G', 24, 12, {1, 1, 0, 0}), lat, lon);
  CHECK(!std::isnan(north[0]) && std::isnan(north[2]) && !std::isnan(north[4]) && std::isnan(north[6]));
  const std::vector<double> south = locate(plain('A', 24, 12, {2, 0, 0, 0}), lat, lon);
  CHECK(std::isnan(south[0]) && !std::isnan(south[2]) && !std::isnan(south[4]) && !std::isnan(south[6]));
  const std::vector<double> beyond{91, std::nan(""), 45, 45};
  const std::vector<double> xy = locate(plain('A', 24, 12), beyond, lon);
  CHECK(std::isnan(xy[0]) && std::isnan(xy[2]) && !std::isnan(xy[4]));
}

TEST("polar stereographic planes have their pole where the parameters say") {
  const GridDef north = plain('N', 121, 111, {600, 500, 2100, 1000});
  const Positions pole = grid_points(north, std::vector<std::uint32_t>{7188 + 10});
  const Positions exact = grid_points(north, std::vector<std::uint32_t>{59 * 121 + 49});
  CHECK(exact.lat[0] == 90.0 && exact.lon[0] == 0.0);
  CHECK(pole.lat[0] < 90.0);
  const std::vector<double> lat{-90};
  const std::vector<double> lon{0};
  CHECK(std::isnan(locate(north, lat, lon)[0]));
}

TEST("the new coding of polar stereographic parameters puts point (1,1) in place") {
  // 2.5 km, 247.0 degrees, corner at lat 35.0644 (j4 = 5000), lon 252.7 (j3 = 23000)
  const GridDef def = plain('N', 10, 10, {25, 900, 23000, 32768 + 5000});
  const Positions first = grid_points(def, std::vector<std::uint32_t>{0});
  CHECK(near(first.lat[0], 90 - 5000 * 180 / 16383.0, 1e-9));
  CHECK(near(first.lon[0], 23000 * 360 / 32767.0, 1e-9));
}

TEST("two panels: rows of the second follow, owners share the sphere") {
  const GridDef def = yin_yang();
  const Positions all = grid_points(def, std::nullopt);
  CHECK_EQ(all.lat.size(), std::size_t{14382});
  const std::vector<double> xy = locate(def, all.lat, all.lon);
  std::size_t yin = 0;
  std::size_t yang = 0;
  for (std::size_t k = 0; k < all.lat.size(); ++k) {
    const bool own = near(xy[2 * k], static_cast<double>(k % 141) + 1, 1e-6) && near(xy[2 * k + 1], static_cast<double>(k / 141) + 1, 1e-6);
    if (own) ++(k < 7191 ? yin : yang);
  }
  CHECK_EQ(yin, 6120u);
  CHECK_EQ(yang, 5282u);
}

TEST("a single point") {
  const Positions point = grid_points(plain('+', 1, 1, {1000, 1234, 14550, 28637}), std::nullopt);
  CHECK(near(point.lat[0], 45.5, 1e-12) && near(point.lon[0], 286.37234, 1e-9));
}

TEST("impossible and unknown grids are refused") {
  CHECK_THROWS(Code::unsupported_grid, tensor_of(plain('!', 10, 10)));
  CHECK_THROWS(Code::unsupported_grid, grid_points(plain('Y', 10, 10), std::nullopt));
  CHECK_THROWS(Code::grid_error, tensor_of(plain('A', 10, 10, {3, 0, 0, 0})));
  CHECK_THROWS(Code::grid_error, tensor_of(plain('A', 0, 10)));
  CHECK_THROWS(Code::grid_error, tensor_of(plain('L', 10, 10, {0, 100, 0, 0})));
  CHECK_THROWS(Code::grid_error, tensor_of(plain('L', 10, 200, {100, 100, 0, 0})));
  CHECK_THROWS(Code::grid_error, tensor_of(plain('N', 10, 10)));
  CHECK_THROWS(Code::grid_error, tensor_of(plain('G', 10, 4000000)));
  CHECK_THROWS(Code::grid_error, tensor_of(plain('N', 4000000000U, 10, {600, 500, 2100, 1000})));
  CHECK_THROWS(Code::too_large, grid_points(plain('N', 16000000, 16000000, {600, 500, 2100, 1000}), std::nullopt));
  CHECK_THROWS(Code::grid_error, tensor_of(with_axes('L', {100, 100, 9000, 0}, {1, 2, 2}, {1, 2})));
  CHECK_THROWS(Code::grid_error, tensor_of(with_axes('L', {100, 100, 9000, 0}, {1, std::nan(""), 3}, {1, 2})));
  CHECK_THROWS(Code::grid_error, tensor_of(with_axes('E', {900, 0, 14400, 0}, {1, 2, 3}, {1, 2})));
  CHECK_THROWS(Code::unsupported_grid, tensor_of(with_axes('W', {}, {1, 2, 3}, {1, 2})));
  CHECK_THROWS(Code::grid_error, grid_points(plain('U', 10, 10), std::nullopt));
  CHECK_THROWS(Code::bad_value, grid_points(plain('A', 4, 4), std::vector<std::uint32_t>{16}));
}

TEST("an axis that crosses Greenwich becomes one sequence") {
  const Axis axis = Axis::longitude({350, 355, 0, 5});
  CHECK_EQ(axis[3], 365.0);
  CHECK(near(axis.position(-10), 1.0, 1e-12) && near(axis.position(2.5), 3.5, 1e-12));
  const Axis falling = Axis::longitude({5, 0, 355, 350});
  CHECK_EQ(falling[3], -10.0);
  CHECK(near(falling.position(352.5), 3.5, 1e-12));
  CHECK(arc(0, 0, 0, 90) > 89.9);
}

RUN_TESTS
