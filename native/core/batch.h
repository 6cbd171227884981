// Batches: the records of one call, read from a source one after another with the same buffers. A record that fails gets a
// status and NaN; it does not lose the others.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/codec.h"
#include "core/buffer.h"
#include "core/point_runs.h"
#include "core/source.h"

namespace polyfst {

/** A record to be read: its keys and where its payload lies. */
struct Located {
  RecordSpec spec;
  std::uint64_t offset;
  std::uint64_t bytes;
};

/** Bytes [begin, end) of a payload that hold the points of runs [first, last) (gather.h). */
struct Span {
  std::uint64_t begin, end;
  std::size_t first, last;
};

class ScaleMemory;
class JumpFile;
class LineCache;

/** Buffers of one batch. */
struct Workspace {
  /** scales of the records of the file that is being read, where it remembers them */
  ScaleMemory* scales = nullptr;
  /** what was read of that file before, where it remembers it */
  LineCache* lines = nullptr;
  /** jump index of that file, where it has one */
  const JumpFile* jumps = nullptr;
  PayloadBuffer payload;
  Scratch scratch;
  RunMaker runs;
  std::vector<Span> spans;
  std::vector<float> field;
};

/** The whole payload. Throws truncated_file before anything is allocated when the source is shorter. */
Payload load_payload(const Source& source, const Located& record, PayloadBuffer& buffer);

/** Runs `work` and turns what it throws into a status: 0 or a negative number. */
std::int32_t guarded(const std::function<void()>& work);

struct FloatBatch {
  FloatBuffer values;
  std::vector<std::int32_t> status;
};

/**
 * Whole fields, concatenated. A record that fails is ni*nj*nk NaN. Throws bad_dimensions when the records that cannot be what
 * they say would fill more than 64 MiB with NaN.
 */
FloatBatch decode_batch(const Source& source, std::span<const Located> records);

struct ElementBatch {
  ByteBuffer bytes;
  std::vector<double> start;
  std::vector<Element> element;
  std::vector<double> missing;
  std::vector<std::int32_t> status;
};

/** Whole fields in their own types, back to back. A record that fails leaves no bytes. */
ElementBatch decode_element_batch(const Source& source, std::span<const Located> records);

}  // namespace polyfst
