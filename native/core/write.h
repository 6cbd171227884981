// Changes to files: append records, delete them, change their keys or extended metadata in place. One writer a file (advisory
// lock); readers see all of an append or nothing of it, also after a crash at any moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/output.h"
#include "core/record.h"

namespace polyfst {

using RecordBytes = std::vector<std::uint8_t>;

/**
 * Adds assembled records at the end of a file, in order; makes the file when it is absent.
 * Throws file_locked while another writer is at work, type_mismatch when the file is of the other container, too_large when
 * the container's limits are reached, storage_full or write_failed with the file as it was before.
 */
void append(const std::string& path, Container container, std::vector<RecordBytes> records);

/** New values for some keys; what is absent stays. Extents and packing describe the payload and cannot change in place. */
struct KeyChanges {
  std::optional<std::string> nomvar, typvar, etiket, grtyp;
  std::optional<std::int32_t> ip1, ip2, ip3, ig1, ig2, ig3, ig4, deet, npas, dateo;

  bool any() const;
  /** Throws bad_value for a text that is too long. */
  void apply(Record& record) const;
};

/** What to do with the record that begins at byte `offset`. */
struct Edit {
  std::uint64_t offset = 0;
  bool remove = false;
  KeyChanges keys;
  /** RSF only: new extended metadata; must fit into the room of the old ones */
  std::optional<std::string> metadata;
};

/**
 * Applies all edits or, when one of them is not possible, none.
 * Throws record_not_found, bad_value, bad_dimensions (metadata that do not fit), unsupported_type (sequential XDF).
 */
void edit(const std::string& path, const std::vector<Edit>& edits);

namespace xdf {
void begin(OutputFile& file);
void append(OutputFile& file, std::vector<RecordBytes>& records);
void edit(OutputFile& file, const std::vector<Edit>& edits);
}  // namespace xdf

namespace rsf {
void begin(OutputFile& file);
void append(OutputFile& file, std::vector<RecordBytes>& records);
void edit(OutputFile& file, const std::vector<Edit>& edits);
}  // namespace rsf

}  // namespace polyfst
