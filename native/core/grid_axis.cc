#include "core/grid_axis.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>

#include "core/error.h"
#include "core/sphere.h"

namespace polyfst {
namespace {

constexpr double full_circle = 360.0;
// Positions this close to the end of a circular axis are column 1 with rounding noise.
constexpr double seam_noise = 1e-9;

// Axes of grids that cross Greenwich may fall from 360 to 0: turn that into one rising sequence (or the mirror image of it).
void unwrap(std::vector<double>& values) {
  double shift = 0.0;
  for (std::size_t k = 1; k < values.size(); ++k) {
    const double step = values[k] + shift - values[k - 1];
    if (step < -180.0) shift += full_circle;
    if (step > 180.0) shift -= full_circle;
    values[k] += shift;
  }
}

std::vector<double> arithmetic(double first, double step, std::uint32_t count) {
  std::vector<double> values(count);
  for (std::uint32_t k = 0; k < count; ++k) values[k] = first + k * step;
  return values;
}

std::vector<double> legendre_roots(std::uint32_t n) {
  std::vector<double> latitudes(n);
  for (std::uint32_t k = 1; k <= n / 2; ++k) {
    double x = std::cos(std::numbers::pi * (4.0 * k - 1.0) / (4.0 * n + 2.0));
    for (int iteration = 0; iteration < 10; ++iteration) {
      double previous = 1.0;
      double current = x;
      for (std::uint32_t m = 1; m < n; ++m) {
        const double next = ((2.0 * m + 1.0) * x * current - m * previous) / (m + 1.0);
        previous = current;
        current = next;
      }
      const double slope = n * (x * current - previous) / (x * x - 1.0);
      const double change = current / slope;
      x -= change;
      if (std::abs(change) < 1e-15) break;
    }
    latitudes[n - k] = degrees(std::asin(x));
    latitudes[k - 1] = -latitudes[n - k];
  }
  return latitudes;
}

}  // namespace

Axis Axis::linear(std::vector<double> values) {
  Axis axis;
  axis.values_ = std::move(values);
  axis.check_monotonic();
  axis.distinct_ = axis.values_.size();
  const double span = axis.values_.back() - axis.values_.front();
  axis.direction_ = span < 0.0 ? -1.0 : 1.0;
  if (axis.size() > 1) axis.guess_ = (static_cast<double>(axis.size()) - 1.0) / span;
  return axis;
}

Axis Axis::longitude(std::vector<double> values) {
  unwrap(values);
  Axis axis = linear(std::move(values));
  axis.circular_ = true;
  axis.classify_longitude();
  return axis;
}

Axis Axis::regular(double first, double step, std::uint32_t count) { return linear(arithmetic(first, step, count)); }

Axis Axis::regular_longitude(double first, double step, std::uint32_t count) {
  Axis axis = linear(arithmetic(first, step, count));
  axis.circular_ = true;
  axis.classify_longitude();
  return axis;
}

double Axis::last_step() const {
  const std::size_t n = values_.size();
  return n > 1 ? values_[n - 1] - values_[n - 2] : 1.0;
}

double Axis::first_step() const { return values_.size() > 1 ? values_[1] - values_[0] : 1.0; }

void Axis::check_monotonic() const {
  if (values_.empty()) throw Error(Code::grid_error, "a grid axis has no values");
  for (const double value : values_) {
    if (!std::isfinite(value)) throw Error(Code::grid_error, "a grid axis has a value that is not a number");
  }
  for (std::size_t k = 2; k < values_.size(); ++k) {
    if ((values_[k] - values_[k - 1]) * (values_[1] - values_[0]) <= 0.0) {
      throw Error(Code::grid_error, "a grid axis neither rises nor falls throughout");
    }
  }
  if (values_.size() == 2 && values_[0] == values_[1]) throw Error(Code::grid_error, "a grid axis has two equal values");
}

void Axis::classify_longitude() {
  const std::size_t n = values_.size();
  if (n < 3) return;
  const double step = std::abs(last_step());
  const double span = std::abs(values_[n - 1] - values_[0]);
  if (span > full_circle - 0.01 * step) {
    wrap_ = Wrap::repeated;
    while (distinct_ > 1 && std::abs(values_[distinct_ - 1] - values_[0]) > full_circle - 0.01 * step) --distinct_;
  } else if (std::abs(full_circle - span - step) < 0.01 * step) {
    wrap_ = Wrap::periodic;
  }
}

double Axis::search(double value) const {
  const std::size_t n = values_.size();
  if (n == 1) return 1.0 + (value - values_[0]);
  const double guess = std::clamp((value - values_[0]) * guess_, 0.0, static_cast<double>(n - 2));
  std::size_t k = static_cast<std::size_t>(guess);
  const auto below = [&](std::size_t index) { return (values_[index] - value) * direction_ > 0.0; };
  if (k > 0 && below(k)) --k;
  if (k + 2 < n && !below(k + 1)) ++k;
  if ((k > 0 && below(k)) || (k + 2 < n && !below(k + 1))) {
    const auto end = values_.begin() + static_cast<std::ptrdiff_t>(n - 1);
    const auto after = std::partition_point(values_.begin() + 1, end, [&](double v) { return (v - value) * direction_ <= 0.0; });
    k = static_cast<std::size_t>(after - values_.begin()) - 1;
  }
  return static_cast<double>(k) + 1.0 + (value - values_[k]) / (values_[k + 1] - values_[k]);
}

double Axis::position(double value) const {
  if (!circular_) return search(value);
  if (wrap_ == Wrap::window) {
    const double centre = (values_.front() + values_.back()) / 2.0;
    return search(centre + wrap360(value - centre + full_circle / 2.0) - full_circle / 2.0);
  }
  const double turned = wrap360((value - values_[0]) * direction_);
  const double end = static_cast<double>(distinct_);
  const double last = std::abs(values_[distinct_ - 1] - values_[0]);
  double x = 0.0;
  if (turned <= last) {
    x = search(values_[0] + turned * direction_);
  } else {
    x = end + (turned - last) / (full_circle - last);
  }
  return x > end + 1.0 - seam_noise ? 1.0 : x;
}

const std::vector<double>& gaussian_latitudes(std::uint32_t n) {
  static std::mutex lock;
  static std::map<std::uint32_t, std::unique_ptr<const std::vector<double>>> kept;
  const std::lock_guard guard(lock);
  auto& slot = kept[n];
  if (!slot) slot = std::make_unique<const std::vector<double>>(legendre_roots(n));
  return *slot;
}

}  // namespace polyfst
