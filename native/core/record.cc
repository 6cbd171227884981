#include "core/record.h"

#include <cstring>
#include <limits>

namespace polyfst {

std::size_t RecordTable::column_start(Column column, std::size_t capacity) {
  std::size_t start = 0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(column); ++c) {
    // metadata_start has one row more than the table
    start += column_width[c] * (capacity + (c == static_cast<std::size_t>(Column::metadata_start) ? 1 : 0));
  }
  return start;
}

void RecordTable::reserve(std::size_t rows) {
  if (rows <= capacity_) return;
  // An even capacity keeps the 4-byte columns aligned after the extra row of metadata_start.
  rows += rows & 1;
  std::array<std::size_t, column_count> starts{};
  for (std::size_t c = 0; c < column_count; ++c) starts[c] = column_start(static_cast<Column>(c), rows);
  std::vector<std::uint8_t> slab(starts[column_count - 1] + column_width[column_count - 1] * rows);
  for (std::size_t c = 0; c < column_count && !slab_.empty(); ++c) {
    const std::size_t used = count_ + (c == static_cast<std::size_t>(Column::metadata_start) ? 1 : 0);
    std::memcpy(slab.data() + starts[c], slab_.data() + starts_[c], column_width[c] * used);
  }
  slab_.swap(slab);
  starts_ = starts;
  capacity_ = rows;
}

void RecordTable::clear() {
  count_ = 0;
  complete_ = true;
  metadata_.clear();
}

void RecordTable::add(const Place& place, const Record& record, Bytes metadata) {
  if (count_ == capacity_) reserve(capacity_ == 0 ? 64 : capacity_ * 2);
  const std::size_t row = count_;
  column<double>(Column::offset)[row] = static_cast<double>(place.offset);
  column<double>(Column::bytes)[row] = static_cast<double>(place.bytes);
  column<double>(Column::payload_offset)[row] = static_cast<double>(place.payload_offset);
  column<double>(Column::payload_bytes)[row] = static_cast<double>(place.payload_bytes);
  column<std::int32_t>(Column::ip1)[row] = record.ip1;
  column<std::int32_t>(Column::ip2)[row] = record.ip2;
  column<std::int32_t>(Column::ip3)[row] = record.ip3;
  column<std::uint32_t>(Column::ni)[row] = record.ni;
  column<std::uint32_t>(Column::nj)[row] = record.nj;
  column<std::uint32_t>(Column::nk)[row] = record.nk;
  column<std::int32_t>(Column::deet)[row] = record.deet;
  column<std::int32_t>(Column::npas)[row] = record.npas;
  column<std::int32_t>(Column::ig1)[row] = record.ig1;
  column<std::int32_t>(Column::ig2)[row] = record.ig2;
  column<std::int32_t>(Column::ig3)[row] = record.ig3;
  column<std::int32_t>(Column::ig4)[row] = record.ig4;
  column<std::int32_t>(Column::dateo)[row] = record.dateo;
  column<std::int32_t>(Column::datev)[row] = record.datev;
  std::memcpy(column<char>(Column::nomvar) + 4 * row, record.nomvar.data(), 4);
  std::memcpy(column<char>(Column::etiket) + 12 * row, record.etiket.data(), 12);
  std::memcpy(column<char>(Column::typvar) + 2 * row, record.typvar.data(), 2);
  column<char>(Column::grtyp)[row] = record.grtyp;
  column<std::uint8_t>(Column::datyp)[row] = record.datyp;
  column<std::uint8_t>(Column::nbits)[row] = record.nbits;
  column<std::uint8_t>(Column::dasiz)[row] = record.dasiz;
  if (metadata.size() > std::numeric_limits<std::uint32_t>::max() - metadata_.size()) {
    throw Error(Code::too_large, "the extended metadata of the file exceed 4 GiB", place.offset);
  }
  std::uint32_t* starts = column<std::uint32_t>(Column::metadata_start);
  starts[row] = static_cast<std::uint32_t>(metadata_.size());
  metadata_.insert(metadata_.end(), metadata.begin(), metadata.end());
  starts[row + 1] = static_cast<std::uint32_t>(metadata_.size());
  ++count_;
}

Place RecordTable::place(std::size_t row) const {
  const auto at = [&](Column which) { return static_cast<std::uint64_t>(column<double>(which)[row]); };
  return {at(Column::offset), at(Column::bytes), at(Column::payload_offset), at(Column::payload_bytes)};
}

Record RecordTable::record(std::size_t row) const {
  Record r;
  const auto number = [&](Column which) { return column<std::int32_t>(which)[row]; };
  const auto extent = [&](Column which) { return column<std::uint32_t>(which)[row]; };
  std::memcpy(r.nomvar.data(), column<char>(Column::nomvar) + 4 * row, 4);
  std::memcpy(r.typvar.data(), column<char>(Column::typvar) + 2 * row, 2);
  std::memcpy(r.etiket.data(), column<char>(Column::etiket) + 12 * row, 12);
  r.grtyp = column<char>(Column::grtyp)[row];
  r.ip1 = number(Column::ip1);
  r.ip2 = number(Column::ip2);
  r.ip3 = number(Column::ip3);
  r.ni = extent(Column::ni);
  r.nj = extent(Column::nj);
  r.nk = extent(Column::nk);
  r.deet = number(Column::deet);
  r.npas = number(Column::npas);
  r.ig1 = number(Column::ig1);
  r.ig2 = number(Column::ig2);
  r.ig3 = number(Column::ig3);
  r.ig4 = number(Column::ig4);
  r.datyp = column<std::uint8_t>(Column::datyp)[row];
  r.nbits = column<std::uint8_t>(Column::nbits)[row];
  r.dasiz = column<std::uint8_t>(Column::dasiz)[row];
  r.dateo = number(Column::dateo);
  r.datev = number(Column::datev);
  return r;
}

Bytes RecordTable::metadata(std::size_t row) const {
  const std::uint32_t* starts = column<std::uint32_t>(Column::metadata_start);
  return Bytes(metadata_).subspan(starts[row], starts[row + 1] - starts[row]);
}

RecordSpec RecordTable::spec(std::size_t row) const {
  const Record r = record(row);
  return {container_, r.ni, r.nj, r.nk, r.datyp, r.nbits, r.dasiz};
}

}  // namespace polyfst
