// Batches of whole fields.
#include "core/batch.h"

#include <algorithm>
#include <limits>
#include <new>

#include "core/missing.h"

namespace polyfst {

namespace {

constexpr std::uint64_t most_nan = 16U << 20;  // points of fields that cannot be: 64 MiB

/** Points that a record claims, and whether its payload could hold them. */
struct Claim {
  std::uint64_t points;
  std::int32_t status;
};

Claim claim_of(const Located& record) {
  Claim claim{0, 0};
  claim.status = guarded([&] { claim.points = checked_points(record.spec, record.bytes); });
  if (claim.status == 0) return claim;
  const RecordSpec& spec = record.spec;
  if (__builtin_mul_overflow(std::uint64_t{spec.ni} * spec.nj, spec.nk, &claim.points)) claim.points = ~std::uint64_t{0};
  return claim;
}

constexpr std::uint64_t chunk_bits = std::uint64_t{1} << 20;  // 128 KiB stay in the second-level cache between read and decode

bool can_stream(const RecordSpec& spec) {
  const unsigned base = spec.datyp & 63;
  const bool exact_missing = (spec.datyp & missing_flag) != 0 && (base == 2 || base == 4);
  return (spec.datyp & turbo_flag) == 0 && may_miss(spec) && spec.nbits <= 32 && !exact_missing;
}

/** Reads and unpacks an uncompressed record piece by piece. */
void stream_floats(const Source& source, const Located& record, std::span<float> out, Workspace& work) {
  Layout layout = plain_layout(record.spec, record.bytes);
  const std::uint64_t step = chunk_bits / layout.width / 1024 * 1024;
  for (std::uint64_t start = 0; start < layout.tokens; start += step) {
    const std::uint64_t count = std::min(step, layout.tokens - start);
    const std::uint64_t begin = start == 0 ? 0 : layout.bit(start) / 32 * 4;
    const std::uint64_t end = (layout.bit(start + count) + 31) / 32 * 4;
    const MutableBytes bytes = work.payload.resize(end - begin);
    source.read(record.offset + begin, bytes);
    const Payload part{bytes.data(), bytes.size(), order_of(record.spec.container)};
    if (start == 0) read_scale(record.spec, part, layout);
    plain_values(layout.behind(begin), part, start, out.subspan(start, count));
  }
  if ((record.spec.datyp & missing_flag) != 0) mark_missing<float>(out, std::numeric_limits<float>::quiet_NaN());
}

void decode_record(const Source& source, const Located& record, std::span<float> out, Workspace& work) {
  if (can_stream(record.spec)) {
    stream_floats(source, record, out, work);
  } else {
    decode_floats(record.spec, load_payload(source, record, work.payload), out, work.scratch);
  }
}

}  // namespace

std::int32_t guarded(const std::function<void()>& work) {
  try {
    work();
    return 0;
  } catch (const Error& error) {
    return status_of(error.code);
  } catch (const std::bad_alloc&) {
    return status_of(Code::out_of_memory);
  } catch (const std::length_error&) {
    return status_of(Code::out_of_memory);
  }
}

Payload load_payload(const Source& source, const Located& record, PayloadBuffer& buffer) {
  if (!inside(record.offset, record.bytes, source.size())) {
    throw Error(Code::truncated_file, "the record lies behind the end of the file", record.offset);
  }
  const MutableBytes bytes = buffer.resize(record.bytes);
  source.read(record.offset, bytes);
  return {bytes.data(), bytes.size(), order_of(record.spec.container)};
}

FloatBatch decode_batch(const Source& source, std::span<const Located> records) {
  std::vector<Claim> claims;
  std::uint64_t total = 0;
  std::uint64_t impossible = 0;
  for (const Located& record : records) {
    claims.push_back(claim_of(record));
    const Claim& claim = claims.back();
    if (claim.status != 0 && (claim.points > most_nan || (impossible += claim.points) > most_nan)) {
      throw Error(Code::bad_dimensions, "a field is far larger than its record", record.offset);
    }
    total += claim.points;
  }
  FloatBatch out{FloatBuffer(total), std::vector<std::int32_t>(records.size())};
  Workspace work;
  std::uint64_t start = 0;
  for (std::size_t r = 0; r < records.size(); ++r) {
    const std::span<float> room = out.values.part(start, claims[r].points);
    start += claims[r].points;
    out.status[r] = claims[r].status;
    if (claims[r].status == 0) {
      out.status[r] = guarded([&] { decode_record(source, records[r], room, work); });
    }
    if (out.status[r] != 0) std::fill(room.begin(), room.end(), std::numeric_limits<float>::quiet_NaN());
  }
  return out;
}

namespace {

/** Bytes that the records fill when none fails. */
std::uint64_t element_bytes(std::span<const Located> records) {
  std::uint64_t total = 0;
  for (const Located& record : records) {
    guarded([&] { total += element_count(record.spec, record.bytes) * size_of(element_of(record.spec)); });
  }
  return total;
}

}  // namespace

ElementBatch decode_element_batch(const Source& source, std::span<const Located> records) {
  ElementBatch out;
  out.bytes = ByteBuffer(element_bytes(records));
  out.start.push_back(0);
  Workspace work;
  std::size_t start = 0;
  for (const Located& record : records) {
    const Element element = element_of(record.spec);
    double missing = 0;
    std::size_t bytes = 0;
    const std::int32_t status = guarded([&] {
      const std::size_t wanted = element_count(record.spec, record.bytes) * size_of(element);
      const Payload payload = load_payload(source, record, work.payload);
      const std::span<std::uint8_t> room = out.bytes.part(start, wanted);
      if (start % size_of(element) == 0) {
        missing = static_cast<double>(decode_elements(record.spec, payload, room, work.scratch));
      } else {
        // behind a record of narrower elements: decoded where it is aligned, then moved
        std::vector<std::uint8_t> aligned(wanted);
        missing = static_cast<double>(decode_elements(record.spec, payload, aligned, work.scratch));
        std::copy(aligned.begin(), aligned.end(), room.begin());
      }
      bytes = wanted;
    });
    start += bytes;
    out.start.push_back(static_cast<double>(start));
    out.element.push_back(element);
    out.missing.push_back(status == 0 ? missing : 0);
    out.status.push_back(status);
  }
  out.bytes.shorten(start);
  return out;
}

}  // namespace polyfst
