// Entry of the addon: lets every part register its functions, and tells build facts.
#include <napi.h>

#include <thread>

#include "addon/register.h"
#include "core/kernels.h"

namespace {

constexpr int boundary_version = 1;

Napi::Value info(const Napi::CallbackInfo& call) {
  Napi::Object out = Napi::Object::New(call.Env());
  out.Set("abi", boundary_version);
  out.Set("simd", polyfst::kernels().name);
  out.Set("threads", std::thread::hardware_concurrency());
  return out;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("info", Napi::Function::New(env, info, "info"));
  registerContainers(env, exports);
  registerCodec(env, exports);
  registerGrid(env, exports);
  registerText(env, exports);
  registerDeflate(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(fst, init)
