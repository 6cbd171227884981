// Float32 values as JSON text: the shortest decimals that give the float32 back (docs/formats/coveragejson.md), commas between,
// `null` for what is not finite.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace polyfst {

std::vector<std::uint8_t> float_text(std::span<const float> values);

}  // namespace polyfst
