// Functions over packed data: decode, decodeNative, gather and encode. Each is one batch on the thread pool; arguments are copied before
// the call returns and results are moved out.
#include <napi.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "addon/arrays.h"
#include "addon/field.h"
#include "addon/register.h"
#include "addon/task.h"
#include "core/assemble.h"
#include "core/batch.h"
#include "core/gather_files.h"
#include "core/jump_index.h"

namespace addon {

namespace {

/** Float64Array column entry as an offset; what is no whole number of bytes lies behind the end of every file. */
std::uint64_t offset_of(double number) {
  return number >= 0 && number <= 9007199254740991.0 ? static_cast<std::uint64_t>(number) : std::uint64_t{1} << 62;
}

std::vector<polyfst::Located> located(const BatchArgument& batch) {
  std::vector<polyfst::Located> out;
  out.reserve(batch.count());
  for (std::size_t r = 0; r < batch.count(); ++r) {
    out.push_back({batch.spec(r), offset_of(batch.payload_offset[r]), offset_of(batch.payload_bytes[r])});
  }
  return out;
}

/** Moves a buffer out as a typed array of its element type. */
template <class T>
Napi::TypedArrayOf<T> move_out_room(Napi::Env env, polyfst::Buffer<T>&& buffer) {
  if (buffer.size() == 0) return Napi::TypedArrayOf<T>::New(env, 0, type_of_elements<T>());
  auto owner = std::make_unique<polyfst::Buffer<T>>(std::move(buffer));
  const auto held = static_cast<std::int64_t>(owner->held_bytes());
  const std::size_t count = owner->size();
  const auto array = Napi::ArrayBuffer::New(
      env, owner->data(), count * sizeof(T),
      [held](Napi::Env finalizing, void*, polyfst::Buffer<T>* hint) {
        delete hint;
        Napi::MemoryManagement::AdjustExternalMemory(finalizing, -held);
      },
      owner.get());
  owner.release();
  Napi::MemoryManagement::AdjustExternalMemory(env, held);
  return Napi::TypedArrayOf<T>::New(env, count, array, 0, type_of_elements<T>());
}

/**
 * Gives the memory of a result back at once: its array is detached, so that what still refers to it sees no values. A batch of
 * the same size then needs no fresh pages, and nothing waits for the collector.
 */
Napi::Value recycle(const Napi::CallbackInfo& call) {
  if (!call[0].IsTypedArray()) type_error(call.Env(), "what is given back is not a typed array");
  Napi::ArrayBuffer buffer = call[0].As<Napi::TypedArray>().ArrayBuffer();
  if (!buffer.IsDetached()) buffer.Detach();
  return call.Env().Undefined();
}

Napi::Value deliver_floats(Napi::Env env, polyfst::FloatBatch&& batch) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("values", move_out_room(env, std::move(batch.values)));
  out.Set("status", move_out(env, std::move(batch.status)));
  return out;
}

Napi::Value deliver_elements(Napi::Env env, polyfst::ElementBatch&& batch) {
  Napi::Object out = Napi::Object::New(env);
  Napi::Array dtype = Napi::Array::New(env, batch.element.size());
  for (std::uint32_t r = 0; r < dtype.Length(); ++r) dtype.Set(r, polyfst::name_of(batch.element[r]));
  out.Set("bytes", move_out_room(env, std::move(batch.bytes)));
  out.Set("start", move_out(env, std::move(batch.start)));
  out.Set("dtype", dtype);
  out.Set("missing", move_out(env, std::move(batch.missing)));
  out.Set("status", move_out(env, std::move(batch.status)));
  return out;
}

Napi::Value decode(const Napi::CallbackInfo& call) {
  return run(
      call.Env(),
      [source = SourceArgument(call[0]), records = located(BatchArgument(call[1]))] {
        return polyfst::decode_batch(*source.open(), records);
      },
      deliver_floats);
}

Napi::Value decode_native(const Napi::CallbackInfo& call) {
  return run(
      call.Env(),
      [source = SourceArgument(call[0]), records = located(BatchArgument(call[1]))] {
        return polyfst::decode_element_batch(*source.open(), records);
      },
      deliver_elements);
}

Napi::Value gather(const Napi::CallbackInfo& call) {
  std::optional<std::vector<std::uint32_t>> starts;
  if (!call[3].IsUndefined()) starts = copy_in<std::uint32_t>(call[3], "starts");
  return run(
      call.Env(),
      [source = SourceArgument(call[0]), records = located(BatchArgument(call[1])),
       points = copy_in<std::uint32_t>(call[2], "points"), starts = std::move(starts)] {
        return polyfst::gather_batch(*source.open(), records, points, starts);
      },
      deliver_floats);
}

/** Paths, each ended by a NUL, in UTF-8; identities as device, inode, size, time of change of each. */
std::vector<polyfst::NamedFile> files_from(const Napi::Value& paths, const Napi::Value& identities) {
  const auto text = copy_in<std::uint8_t>(paths, "paths");
  const auto numbers = copy_in<double>(identities, "identities");
  std::vector<polyfst::NamedFile> out;
  out.reserve(numbers.size() / 4);
  const auto* at = reinterpret_cast<const char*>(text.data());
  const char* const end = at + text.size();
  for (std::size_t f = 0; f + 4 <= numbers.size(); f += 4) {
    const char* const stop = std::find(at, end, '\0');
    if (stop == end) type_error(paths.Env(), "there are fewer paths than identities");
    out.push_back({std::string(at, stop), {numbers[f], numbers[f + 1], numbers[f + 2], numbers[f + 3]}});
    at = stop + 1;
  }
  return out;
}

std::string text_or_empty(const Napi::Value& value) { return value.IsString() ? std::string(value.As<Napi::String>()) : std::string(); }

Napi::Value gather_files(const Napi::CallbackInfo& call) {
  std::optional<std::vector<std::uint32_t>> starts;
  if (!call[5].IsUndefined()) starts = copy_in<std::uint32_t>(call[5], "starts");
  return run(
      call.Env(),
      [files = files_from(call[0], call[1]), file_of = copy_in<std::uint32_t>(call[2], "fileOf"),
       records = located(BatchArgument(call[3])), points = copy_in<std::uint32_t>(call[4], "points"),
       starts = std::move(starts), folder = text_or_empty(call[6])] {
        return polyfst::gather_files(files, file_of, records, points, starts, folder);
      },
      deliver_floats);
}

Napi::Value write_jumps(const Napi::CallbackInfo& call) {
  return run(
      call.Env(),
      [folder = text_or_empty(call[0]), files = files_from(call[1], call[2]), records = located(BatchArgument(call[3])),
       share = call[4].ToNumber().DoubleValue()] {
        if (files.size() != 1) throw polyfst::Error(polyfst::Code::bad_value, "a jump index is of one file");
        return polyfst::write_jumps(folder, files.front(), records, share);
      },
      [](Napi::Env env, polyfst::JumpReport&& report) -> Napi::Value {
        Napi::Object out = Napi::Object::New(env);
        out.Set("records", report.records);
        out.Set("bytes", static_cast<double>(report.bytes));
        return out;
      });
}

Napi::Value encode(const Napi::CallbackInfo& call) {
  return run(
      call.Env(),
      [container = container_from(call[0]), field = field_from(call[1])] {
        const polyfst::Packed packed = polyfst::pack(container, field.array());
        return polyfst::assemble(container, field.keys, packed, field.metadata);
      },
      [](Napi::Env env, std::vector<std::uint8_t>&& record) -> Napi::Value { return move_out(env, std::move(record)); });
}

}  // namespace

}  // namespace addon

void registerCodec(Napi::Env env, Napi::Object exports) {
  exports.Set("decode", Napi::Function::New(env, addon::decode, "decode"));
  exports.Set("decodeNative", Napi::Function::New(env, addon::decode_native, "decodeNative"));
  exports.Set("gather", Napi::Function::New(env, addon::gather, "gather"));
  exports.Set("gatherFiles", Napi::Function::New(env, addon::gather_files, "gatherFiles"));
  exports.Set("writeJumps", Napi::Function::New(env, addon::write_jumps, "writeJumps"));
  exports.Set("recycle", Napi::Function::New(env, addon::recycle, "recycle"));
  exports.Set("encode", Napi::Function::New(env, addon::encode, "encode"));
}
