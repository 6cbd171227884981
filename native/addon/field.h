// The NativeField argument of `encode` (native/index.ts): keys of a record and the array to be packed, both copied.
#pragma once

#include <napi.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "addon/arrays.h"
#include "core/encode.h"

namespace addon {

struct FieldArgument {
  polyfst::Record keys;
  polyfst::Element element;
  /** 8-byte units, so that elements of every type are aligned */
  std::vector<std::uint64_t> storage;
  std::size_t bytes;
  std::uint8_t datyp, nbits;
  std::string metadata;

  polyfst::FieldArray array() const {
    return {element, {reinterpret_cast<const std::uint8_t*>(storage.data()), bytes}, keys.ni, keys.nj, keys.nk, datyp, nbits};
  }
};

inline polyfst::Element element_from(const Napi::TypedArray& array) {
  switch (array.TypedArrayType()) {
    case napi_float32_array: return polyfst::Element::float32;
    case napi_float64_array: return polyfst::Element::float64;
    case napi_int8_array: return polyfst::Element::int8;
    case napi_int16_array: return polyfst::Element::int16;
    case napi_int32_array: return polyfst::Element::int32;
    case napi_bigint64_array: return polyfst::Element::int64;
    case napi_uint16_array: return polyfst::Element::uint16;
    case napi_uint32_array: return polyfst::Element::uint32;
    case napi_biguint64_array: return polyfst::Element::uint64;
    default: return polyfst::Element::uint8;
  }
}

/** Member `name` as a whole number in [least, most]; TypeError otherwise. */
inline double whole_member(const Napi::Object& object, const char* name, double least, double most) {
  const Napi::Value value = object.Get(name);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : least - 1;
  if (!(number >= least && number <= most) || number != std::floor(number)) {
    type_error(object.Env(), std::string(name) + " is not a whole number in its range");
  }
  return number;
}

inline std::int32_t key_member(const Napi::Object& object, const char* name) {
  return static_cast<std::int32_t>(whole_member(object, name, -2147483648.0, 2147483647.0));
}

inline std::uint32_t size_member(const Napi::Object& object, const char* name) {
  return static_cast<std::uint32_t>(whole_member(object, name, 0, 4294967295.0));
}

/** Text of at most the key's length, blank-padded. */
template <std::size_t length>
std::array<char, length> text_member(const Napi::Object& object, const char* name) {
  std::array<char, length> out;
  out.fill(' ');
  const Napi::Value value = object.Get(name);
  const std::string text = value.IsString() ? std::string(value.As<Napi::String>()) : std::string(length + 1, ' ');
  if (text.size() > length) type_error(object.Env(), std::string(name) + " is not a text of its length");
  std::copy(text.begin(), text.end(), out.begin());
  return out;
}

inline polyfst::Record keys_from(const Napi::Object& object) {
  polyfst::Record keys;
  keys.nomvar = text_member<4>(object, "nomvar");
  keys.typvar = text_member<2>(object, "typvar");
  keys.etiket = text_member<12>(object, "etiket");
  keys.grtyp = text_member<1>(object, "grtyp")[0];
  keys.ip1 = key_member(object, "ip1");
  keys.ip2 = key_member(object, "ip2");
  keys.ip3 = key_member(object, "ip3");
  keys.ni = size_member(object, "ni");
  keys.nj = size_member(object, "nj");
  keys.nk = size_member(object, "nk");
  keys.deet = key_member(object, "deet");
  keys.npas = key_member(object, "npas");
  keys.ig1 = key_member(object, "ig1");
  keys.ig2 = key_member(object, "ig2");
  keys.ig3 = key_member(object, "ig3");
  keys.ig4 = key_member(object, "ig4");
  keys.dateo = key_member(object, "dateo");
  return keys;
}

inline FieldArgument field_from(const Napi::Value& value) {
  if (!value.IsObject()) type_error(value.Env(), "the field is not an object");
  const auto object = value.As<Napi::Object>();
  const Napi::Value values = object.Get("values");
  if (!values.IsTypedArray()) type_error(value.Env(), "the values are not a typed array");
  const auto array = values.As<Napi::TypedArray>();
  FieldArgument out{keys_from(object), element_from(array), {}, array.ByteLength(), 0, 0, {}};
  out.storage.resize((out.bytes + 7) / 8);
  if (out.bytes > 0) {
    std::memcpy(out.storage.data(), static_cast<const std::uint8_t*>(array.ArrayBuffer().Data()) + array.ByteOffset(), out.bytes);
  }
  out.datyp = static_cast<std::uint8_t>(whole_member(object, "datyp", 0, 255));
  out.nbits = static_cast<std::uint8_t>(whole_member(object, "nbits", 0, 255));
  const Napi::Value metadata = object.Get("metadata");
  if (metadata.IsString()) out.metadata = metadata.As<Napi::String>();
  return out;
}

}  // namespace addon
