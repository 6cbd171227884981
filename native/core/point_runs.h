// The points of a request in ascending order, as runs of neighbours that are also neighbours in the answer: areas are rows of
// points, and a row is read, unpacked and scaled as one. Made once for all records that share their points.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace polyfst {

struct PointRun {
  /** first storage offset, and its place in the answer */
  std::uint32_t point, place;
  std::uint32_t count;

  std::uint32_t last() const { return point + count - 1; }
};

/** Ascending: no point of a run is greater than a point of the next; a point that was asked for twice is in two runs. */
using Runs = std::span<const PointRun>;

/** Makes runs, with buffers that are reused. */
class RunMaker {
 public:
  /** Valid until the next call. */
  Runs runs_of(std::span<const std::uint32_t> points);

 private:
  std::vector<std::uint32_t> order_;
  std::vector<PointRun> runs_;
};

}  // namespace polyfst
