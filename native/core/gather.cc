// Values at storage offsets of many records.
#include "core/gather.h"

#include <algorithm>
#include <limits>

#include "core/jump_read.h"
#include "core/line_cache.h"
#include "core/missing.h"

namespace polyfst {

namespace {

constexpr std::uint64_t merge_gap = 4096;  // bytes that are cheaper to read than a second pread
constexpr std::size_t most_spans = 100;
constexpr std::uint32_t shortest_run = 16;  // points in a row that are worth the vector kernels

using Points = std::span<const std::uint32_t>;

/** The words of a token; one more than its bits need, because tokens are loaded as pairs of words. */
Span span_of(const Layout& layout, std::uint64_t token, std::size_t place) {
  const bool characters = layout.width == 8 && layout.first_bit == 0;
  const std::uint64_t bit = layout.bit(token);
  const std::uint64_t begin = characters ? token / 4 * 4 : bit / 32 * 4;
  return {begin, characters ? begin + 4 : (bit + layout.width + 31) / 32 * 4, place, place + 1};
}

/** Spans of all runs, close ones merged; false when reading the whole record is the better way. */
bool plan_spans(const Layout& layout, std::uint64_t step, Runs runs, std::uint64_t payload_bytes, std::vector<Span>& spans) {
  spans.clear();
  std::uint64_t total = 0;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    Span next = span_of(layout, runs[k].point * step, k);
    next.end = span_of(layout, runs[k].last() * step, k).end;
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

/** Values of some runs from a payload that starts where `layout` says. */
void pick(const Layout& layout, const Payload& payload, std::uint64_t step, Runs runs, std::span<float> out) {
  for (const PointRun& run : runs) {
    const std::span<float> room = out.subspan(run.place, run.count);
    if (step == 1 && run.count >= shortest_run) {
      plain_values(layout, payload, run.point, room);
    } else {
      for (std::uint32_t i = 0; i < run.count; ++i) room[i] = plain_value(layout, payload, (run.point + i) * step);
    }
  }
}

Payload load_part(const Source& source, const Located& record, std::uint64_t begin, std::uint64_t end, Workspace& work) {
  const MutableBytes bytes = work.payload.resize(end - begin);
  if (work.lines != nullptr && LineCache::takes(bytes.size())) {
    work.lines->read(source, record.offset + begin, bytes);
  } else {
    source.read(record.offset + begin, bytes);
  }
  return {bytes.data(), bytes.size(), order_of(record.spec.container)};
}

/** The words of a run, when they are few. */
std::optional<Span> short_span(const Layout& layout, std::uint64_t step, const PointRun& run, std::uint64_t payload_bytes) {
  Span out = span_of(layout, run.point * step, 0);
  out.end = std::min(span_of(layout, run.last() * step, 0).end, payload_bytes);
  if (out.end <= out.begin || !LineCache::takes(out.end - out.begin)) return std::nullopt;
  return out;
}

/** Points of a merged span out of lines that were kept; false when one is not there. */
bool recalled(const Located& record, const Layout& layout, std::uint64_t step, Runs runs, std::span<float> out, LineCache& lines) {
  std::uint8_t bytes[2 * LineCache::line_bytes] = {};  // tokens are loaded with words behind them
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const auto span = short_span(layout, step, runs[k], record.bytes);
    if (!span || !lines.recall(record.offset + span->begin, {bytes, span->end - span->begin})) return false;
    const Payload part{bytes, span->end - span->begin, order_of(record.spec.container)};
    pick(layout.behind(span->begin), part, step, runs.subspan(k, 1), out);
  }
  return true;
}

/** Reads a merged span with whole lines around it, keeps those that hold points, and gives the span's own bytes. */
Payload load_lines(const Source& source, const Located& record, const Layout& layout, std::uint64_t step, const Span& span,
                   Runs runs, Workspace& work) {
  constexpr std::uint64_t line = LineCache::line_bytes;
  const std::uint64_t end = std::min(span.end, record.bytes);
  const std::uint64_t begin = (record.offset + span.begin) / line * line;
  const std::uint64_t behind = std::min(source.size(), (record.offset + end + line - 1) / line * line);
  const MutableBytes bytes = work.payload.resize(behind - begin);
  source.read(begin, bytes);
  for (const PointRun& run : runs) {
    const auto own = short_span(layout, step, run, record.bytes);
    if (own) work.lines->remember(begin, bytes, record.offset + own->begin, own->end - own->begin);
  }
  const std::size_t skip = record.offset + span.begin - begin;
  return {bytes.data() + skip, end - span.begin, order_of(record.spec.container)};
}

void gather_plain(const Source& source, const Located& record, Runs runs, std::span<float> out, Workspace& work) {
  Layout layout = plain_layout(record.spec, record.bytes);
  const std::uint64_t step = (record.spec.datyp & 63) == 8 ? 2 : 1;
  if (step == 1 && layout.tokens != point_count(record.spec)) {
    throw Error(Code::unsupported_type, "datyp 0 has no one float32 a point in this record");
  }
  if (!plan_spans(layout, step, runs, record.bytes, work.spans)) {
    const Payload payload = load_payload(source, record, work.payload);
    read_scale(record.spec, payload, layout);
    pick(layout, payload, step, runs, out);
    return;
  }
  bool headed = layout.meaning == Meaning::linear || layout.meaning == Meaning::exponent;
  if (headed && work.scales != nullptr && work.scales->find(record.offset, layout)) {
    headed = false;
  } else if (headed && work.spans.front().begin < merge_gap) {
    work.spans.front().begin = 0;
  } else if (headed) {
    read_scale(record.spec, load_part(source, record, 0, 16, work), layout);
  }
  for (const Span& span : work.spans) {
    const std::uint64_t end = std::min(span.end, record.bytes);
    const Runs own = runs.subspan(span.first, span.last - span.first);
    const bool scattered = work.lines != nullptr && !headed && own.size() > 1 && end - span.begin <= merge_gap;
    if (scattered && recalled(record, layout, step, own, out, *work.lines)) continue;
    const Payload part = scattered ? load_lines(source, record, layout, step, span, own, work)
                                   : load_part(source, record, span.begin, end, work);
    if (headed && span.begin == 0) read_scale(record.spec, part, layout);
    pick(layout.behind(span.begin), part, step, own, out);
  }
  if (headed && work.scales != nullptr) work.scales->keep(record.offset, layout);
}

void gather_turbo(const Source& source, const Located& record, Runs runs, std::span<float> out, Workspace& work) {
  const Payload payload = load_payload(source, record, work.payload);
  work.scratch.turbo.open(record.spec, payload);
  const std::size_t ni = record.spec.ni;
  if (work.scratch.values.size() < band_rows * ni) work.scratch.values.resize(band_rows * ni);
  float* band = work.scratch.values.data();
  std::uint64_t start = 0;
  std::uint32_t done = 0;  // points of the first run that is left
  while (!runs.empty()) {
    const unsigned rows = work.scratch.turbo.next(band);
    if (rows == 0) stream_failure("the compressed stream ends before the grid does");
    const std::uint64_t stop = start + rows * ni;
    while (!runs.empty() && std::uint64_t{runs.front().point} + done < stop) {
      const PointRun& run = runs.front();
      const std::uint64_t first = run.point + done;
      const auto some = static_cast<std::uint32_t>(std::min<std::uint64_t>(run.count - done, stop - first));
      std::copy_n(band + (first - start), some, out.begin() + run.place + done);
      done += some;
      if (done < run.count) break;
      runs = runs.subspan(1);
      done = 0;
    }
    start = stop;
  }
}

void gather_whole(const Source& source, const Located& record, Runs runs, std::span<float> out, Workspace& work) {
  const Payload payload = load_payload(source, record, work.payload);
  work.field.resize(checked_points(record.spec, record.bytes));
  decode_floats(record.spec, payload, work.field, work.scratch);
  for (const PointRun& run : runs) std::copy_n(work.field.begin() + run.point, run.count, out.begin() + run.place);
}

/** Through the jump index; false when there is none, it is not worth it, or it does not fit: then the record itself counts. */
bool jumped(const Source& source, const Located& record, Runs runs, std::span<float> out, Workspace& work) {
  const JumpHead* const head = work.jumps == nullptr ? nullptr : work.jumps->find(record);
  if (head == nullptr) return false;
  try {
    return gather_jumps(source, *work.jumps, *head, record, runs, out, work);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

void gather_record(const Source& source, const Located& record, Runs runs, std::span<float> out, Workspace& work) {
  const std::uint64_t n = checked_points(record.spec, record.bytes);
  if (runs.empty()) return;
  if (runs.back().last() >= n) {
    throw Error(Code::bad_dimensions, "point " + std::to_string(runs.back().last()) + " lies outside a field of " +
                                          std::to_string(n) + " points");
  }
  if (!inside(record.offset, record.bytes, source.size())) {
    throw Error(Code::truncated_file, "the record lies behind the end of the file", record.offset);
  }
  if ((record.spec.datyp & turbo_flag) != 0 && jumped(source, record, runs, out, work)) return;
  if ((record.spec.datyp & missing_flag) != 0 && may_miss(record.spec)) {
    gather_whole(source, record, runs, out, work);
  } else if ((record.spec.datyp & turbo_flag) != 0) {
    gather_turbo(source, record, runs, out, work);
  } else {
    gather_plain(source, record, runs, out, work);
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
  Runs runs = starts ? Runs() : work.runs.runs_of(points);
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
    if (starts) runs = work.runs.runs_of(own);
    const std::span<float> room = out.values.part(starts ? begin : r * count, count);
    const Source& source = source_of(r, work);
    out.status[r] = guarded([&] { gather_record(source, records[r], runs, room, work); });
    if (out.status[r] != 0) std::fill(room.begin(), room.end(), std::numeric_limits<float>::quiet_NaN());
  }
  return out;
}

}  // namespace polyfst
