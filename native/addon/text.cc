// Text made of values, on the thread that asks: a call of some ten thousand values takes less than a millisecond.
#include <napi.h>

#include "addon/arrays.h"
#include "addon/register.h"
#include "core/text_floats.h"

namespace addon {

namespace {

Napi::Value float_text(const Napi::CallbackInfo& call) {
  if (!call[0].IsTypedArray() || call[0].As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
    type_error(call.Env(), "the values are not a Float32Array");
  }
  // not copied: no JavaScript runs before the text is there
  const auto values = call[0].As<Napi::Float32Array>();
  return move_out(call.Env(), polyfst::float_text({values.Data(), values.ElementLength()}));
}

}  // namespace

}  // namespace addon

void registerText(Napi::Env env, Napi::Object exports) {
  exports.Set("floatText", Napi::Function::New(env, addon::float_text, "floatText"));
}
