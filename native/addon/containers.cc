// Functions of the containers: scan, append, edit and raw copies. Argument types are checked here, everything else in core.
#include <napi.h>

#include "addon/arrays.h"
#include "addon/register.h"
#include "addon/task.h"
#include "core/scan.h"

namespace {

using polyfst::RecordTable;

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
  return addon::run(
      call.Env(), [source] { return polyfst::scan(*source.open()); },
      [](Napi::Env env, RecordTable&& table) { return table_to_js(env, std::move(table)); });
}

}  // namespace

void registerContainers(Napi::Env env, Napi::Object exports) {
  exports.Set("scan", Napi::Function::New(env, scan, "scan"));
}
