// The four functions of libdeflate's interface that are used, found by name. Their signatures have been the same since its first
// release, and the number in the name of the shared library stands for them.
#include "core/deflate.h"

#include <dlfcn.h>

#include <cstring>
#include <memory>

#include "core/error.h"

namespace polyfst {

namespace {

struct Compressor;

struct Library {
  Compressor* (*alloc)(int) = nullptr;
  void (*free)(Compressor*) = nullptr;
  std::size_t (*zlib)(Compressor*, const void*, std::size_t, void*, std::size_t) = nullptr;
  std::size_t (*gzip)(Compressor*, const void*, std::size_t, void*, std::size_t) = nullptr;
};

template <class Function>
bool find(void* handle, const char* name, Function& function) {
  void* const found = dlsym(handle, name);
  std::memcpy(&function, &found, sizeof found);
  return found != nullptr;
}

Library load() {
  for (const char* name : {"libdeflate.so.0", "libdeflate.0.dylib"}) {
    void* const handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);  // kept until the process ends
    if (handle == nullptr) continue;
    Library library;
    if (find(handle, "libdeflate_alloc_compressor", library.alloc) &&
        find(handle, "libdeflate_free_compressor", library.free) &&
        find(handle, "libdeflate_zlib_compress", library.zlib) &&
        find(handle, "libdeflate_gzip_compress", library.gzip)) {
      return library;
    }
    dlclose(handle);
  }
  return {};
}

const Library& library() {
  static const Library loaded = load();
  return loaded;
}

// stored blocks hold 65,535 bytes at most but may be cut at 5,000; each has a header of five, the wrapper up to eighteen
std::size_t bound(std::size_t bytes) { return bytes + 5 * (bytes / 5000 + 1) + 64; }

template <std::size_t width>
void shuffle_fixed(const std::uint8_t* from, std::size_t count, std::uint8_t* out) {
  for (std::size_t n = 0; n < count; ++n) {
    for (std::size_t plane = 0; plane < width; ++plane) out[plane * count + n] = from[n * width + plane];
  }
}

}  // namespace

bool has_deflate() { return library().alloc != nullptr; }

void shuffle(std::span<const std::uint8_t> bytes, std::size_t width, std::uint8_t* out) {
  const std::size_t count = bytes.size() / width;
  switch (width) {
    case 2: return shuffle_fixed<2>(bytes.data(), count, out);
    case 4: return shuffle_fixed<4>(bytes.data(), count, out);
    case 8: return shuffle_fixed<8>(bytes.data(), count, out);
    default:
      for (std::size_t plane = 0; plane < width; ++plane) {
        for (std::size_t n = 0; n < count; ++n) out[plane * count + n] = bytes[n * width + plane];
      }
  }
}

ByteBuffer deflated(std::span<const std::uint8_t> bytes, std::size_t width, int level, Wrapper wrapper) {
  const Library& functions = library();
  if (functions.alloc == nullptr) throw Error(Code::internal, "libdeflate is not there");
  if (width == 0 || bytes.size() % width != 0) throw Error(Code::bad_value, "elements are not whole");
  const std::unique_ptr<Compressor, void (*)(Compressor*)> compressor(functions.alloc(level), functions.free);
  if (compressor == nullptr) throw Error(Code::bad_value, "a level of deflate is from 1 to 9");
  ByteBuffer planes;
  if (width > 1) {
    planes = ByteBuffer(bytes.size());
    shuffle(bytes, width, planes.data());
    bytes = planes.part(0, planes.size());
  }
  ByteBuffer out(bound(bytes.size()));
  const auto compress = wrapper == Wrapper::zlib ? functions.zlib : functions.gzip;
  const std::size_t size = compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size());
  if (size == 0) throw Error(Code::internal, "libdeflate had not enough room");
  out.shorten(size);
  return out;
}

}  // namespace polyfst
