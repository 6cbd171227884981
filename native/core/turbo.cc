// Any turbo record as rows.
#include "core/turbo.h"

namespace polyfst {

void TokenRows::open(const Stream& stream, std::uint32_t ni, std::uint32_t nj, unsigned nbits) {
  if (stream.bit + 32 > stream.end) stream_failure("the compressed stream ends in its headers");
  const TurboHead head = turbo_head(load32(stream.data + (stream.bit >> 3), Order::big));
  if (head.scheme == Scheme::ieee || head.nbits < 1 || head.nbits > 16 || head.nbits != nbits) {
    stream_failure("the header of the compressed stream does not fit the record's number of bits");
  }
  const Stream body{stream.data, stream.bit + 32, stream.end};
  by_minimum_ = head.scheme == Scheme::minimum;
  if (by_minimum_) {
    minimum_.open(body, ni, nj, nbits);
  } else {
    parallelogram_.open(body, ni, nj, token_rules(nbits));
  }
}

void TurboRows::open(const RecordSpec& spec, const Payload& payload) {
  const std::size_t words = payload.bytes / 4;
  const std::uint8_t* data = payload.data;
  if (payload.order == Order::little) {
    const MutableBytes bytes = swapped_.resize(words * 4);
    kernels().swap_words(payload.data, words, bytes.data());
    data = bytes.data();
  }
  const std::uint64_t end = std::uint64_t{words} * 32;
  const auto word = [data](std::size_t i) { return load32(data + 4 * i, Order::big); };
  ni_ = spec.ni;
  base_ = spec.datyp & 63;
  // integers have the shortest prologue: a small field of few bits fills four words
  if (words < (base_ == 2 ? 3U : 5U)) stream_failure("the compressed stream ends in its headers");
  switch (base_) {
    case 1:
      if (word(1) >> 20 != 0xFFF) stream_failure("the header of datyp 129 has a foreign marker");
      linear_ = linear_scale(word(2), word(3));
      tokens_.open({data, 5 * 32, end}, spec.ni, spec.nj, spec.nbits);
      break;
    case 2:
      mask_ = (1U << spec.nbits) - 1;
      tokens_.open({data, 32, end}, spec.ni, spec.nj, spec.nbits);
      break;
    case 5:
      ieee_.open(data, words * 4, spec.ni, spec.nj, spec.nbits);
      break;
    case 6:
      exponent_ = exponent_scale(word(1), word(2));
      if (word(3) != std::uint64_t{spec.ni} * spec.nj) stream_failure("the header of datyp 134 counts other points");
      tokens_.open({data, 4 * 32, end}, spec.ni, spec.nj, spec.nbits);
      break;
    default:
      stream_failure("the record has no compressed form");
  }
}

unsigned TurboRows::next(float* out) {
  if (base_ == 5) return ieee_.next(out);
  const unsigned rows = tokens_.next();
  for (unsigned r = 0; r < rows; ++r, out += ni_) {
    const std::uint16_t* row = tokens_.row(r);
    if (base_ == 6) {
      kernels().exponent16(row, ni_, exponent_, out);
    } else if (base_ == 1) {
      kernels().linear16(row, ni_, linear_, out);
    } else {
      for (std::size_t i = 0; i < ni_; ++i) out[i] = static_cast<float>(row[i] & mask_);
    }
  }
  return rows;
}

unsigned TurboRows::next(std::uint32_t* out) {
  const unsigned rows = tokens_.next();
  for (unsigned r = 0; r < rows; ++r, out += ni_) {
    const std::uint16_t* row = tokens_.row(r);
    for (std::size_t i = 0; i < ni_; ++i) out[i] = row[i] & mask_;
  }
  return rows;
}

}  // namespace polyfst
