// Functions of the containers: scan, append, edit and raw copies.
#include "addon/register.h"

void registerContainers(Napi::Env, Napi::Object) {}
