// Records: the keys of one, what decoding needs of one, and the table of all records of a file as columns in one slab.
// The slab keeps a scan free of allocations per record and leaves the core as a single buffer (addon/containers.cc).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"

namespace polyfst {

enum class Container : std::uint8_t { xdf, rsf };

constexpr Order order_of(Container container) { return container == Container::xdf ? Order::big : Order::little; }

/** What a decoder must know of a record besides its payload. */
struct RecordSpec {
  Container container;
  std::uint32_t ni, nj, nk;
  std::uint8_t datyp, nbits, dasiz;
};

/** Keys of one record. Text is blank-padded ASCII; stamps are signed CMC stamps. */
struct Record {
  std::array<char, 4> nomvar{' ', ' ', ' ', ' '};
  std::array<char, 2> typvar{' ', ' '};
  std::array<char, 12> etiket{' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
  char grtyp = 'X';
  std::int32_t ip1 = 0, ip2 = 0, ip3 = 0;
  std::uint32_t ni = 0, nj = 0, nk = 0;
  std::int32_t deet = 0, npas = 0;
  std::int32_t ig1 = 0, ig2 = 0, ig3 = 0, ig4 = 0;
  std::uint8_t datyp = 0, nbits = 0, dasiz = 0;
  std::int32_t dateo = 0, datev = 0;
};

/** Where a record lies in its file, in bytes. */
struct Place {
  std::uint64_t offset, bytes, payload_offset, payload_bytes;
};

/** Columns in the order in which they lie in the slab; the 8-byte ones first, so that every column is aligned. */
enum class Column : std::uint8_t {
  offset, bytes, payload_offset, payload_bytes,  // float64
  ip1, ip2, ip3, ni, nj, nk, deet, npas, ig1, ig2, ig3, ig4, dateo, datev, metadata_start,  // 32 bits
  nomvar, etiket, typvar, grtyp, datyp, nbits, dasiz,  // bytes
};

inline constexpr std::size_t column_count = 26;

/** Bytes a row of each column. */
inline constexpr std::array<std::uint8_t, column_count> column_width = {8, 8, 8, 8, 4, 4, 4, 4, 4, 4, 4, 4, 4,
                                                                        4, 4, 4, 4, 4, 4, 4, 12, 2, 1, 1, 1, 1};

class RecordTable {
 public:
  explicit RecordTable(Container container) : container_(container) {}

  Container container() const { return container_; }
  std::size_t count() const { return count_; }
  std::size_t capacity() const { return capacity_; }
  bool complete() const { return complete_; }
  void mark_incomplete() { complete_ = false; }

  /** Makes room for `rows` rows in all. */
  void reserve(std::size_t rows);
  /** Forgets all rows but keeps the room. */
  void clear();
  void add(const Place& place, const Record& record, Bytes metadata = {});

  Place place(std::size_t row) const;
  Record record(std::size_t row) const;
  Bytes metadata(std::size_t row) const;
  RecordSpec spec(std::size_t row) const;

  /** First byte of a column inside the slab, for `capacity` rows. */
  static std::size_t column_start(Column column, std::size_t capacity);
  std::vector<std::uint8_t> release_slab() { return std::move(slab_); }
  std::vector<std::uint8_t> release_metadata() { return std::move(metadata_); }

 private:
  template <class T>
  T* column(Column which) {
    return reinterpret_cast<T*>(slab_.data() + starts_[static_cast<std::size_t>(which)]);
  }
  template <class T>
  const T* column(Column which) const {
    return reinterpret_cast<const T*>(slab_.data() + starts_[static_cast<std::size_t>(which)]);
  }

  Container container_;
  std::size_t count_ = 0;
  std::size_t capacity_ = 0;
  bool complete_ = true;
  std::array<std::size_t, column_count> starts_{};
  std::vector<std::uint8_t> slab_;
  std::vector<std::uint8_t> metadata_;
};

}  // namespace polyfst
