// gridPoints, locate and rotation: GridDef objects in, positions out.
#include <napi.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "addon/arrays.h"
#include "addon/register.h"
#include "addon/task.h"
#include "core/grid.h"
#include "core/locate.h"
#include "core/nearest.h"

namespace {

using polyfst::GridDef;

std::array<std::int32_t, 4> igs_from(const Napi::Object& object) {
  const Napi::Value value = object.Get("ig");
  if (!value.IsArray() || value.As<Napi::Array>().Length() != 4) addon::type_error(object.Env(), "ig is not an array of four numbers");
  std::array<std::int32_t, 4> ig{};
  for (std::uint32_t k = 0; k < 4; ++k) ig[k] = value.As<Napi::Array>().Get(k).ToNumber().Int32Value();
  return ig;
}

char letter_from(const Napi::Object& object) {
  const std::string text = object.Get("grtyp").ToString();
  return text.empty() ? ' ' : text[0];
}

bool present(const Napi::Object& object, const char* name) { return !object.Get(name).IsUndefined(); }

GridDef grid_from(const Napi::Value& value, int depth = 0) {
  if (!value.IsObject()) addon::type_error(value.Env(), "the grid is not an object");
  const auto object = value.As<Napi::Object>();
  GridDef def;
  def.grtyp = letter_from(object);
  def.ni = object.Get("ni").ToNumber().Uint32Value();
  def.nj = object.Get("nj").ToNumber().Uint32Value();
  def.ig = igs_from(object);
  if (present(object, "ref")) {
    const Napi::Value ref = object.Get("ref");
    if (!ref.IsObject()) addon::type_error(value.Env(), "ref is not an object");
    def.ref = polyfst::GridReference{letter_from(ref.As<Napi::Object>()), igs_from(ref.As<Napi::Object>())};
  }
  if (present(object, "ax")) def.ax = addon::copy_member<double>(object, "ax");
  if (present(object, "ay")) def.ay = addon::copy_member<double>(object, "ay");
  if (present(object, "panels") && depth == 0) {
    const Napi::Value panels = object.Get("panels");
    if (!panels.IsArray()) addon::type_error(value.Env(), "panels is not an array");
    const auto list = panels.As<Napi::Array>();
    for (std::uint32_t k = 0; k < list.Length() && k < 3; ++k) def.panels.push_back(grid_from(list.Get(k), depth + 1));
  }
  return def;
}

Napi::Value grid_points(const Napi::CallbackInfo& call) {
  GridDef def = grid_from(call[0]);
  std::optional<std::vector<std::uint32_t>> points;
  if (!call[1].IsUndefined()) points = addon::copy_in<std::uint32_t>(call[1], "points");
  return addon::run(
      call.Env(), [def = std::move(def), points = std::move(points)] { return polyfst::grid_points(def, points); },
      [](Napi::Env env, polyfst::Positions&& positions) -> Napi::Value {
        Napi::Object out = Napi::Object::New(env);
        out.Set("lat", addon::move_out(env, std::move(positions.lat)));
        out.Set("lon", addon::move_out(env, std::move(positions.lon)));
        return out;
      });
}

Napi::Value pairs(Napi::Env env, std::vector<double>&& values) { return addon::move_out(env, std::move(values)); }

/** Places that are found in less time than it takes to wake a thread; Gaussian rows have to be computed the first time. */
bool is_quick(const GridDef& def, std::size_t places) {
  constexpr std::size_t few_places = 1024, short_axes = 16384;
  return places <= few_places && std::size_t{def.ni} + def.nj <= short_axes && def.grtyp != 'G';
}

Napi::Value locate(const Napi::CallbackInfo& call) {
  GridDef def = grid_from(call[0]);
  auto lat = addon::copy_in<double>(call[1], "lat");
  auto lon = addon::copy_in<double>(call[2], "lon");
  if (is_quick(def, lat.size())) return addon::run_here(call.Env(), [&] { return polyfst::locate(def, lat, lon); }, pairs);
  return addon::run(
      call.Env(), [def = std::move(def), lat = std::move(lat), lon = std::move(lon)] { return polyfst::locate(def, lat, lon); },
      pairs);
}

Napi::Value nearest(const Napi::CallbackInfo& call) {
  GridDef def = grid_from(call[0]);
  auto lat = addon::copy_in<double>(call[1], "lat");
  auto lon = addon::copy_in<double>(call[2], "lon");
  return addon::run(
      call.Env(),
      [def = std::move(def), lat = std::move(lat), lon = std::move(lon)] { return polyfst::nearest_points(def, lat, lon); },
      [](Napi::Env env, std::vector<std::uint32_t>&& points) -> Napi::Value { return addon::move_out(env, std::move(points)); });
}

Napi::Value rotation(const Napi::CallbackInfo& call) {
  GridDef def = grid_from(call[0]);
  auto points = addon::copy_in<std::uint32_t>(call[1], "points");
  return addon::run(
      call.Env(), [def = std::move(def), points = std::move(points)] { return polyfst::grid_rotation(def, points); }, pairs);
}

}  // namespace

void registerGrid(Napi::Env env, Napi::Object exports) {
  exports.Set("gridPoints", Napi::Function::New(env, grid_points, "gridPoints"));
  exports.Set("locate", Napi::Function::New(env, locate, "locate"));
  exports.Set("nearest", Napi::Function::New(env, nearest, "nearest"));
  exports.Set("rotation", Napi::Function::New(env, rotation, "rotation"));
}
