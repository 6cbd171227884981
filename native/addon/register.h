// What addon.cc calls: every part of the core registers its own functions on the exports.
#pragma once

#include <napi.h>

void registerContainers(Napi::Env env, Napi::Object exports);
void registerCodec(Napi::Env env, Napi::Object exports);
void registerGrid(Napi::Env env, Napi::Object exports);
void registerText(Napi::Env env, Napi::Object exports);
void registerDeflate(Napi::Env env, Napi::Object exports);
