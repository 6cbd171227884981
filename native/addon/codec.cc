#include "addon/register.h"

void registerCodec(Napi::Env, Napi::Object) {}
