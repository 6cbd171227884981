// Functions of the containers: scan, append, edit and raw copies. Argument types are checked here, everything else in core.
#include <napi.h>

#include <optional>
#include <string>
#include <vector>

#include "addon/arrays.h"
#include "addon/register.h"
#include "addon/task.h"
#include "core/assemble.h"
#include "core/scan.h"
#include "core/write.h"

namespace {

using polyfst::RecordBytes;
using polyfst::RecordTable;

struct Nothing {};

Napi::Value undefined(Napi::Env env, Nothing&&) { return env.Undefined(); }

Napi::Value table_to_js(Napi::Env env, RecordTable&& table) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("container", table.container() == polyfst::Container::xdf ? "xdf" : "rsf");
  out.Set("count", static_cast<double>(table.count()));
  out.Set("capacity", static_cast<double>(table.capacity()));
  out.Set("complete", table.complete());
  out.Set("slab", addon::move_out_buffer(env, table.release_slab()));
  out.Set("metadata", addon::move_out_buffer(env, table.release_metadata()));
  return out;
}

Napi::Value scan(const Napi::CallbackInfo& call) {
  const addon::SourceArgument source(call[0]);
  const polyfst::Extent extent = call[1].ToBoolean() ? polyfst::Extent::everything : polyfst::Extent::committed;
  return addon::run(
      call.Env(), [source, extent] { return polyfst::scan(*source.open(), extent); },
      [](Napi::Env env, RecordTable&& table) { return table_to_js(env, std::move(table)); });
}

std::string text_from(const Napi::Value& value, const char* name) {
  if (!value.IsString()) addon::type_error(value.Env(), std::string(name) + " is not a text");
  return value.As<Napi::String>();
}

Napi::Array list_from(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) addon::type_error(value.Env(), std::string(name) + " is not an array");
  return value.As<Napi::Array>();
}

Napi::Value append(const Napi::CallbackInfo& call) {
  const std::string path = text_from(call[0], "the path");
  const polyfst::Container container = addon::container_from(call[1]);
  const Napi::Array list = list_from(call[2], "the list of records");
  std::vector<RecordBytes> records;
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    records.push_back(addon::copy_in<std::uint8_t>(list.Get(i), "a record"));
  }
  return addon::run(
      call.Env(),
      [path, container, records = std::move(records)]() mutable {
        polyfst::append(path, container, std::move(records));
        return Nothing{};
      },
      undefined);
}

/** Member of an object when it is there and not undefined. */
std::optional<Napi::Value> member(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  return value.IsUndefined() ? std::nullopt : std::optional(value);
}

void take_text(std::optional<std::string>& to, const Napi::Object& object, const char* name) {
  if (const auto value = member(object, name)) to = text_from(*value, name);
}

void take_number(std::optional<std::int32_t>& to, const Napi::Object& object, const char* name) {
  const auto value = member(object, name);
  if (!value) return;
  if (value->IsNumber()) {
    const auto number = value->As<Napi::Number>();
    to = number.Int32Value();
    if (static_cast<double>(*to) == number.DoubleValue()) return;
  }
  addon::type_error(object.Env(), std::string(name) + " is not a 32-bit integer");
}

polyfst::KeyChanges changes_from(const Napi::Object& object) {
  polyfst::KeyChanges out;
  take_text(out.nomvar, object, "nomvar");
  take_text(out.typvar, object, "typvar");
  take_text(out.etiket, object, "etiket");
  take_text(out.grtyp, object, "grtyp");
  take_number(out.ip1, object, "ip1");
  take_number(out.ip2, object, "ip2");
  take_number(out.ip3, object, "ip3");
  take_number(out.ig1, object, "ig1");
  take_number(out.ig2, object, "ig2");
  take_number(out.ig3, object, "ig3");
  take_number(out.ig4, object, "ig4");
  take_number(out.deet, object, "deet");
  take_number(out.npas, object, "npas");
  take_number(out.dateo, object, "dateo");
  return out;
}

polyfst::Edit edit_from(const Napi::Value& value) {
  if (!value.IsObject()) addon::type_error(value.Env(), "an edit is not an object");
  const auto object = value.As<Napi::Object>();
  polyfst::Edit out;
  out.offset = addon::offset_from(object.Get("offset"), "offset");
  const auto remove = member(object, "remove");
  out.remove = remove && remove->ToBoolean();
  const auto keys = member(object, "keys");
  if (keys && keys->IsObject()) out.keys = changes_from(keys->As<Napi::Object>());
  take_text(out.metadata, object, "metadata");
  return out;
}

Napi::Value edit(const Napi::CallbackInfo& call) {
  const std::string path = text_from(call[0], "the path");
  const Napi::Array list = list_from(call[1], "the list of edits");
  std::vector<polyfst::Edit> edits;
  for (std::uint32_t i = 0; i < list.Length(); ++i) edits.push_back(edit_from(list.Get(i)));
  return addon::run(
      call.Env(),
      [path, edits = std::move(edits)] {
        polyfst::edit(path, edits);
        return Nothing{};
      },
      undefined);
}

/** extractRaw(source, from, offsets, bytes, to, metadata?): a record each, assembled for `to`. */
Napi::Value extract_raw(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  const addon::SourceArgument source(call[0]);
  const polyfst::Container from = addon::container_from(call[1]);
  const auto offsets = addon::copy_in<double>(call[2], "the offsets");
  const auto lengths = addon::copy_in<double>(call[3], "the lengths");
  const polyfst::Container to = addon::container_from(call[4]);
  if (offsets.size() != lengths.size()) addon::type_error(env, "offsets and lengths differ in number");
  std::vector<std::optional<std::string>> texts(offsets.size());
  if (call.Length() > 5 && call[5].IsArray()) {
    const auto list = call[5].As<Napi::Array>();
    for (std::uint32_t i = 0; i < texts.size() && i < list.Length(); ++i) {
      const Napi::Value text = list.Get(i);
      if (!text.IsUndefined()) texts[i] = text_from(text, "the metadata");
    }
  }
  return addon::run(
      env,
      [=] {
        const auto opened = source.open();
        std::vector<RecordBytes> records;
        for (std::size_t i = 0; i < offsets.size(); ++i) {
          if (!(offsets[i] >= 0 && offsets[i] < 0x1p53 && lengths[i] >= 0 && lengths[i] < 0x1p53)) {
            throw polyfst::Error(polyfst::Code::bad_value, "the place of a record is not a number of bytes");
          }
          std::optional<std::string_view> text;
          if (texts[i]) text = *texts[i];
          records.push_back(polyfst::extract_raw(*opened, from, static_cast<std::uint64_t>(offsets[i]),
                                                 static_cast<std::uint64_t>(lengths[i]), to, text));
        }
        return records;
      },
      [](Napi::Env delivering, std::vector<RecordBytes>&& records) {
        Napi::Array out = Napi::Array::New(delivering, records.size());
        for (std::uint32_t i = 0; i < records.size(); ++i) out.Set(i, addon::move_out(delivering, std::move(records[i])));
        return out;
      });
}

}  // namespace

void registerContainers(Napi::Env env, Napi::Object exports) {
  exports.Set("scan", Napi::Function::New(env, scan, "scan"));
  exports.Set("append", Napi::Function::New(env, append, "append"));
  exports.Set("edit", Napi::Function::New(env, edit, "edit"));
  exports.Set("extractRaw", Napi::Function::New(env, extract_raw, "extractRaw"));
}
