// Arrays across the boundary. Inputs are copied before a call returns, because JavaScript may detach a buffer at any time;
// outputs are moved out: the vector lives on inside an external ArrayBuffer until the collector drops it. Also the two
// argument types that many calls share, Container and Source.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/record.h"
#include "core/source.h"

namespace addon {

[[noreturn]] inline void type_error(Napi::Env env, const std::string& what) { throw Napi::TypeError::New(env, what); }

template <class T>
constexpr napi_typedarray_type type_of_elements() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return napi_uint8_array;
  if constexpr (std::is_same_v<T, std::int8_t>) return napi_int8_array;
  if constexpr (std::is_same_v<T, std::uint16_t>) return napi_uint16_array;
  if constexpr (std::is_same_v<T, std::int16_t>) return napi_int16_array;
  if constexpr (std::is_same_v<T, std::uint32_t>) return napi_uint32_array;
  if constexpr (std::is_same_v<T, std::int32_t>) return napi_int32_array;
  if constexpr (std::is_same_v<T, std::uint64_t>) return napi_biguint64_array;
  if constexpr (std::is_same_v<T, std::int64_t>) return napi_bigint64_array;
  if constexpr (std::is_same_v<T, float>) return napi_float32_array;
  if constexpr (std::is_same_v<T, double>) return napi_float64_array;
}

/** Copy of a typed array of exactly this element type; `name` is for the TypeError otherwise. */
template <class T>
std::vector<T> copy_in(const Napi::Value& value, const char* name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type_of_elements<T>()) {
    type_error(value.Env(), std::string(name) + " is not a typed array of the expected type");
  }
  const auto array = value.As<Napi::TypedArrayOf<T>>();
  const std::size_t length = array.ElementLength();
  return length == 0 ? std::vector<T>() : std::vector<T>(array.Data(), array.Data() + length);
}

/** Member `name` of an object as a copied typed array. */
template <class T>
std::vector<T> copy_member(const Napi::Object& object, const char* name) {
  return copy_in<T>(object.Get(name), name);
}

/** Moves a vector out as an ArrayBuffer; its memory is freed, and no longer accounted, when the buffer is collected. */
template <class T>
Napi::ArrayBuffer move_out_buffer(Napi::Env env, std::vector<T>&& vector) {
  if (vector.empty()) return Napi::ArrayBuffer::New(env, 0);
  auto owner = std::make_unique<std::vector<T>>(std::move(vector));
  const std::size_t bytes = owner->size() * sizeof(T);
  const auto held = static_cast<std::int64_t>(owner->capacity() * sizeof(T));
  const auto buffer = Napi::ArrayBuffer::New(
      env, owner->data(), bytes,
      [held](Napi::Env finalizing, void*, std::vector<T>* hint) {
        delete hint;
        Napi::MemoryManagement::AdjustExternalMemory(finalizing, -held);
      },
      owner.get());
  owner.release();
  Napi::MemoryManagement::AdjustExternalMemory(env, held);
  return buffer;
}

/** Moves a vector out as a typed array of its element type. */
template <class T>
Napi::TypedArrayOf<T> move_out(Napi::Env env, std::vector<T>&& vector) {
  const std::size_t length = vector.size();
  return Napi::TypedArrayOf<T>::New(env, length, move_out_buffer(env, std::move(vector)), 0, type_of_elements<T>());
}

inline polyfst::Container container_from(const Napi::Value& value) {
  if (value.IsString()) {
    const std::string name = value.As<Napi::String>();
    if (name == "xdf") return polyfst::Container::xdf;
    if (name == "rsf") return polyfst::Container::rsf;
  }
  type_error(value.Env(), "the container is neither 'xdf' nor 'rsf'");
}

/** Integer that fits in 53 bits, from a number. */
inline std::uint64_t offset_from(const Napi::Value& value, const char* name) {
  if (value.IsNumber()) {
    const double number = value.As<Napi::Number>().DoubleValue();
    if (number >= 0 && number <= 9007199254740991.0 && number == static_cast<double>(static_cast<std::uint64_t>(number))) {
      return static_cast<std::uint64_t>(number);
    }
  }
  type_error(value.Env(), std::string(name) + " is not a whole number of bytes");
}

/** A Source argument, kept until the call is over. Segments are pinned, not copied: the one exception to copying inputs. */
class SourceArgument {
 public:
  explicit SourceArgument(const Napi::Value& value) {
    if (!value.IsObject()) type_error(value.Env(), "the source is not an object");
    const auto object = value.As<Napi::Object>();
    if (object.Has("path")) {
      path_ = object.Get("path").ToString();
      return;
    }
    const Napi::Value list = object.Get("segments");
    if (!list.IsArray()) type_error(value.Env(), "the source has neither path nor segments");
    const auto segments = list.As<Napi::Array>();
    for (std::uint32_t i = 0; i < segments.Length(); ++i) {
      const Napi::Value item = segments.Get(i);
      if (!item.IsObject()) type_error(value.Env(), "a segment is not an object");
      const auto segment = item.As<Napi::Object>();
      const Napi::Value bytes = segment.Get("bytes");
      if (!bytes.IsTypedArray() || bytes.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
        type_error(value.Env(), "the bytes of a segment are not a Uint8Array");
      }
      const auto array = bytes.As<Napi::Uint8Array>();
      segments_.push_back({offset_from(segment.Get("offset"), "offset"), {array.Data(), array.ByteLength()}});
    }
    pin_ = std::make_shared<Napi::ObjectReference>(Napi::Persistent(object));
    if (object.Has("size") && !object.Get("size").IsUndefined()) size_ = offset_from(object.Get("size"), "size");
  }

  /** Opens the source; call it on the pool thread. */
  std::unique_ptr<polyfst::Source> open() const {
    if (pin_) return std::make_unique<polyfst::MemorySource>(segments_, size_);
    return std::make_unique<polyfst::PathSource>(path_);
  }

 private:
  std::string path_;
  std::vector<polyfst::MemorySource::Segment> segments_;
  std::optional<std::uint64_t> size_;
  std::shared_ptr<Napi::ObjectReference> pin_;
};

/** Columns of a RecordBatch argument (schemas/vocabulary.ts), copied; all of one length. */
struct BatchArgument {
  polyfst::Container container;
  std::vector<double> payload_offset, payload_bytes;
  std::vector<std::uint32_t> ni, nj, nk;
  std::vector<std::uint8_t> datyp, nbits, dasiz;

  explicit BatchArgument(const Napi::Value& value) : container(polyfst::Container::xdf) {
    if (!value.IsObject()) type_error(value.Env(), "the batch is not an object");
    const auto object = value.As<Napi::Object>();
    container = container_from(object.Get("container"));
    payload_offset = copy_member<double>(object, "payloadOffset");
    payload_bytes = copy_member<double>(object, "payloadBytes");
    ni = copy_member<std::uint32_t>(object, "ni");
    nj = copy_member<std::uint32_t>(object, "nj");
    nk = copy_member<std::uint32_t>(object, "nk");
    datyp = copy_member<std::uint8_t>(object, "datyp");
    nbits = copy_member<std::uint8_t>(object, "nbits");
    dasiz = copy_member<std::uint8_t>(object, "dasiz");
    const std::size_t n = count();
    if (payload_bytes.size() != n || ni.size() != n || nj.size() != n || nk.size() != n || datyp.size() != n ||
        nbits.size() != n || dasiz.size() != n) {
      type_error(value.Env(), "the columns of the batch differ in length");
    }
  }

  std::size_t count() const { return payload_offset.size(); }
  polyfst::RecordSpec spec(std::size_t row) const {
    return {container, ni[row], nj[row], nk[row], datyp[row], nbits[row], dasiz[row]};
  }
};

}  // namespace addon
