// The portable inner loops, and the choice between the sets.
#include "core/kernels.h"

#include <type_traits>

namespace polyfst {

namespace {

void unpack(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count, std::uint32_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = payload.token(first + std::uint64_t{i} * width, width);
}

template <class Token, class Scale>
void scale_all(const Token* tokens, std::size_t count, const Scale& scale, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = scale(tokens[i]);
}

/** Tokens of any width up to 32. */
std::size_t unpack_linear(const Payload& payload, std::uint64_t first, unsigned width, std::size_t count,
                          const LinearScale& scale, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = scale(payload.token(first + std::uint64_t{i} * width, width));
  return count;
}

void swap_words(const std::uint8_t* from, std::size_t words, std::uint8_t* to) {
  for (std::size_t i = 0; i < words; ++i) store32(to + 4 * i, load32(from + 4 * i, Order::big), Order::little);
}

/** One tile at a time: the cells of a tile row share a 64-bit load where three of them fit. */
template <class Cell>
std::size_t tiles(TileCursor& cursor, std::size_t count, unsigned rows, Cell* const* out) {
  using Signed = std::make_signed_t<Cell>;
  std::uint64_t bit = cursor.bit;
  std::size_t done = 0;
  for (; done < count && bit < cursor.end; ++done) {
    const auto k = static_cast<unsigned>(stream_bits(cursor.data, bit) >> (64 - cursor.head));
    if (k > cursor.limit) break;
    bit += cursor.head;
    const unsigned width = cell_bits(k);
    for (unsigned r = 0; r < rows; ++r) {
      Cell* cells = out[r] + 3 * done;
      for (unsigned i = 0; i < 3; ++i, bit += width) {
        const auto x = static_cast<std::int64_t>(stream_bits(cursor.data, bit));
        cells[i] = width == 0 ? Cell{0} : static_cast<Cell>(static_cast<Signed>(x >> (64 - width)));
      }
    }
  }
  cursor.bit = bit;
  return done;
}

template <class Cell>
void integrate(const Cell* above, Cell* row, std::size_t count) {
  Cell sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum = static_cast<Cell>(sum + row[i]);
    row[i] = static_cast<Cell>(above[i] + sum);
  }
}

}  // namespace

const Kernels portable_kernels = {
    "portable",
    unpack,
    scale_all<std::uint16_t, LinearScale>,
    scale_all<std::uint32_t, LinearScale>,
    scale_all<std::uint16_t, ExponentScale>,
    scale_all<std::uint32_t, ExponentScale>,
    unpack_linear,
    swap_words,
    tiles<std::uint16_t>,
    tiles<std::uint32_t>,
    integrate<std::uint16_t>,
    integrate<std::uint32_t>,
};

#if defined(__x86_64__)
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;

namespace {

bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"); }

/** What Linux and the chip call AVX-512 from its second generation on; none of them slows the clock. */
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi2");
}

}  // namespace

std::vector<const Kernels*> usable_kernels() {
  std::vector<const Kernels*> sets = {&portable_kernels};
  if (has_avx2()) sets.push_back(&avx2_kernels);
  if (has_avx512()) sets.push_back(&avx512_kernels);
  return sets;
}
#else
std::vector<const Kernels*> usable_kernels() { return {&portable_kernels}; }
#endif

const Kernels& kernels() {
  static const Kernels& chosen = *usable_kernels().back();
  return chosen;
}

}  // namespace polyfst
