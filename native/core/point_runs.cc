#include "core/point_runs.h"

#include <algorithm>
#include <numeric>

namespace polyfst {

Runs RunMaker::runs_of(std::span<const std::uint32_t> points) {
  runs_.clear();
  const auto add = [&](std::uint32_t place) {
    const std::uint32_t point = points[place];
    if (!runs_.empty()) {
      PointRun& run = runs_.back();
      // a difference, since the last point may be the greatest number there is
      if (point - run.point == run.count && place - run.place == run.count) {
        ++run.count;
        return;
      }
    }
    runs_.push_back({point, place, 1});
  };
  const auto count = static_cast<std::uint32_t>(points.size());
  if (std::is_sorted(points.begin(), points.end())) {
    for (std::uint32_t place = 0; place < count; ++place) add(place);
    return runs_;
  }
  order_.resize(count);
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return points[a] != points[b] ? points[a] < points[b] : a < b;
  });
  for (const std::uint32_t place : order_) add(place);
  return runs_;
}

}  // namespace polyfst
