// Chunks shuffled and deflated on the thread pool.
#include <napi.h>

#include <memory>
#include <string>
#include <utility>

#include "addon/arrays.h"
#include "addon/register.h"
#include "addon/task.h"
#include "core/deflate.h"

namespace addon {

namespace {

/** Copied to its size: the room of a chunk is much larger than what is left of it, and serves the next one. */
Napi::Value deliver(Napi::Env env, polyfst::ByteBuffer&& bytes) {
  return Napi::Buffer<std::uint8_t>::Copy(env, bytes.data(), bytes.size());
}

Napi::Value deflate_chunk(const Napi::CallbackInfo& call) {
  if (!call[0].IsTypedArray() || call[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    type_error(call.Env(), "the bytes are not a Uint8Array");
  }
  // pinned, not copied: a chunk is large
  const auto array = call[0].As<Napi::Uint8Array>();
  auto pin = std::make_shared<Napi::ObjectReference>(Napi::Persistent(call[0].As<Napi::Object>()));
  const std::span<const std::uint8_t> bytes(array.Data(), array.ByteLength());
  const auto width = static_cast<std::size_t>(offset_from(call[1], "width"));
  const int level = call[2].As<Napi::Number>().Int32Value();
  const std::string name = call[3].ToString();
  const auto wrapper = name == "gzip" ? polyfst::Wrapper::gzip : polyfst::Wrapper::zlib;
  return run(
      call.Env(),
      [pin = std::move(pin), bytes, width, level, wrapper] { return polyfst::deflated(bytes, width, level, wrapper); },
      deliver);
}

Napi::Value has_deflate(const Napi::CallbackInfo& call) { return Napi::Boolean::New(call.Env(), polyfst::has_deflate()); }

}  // namespace

}  // namespace addon

void registerDeflate(Napi::Env env, Napi::Object exports) {
  exports.Set("deflateChunk", Napi::Function::New(env, addon::deflate_chunk, "deflateChunk"));
  exports.Set("hasDeflate", Napi::Function::New(env, addon::has_deflate, "hasDeflate"));
}
