// Values at storage offsets of many records.
#include "core/gather.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/jump_read.h"
#include "core/missing.h"

namespace polyfst {

namespace {

constexpr std::uint64_t merge_gap = 4096;  // bytes that are cheaper to read than a second pread
constexpr std::size_t most_spans = 100;
constexpr std::size_t shortest_run = 16;  // points in a row that are worth the vector kernels

using Points = std::span<const std::uint32_t>;

/** The words of a token; one more than its bits need, because tokens are loaded as pairs of words. */
Span span_of(const Layout& layout, std::uint64_t token, std::size_t place) {
  const bool characters = layout.width == 8 && layout.first_bit == 0;
  const std::uint64_t bit = layout.bit(token);
  const std::uint64_t begin = characters ? token / 4 * 4 : bit / 32 * 4;
  return {begin, characters ? begin + 4 : (bit + layout.width + 31) / 32 * 4, place, place + 1};
}

/** Spans of all points, close ones merged; false when reading the whole record is the better way. */
bool plan_spans(const Layout& layout, std::uint64_t step, Points points, Points order, std::uint64_t payload_bytes,
                std::vector<Span>& spans) {
  spans.clear();
  std::uint64_t total = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const Span next = span_of(layout, points[order[k]] * step, k);
    if (!spans.empty() && next.begin < spans.back().end + merge_gap) {
      total += next.end > spans.back().end ? next.end - spans.back().end : 0;
      spans.back().end = std::max(spans.back().end, next.end);
      spans.back().last = k + 1;
    } else {
      if (spans.size() == most_spans) return false;
      spans.push_back(next);
      total += next.end - next.begin;
    }
  }
  return total <= payload_bytes / 4 || payload_bytes <= merge_gap;
}

/** Values of points order[first..last) from a payload that starts where `layout` says. */
void pick(const Layout& layout, const Payload& payload, std::uint64_t step, Points points, Points order, std::size_t first,
          std::size_t last, std::span<float> out) {
  for (std::size_t k = first; k < last;) {
    std::size_t stop = k + 1;
    while (step == 1 && stop < last && points[order[stop]] == points[order[stop - 1]] + 1 && order[stop] == order[stop - 1] + 1) {
      ++stop;
    }
    if (stop - k >= shortest_run) {
      plain_values(layout, payload, points[order[k]], out.subspan(order[k], stop - k));
    } else {
      for (std::size_t i = k; i < stop; ++i) out[order[i]] = plain_value(layout, payload, points[order[i]] * step);
    }
    k = stop;
  }
}

Payload load_part(const Source& source, const Located& record, std::uint64_t begin, std::uint64_t end, PayloadBuffer& buffer) {
  const MutableBytes bytes = buffer.resize(end - begin);
  source.read(record.offset + begin, bytes);
  return {bytes.data(), bytes.size(), order_of(record.spec.container)};
}

void gather_plain(const Source& source, const Located& record, Points points, Points order, std::span<float> out,
                  Workspace& work) {
  Layout layout = plain_layout(record.spec, record.bytes);
  const std::uint64_t step = (record.spec.datyp & 63) == 8 ? 2 : 1;
  if (step == 1 && layout.tokens != point_count(record.spec)) {
    throw Error(Code::unsupported_type, "datyp 0 has no one float32 a point in this record");
  }
  if (!plan_spans(layout, step, points, order, record.bytes, work.spans)) {
    const Payload payload = load_payload(source, record, work.payload);
    read_scale(record.spec, payload, layout);
    pick(layout, payload, step, points, order, 0, order.size(), out);
    return;
  }
  bool headed = layout.meaning == Meaning::linear || layout.meaning == Meaning::exponent;
  if (headed && work.scales != nullptr && work.scales->find(record.offset, layout)) {
    headed = false;
  } else if (headed && work.spans.front().begin < merge_gap) {
    work.spans.front().begin = 0;
  } else if (headed) {
    read_scale(record.spec, load_part(source, record, 0, 16, work.payload), layout);
  }
  for (const Span& span : work.spans) {
    const std::uint64_t end = std::min(span.end, record.bytes);
    const Payload part = load_part(source, record, span.begin, end, work.payload);
    if (headed && span.begin == 0) read_scale(record.spec, part, layout);
    pick(layout.behind(span.begin), part, step, points, order, span.first, span.last, out);
  }
  if (headed && work.scales != nullptr) work.scales->keep(record.offset, layout);
}

void gather_turbo(const Source& source, const Located& record, Points points, Points order, std::span<float> out,
                  Workspace& work) {
  const Payload payload = load_payload(source, record, work.payload);
  work.scratch.turbo.open(record.spec, payload);
  const std::size_t ni = record.spec.ni;
  if (work.scratch.values.size() < band_rows * ni) work.scratch.values.resize(band_rows * ni);
  float* band = work.scratch.values.data();
  std::uint64_t start = 0;
  std::size_t k = 0;
  while (k < order.size()) {
    const unsigned rows = work.scratch.turbo.next(band);
    if (rows == 0) stream_failure("the compressed stream ends before the grid does");
    const std::uint64_t stop = start + rows * ni;
    for (; k < order.size() && points[order[k]] < stop; ++k) out[order[k]] = band[points[order[k]] - start];
    start = stop;
  }
}

void gather_whole(const Source& source, const Located& record, Points points, std::span<float> out, Workspace& work) {
  const Payload payload = load_payload(source, record, work.payload);
  work.field.resize(checked_points(record.spec, record.bytes));
  decode_floats(record.spec, payload, work.field, work.scratch);
  for (std::size_t i = 0; i < points.size(); ++i) out[i] = work.field[points[i]];
}

/** Through the jump index; false when there is none, it is not worth it, or it does not fit: then the record itself counts. */
bool jumped(const Source& source, const Located& record, Points points, Points order, std::span<float> out, Workspace& work) {
  const JumpHead* const head = work.jumps == nullptr ? nullptr : work.jumps->find(record);
  if (head == nullptr) return false;
  try {
    return gather_jumps(source, *work.jumps, *head, record, points, order, out, work);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

void sort_points(Points points, std::vector<std::uint32_t>& order) {
  order.resize(points.size());
  std::iota(order.begin(), order.end(), 0U);
  if (std::is_sorted(points.begin(), points.end())) return;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return points[a] != points[b] ? points[a] < points[b] : a < b;
  });
}

void gather_record(const Source& source, const Located& record, Points points, Points order, std::span<float> out,
                   Workspace& work) {
  const std::uint64_t n = checked_points(record.spec, record.bytes);
  if (points.empty()) return;
  if (points[order.back()] >= n) {
    throw Error(Code::bad_dimensions, "point " + std::to_string(points[order.back()]) + " lies outside a field of " +
                                          std::to_string(n) + " points");
  }
  if (!inside(record.offset, record.bytes, source.size())) {
    throw Error(Code::truncated_file, "the record lies behind the end of the file", record.offset);
  }
  if ((record.spec.datyp & turbo_flag) != 0 && jumped(source, record, points, order, out, work)) return;
  if ((record.spec.datyp & missing_flag) != 0 && may_miss(record.spec)) {
    gather_whole(source, record, points, out, work);
  } else if ((record.spec.datyp & turbo_flag) != 0) {
    gather_turbo(source, record, points, order, out, work);
  } else {
    gather_plain(source, record, points, order, out, work);
  }
}

FloatBatch gather_batch(const Source& source, std::span<const Located> records, Points points,
                        std::optional<Points> starts) {
  return gather_each([&](std::size_t, Workspace&) -> const Source& { return source; }, records, points, starts);
}

FloatBatch gather_each(const SourceOf& source_of, std::span<const Located> records, Points points,
                       std::optional<Points> starts) {
  if (starts) {
    const bool whole = starts->size() == records.size() + 1 && std::is_sorted(starts->begin(), starts->end()) &&
                       starts->back() <= points.size();
    if (!whole) throw Error(Code::bad_value, "the starts of the points do not fit the records");
  }
  const std::size_t total = starts ? points.size() : records.size() * points.size();
  FloatBatch out{FloatBuffer(total), std::vector<std::int32_t>(records.size())};
  Workspace work;
  if (!starts) sort_points(points, work.order);
  if (starts) {  // points that no record takes
    const std::span<float> before = out.values.part(0, starts->front());
    const std::span<float> behind = out.values.part(starts->back(), total - starts->back());
    std::fill(before.begin(), before.end(), std::numeric_limits<float>::quiet_NaN());
    std::fill(behind.begin(), behind.end(), std::numeric_limits<float>::quiet_NaN());
  }
  for (std::size_t r = 0; r < records.size(); ++r) {
    const std::size_t begin = starts ? (*starts)[r] : 0;
    const std::size_t count = starts ? (*starts)[r + 1] - begin : points.size();
    const Points own = points.subspan(begin, count);
    if (starts) sort_points(own, work.order);
    const std::span<float> room = out.values.part(starts ? begin : r * count, count);
    const Source& source = source_of(r, work);
    out.status[r] = guarded([&] { gather_record(source, records[r], own, work.order, room, work); });
    if (out.status[r] != 0) std::fill(room.begin(), room.end(), std::numeric_limits<float>::quiet_NaN());
  }
  return out;
}

}  // namespace polyfst
