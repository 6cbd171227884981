// One coordinate axis of a tensor-product grid: values, how it wraps, and the fractional index of a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace polyfst {

/// window: ends where it ends; periodic: column n+1 is column 1; repeated: the last column or columns are the first again.
enum class Wrap { window, periodic, repeated };

class Axis {
 public:
  Axis() = default;
  /// A linear axis (index units, latitudes). Throws grid_error when the values are not strictly monotonic or not finite.
  static Axis linear(std::vector<double> values);
  /// A longitude axis in degrees: unwrapped first, then classified. Same errors.
  static Axis longitude(std::vector<double> values);
  static Axis regular(double first, double step, std::uint32_t count);
  static Axis regular_longitude(double first, double step, std::uint32_t count);

  std::size_t size() const { return values_.size(); }
  const std::vector<double>& values() const { return values_; }
  double operator[](std::size_t index) const { return values_[index]; }
  Wrap wrap() const { return wrap_; }
  /// Distinct columns: size() less the repeated ones.
  std::size_t distinct() const { return distinct_; }
  /// Signed step between the last two values (the unit where there is one value).
  double last_step() const;
  double first_step() const;
  /// Fractional 1-based index. Periodic axes answer in [1, n+1), repeated ones in [1, n); windows extrapolate with their end steps.
  double position(double value) const;

 private:
  void check_monotonic() const;
  void classify_longitude();
  double search(double value) const;

  std::vector<double> values_;
  Wrap wrap_ = Wrap::window;
  std::size_t distinct_ = 0;
  bool circular_ = false;
  // 1 for ascending values, -1 for descending ones
  double direction_ = 1.0;
  // intervals per unit along the axis, for the first guess of a search
  double guess_ = 0.0;
};

/// Roots of the Legendre polynomial of degree n as latitudes in degrees, south to north. Kept by n.
const std::vector<double>& gaussian_latitudes(std::uint32_t n);

}  // namespace polyfst
