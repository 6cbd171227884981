// Which type is stored for the one that is asked for.
#include <string>

#include "core/encode.h"

namespace polyfst {

namespace {

bool is_float(Element element) { return element == Element::float32 || element == Element::float64; }

unsigned integer_width(const FieldArray& field) { return 8 * static_cast<unsigned>(size_of(field.element)); }

[[noreturn]] void no_bits(const FieldArray& field) {
  throw Error(Code::bad_value, "nbits " + std::to_string(field.nbits) + " does not fit data type " +
                                   std::to_string(field.datyp));
}

StoredType real_type(Container container, const FieldArray& field, unsigned base, bool turbo) {
  const unsigned nbits = field.nbits;
  if (!is_float(field.element)) throw Error(Code::type_mismatch, "real data types take float32 or float64 values");
  if (nbits < 1 || nbits > 64) no_bits(field);
  if (base != 5) {
    if (nbits > 32) return {5, false, 64};
    // the reference keeps compression here, but in RSF not for datyp 6
    if (base == 1 && nbits > 30) return {5, turbo, 32};
    if (base == 6 && nbits > 24) return {5, turbo && container == Container::xdf, 32};
    if (base == 6 && nbits > 16) return {1, false, nbits};
    // no reader but ours takes tokens of fewer than 16 bits from 129
    return {base, turbo && nbits <= 16 && (base == 6 || nbits == 16), nbits};
  }
  if (nbits < 16) no_bits(field);
  return nbits > 32 ? StoredType{5, false, 64} : StoredType{5, turbo, nbits};
}

StoredType integer_type(Container container, const FieldArray& field, unsigned base, bool turbo) {
  const bool natural = field.element == Element::uint8 || field.element == Element::uint16 ||
                       field.element == Element::uint32 || field.element == Element::uint64;
  const bool with_sign = field.element == Element::int8 || field.element == Element::int16 ||
                         field.element == Element::int32 || field.element == Element::int64;
  if (base == 2 ? !natural : !with_sign) {
    throw Error(Code::type_mismatch, base == 2 ? "data type 2 takes unsigned integers" : "data type 4 takes signed integers");
  }
  if (integer_width(field) == 64) {
    if (container == Container::xdf) throw Error(Code::unsupported_type, "XDF holds no 64-bit integers; write RSF or 32 bits");
    return {base, false, 64};
  }
  if (field.nbits < 1 || field.nbits > 32) no_bits(field);
  return {base, turbo && base == 2 && field.nbits <= 16, field.nbits};
}

StoredType base_type(Container container, const FieldArray& field) {
  const unsigned base = field.datyp & 63;
  const bool turbo = (field.datyp & turbo_flag) != 0;
  switch (base) {
    case 0:
      if (field.element != Element::uint32 && field.element != Element::int32 && field.element != Element::float32) {
        throw Error(Code::type_mismatch, "data type 0 takes 32-bit words");
      }
      if (field.nbits < 1 || field.nbits > 64) no_bits(field);
      return {0, false, field.nbits};
    case 1:
    case 5:
    case 6:
      return real_type(container, field, base, turbo);
    case 2:
    case 4:
      return integer_type(container, field, base, turbo);
    case 3:
    case 7:
      if (size_of(field.element) != 1) throw Error(Code::type_mismatch, "character data types take bytes");
      return {base, false, 8};
    case 8:
      if (!is_float(field.element)) throw Error(Code::type_mismatch, "data type 8 takes pairs of floats");
      return {8, false, field.element == Element::float64 ? 64U : 32U};
    default:
      throw Error(Code::unsupported_type, "data type " + std::to_string(field.datyp) + " does not exist");
  }
}

}  // namespace

StoredType stored_type(Container container, const FieldArray& field) {
  StoredType out = base_type(container, field);
  const bool small = out.base == 5 ? field.ni < 16 || field.nj < 16 : field.ni == 1 || field.nj == 1;
  if (field.nk > 1 || small) out.turbo = false;
  return out;
}

}  // namespace polyfst
