/** Tokens of 0 to 32 bits ⇄ octets, most significant bit first. */

/** Octets of the tokens, the last one filled with zeros. */
export function writeBits(tokens: Uint32Array, bits: number): Uint8Array {
  const out = new Uint8Array(Math.ceil((tokens.length * bits) / 8));
  if (bits === 0) return out;
  if (bits === 16) {
    for (let k = 0; k < tokens.length; k++) {
      out[2 * k] = tokens[k]! >>> 8;
      out[2 * k + 1] = tokens[k]!;
    }
    return out;
  }
  let at = 0;
  let waiting = 0;
  let held = 0;
  for (let k = 0; k < tokens.length; k++) {
    let left = bits;
    const token = tokens[k]!;
    while (left > 0) {
      const take = Math.min(left, 8 - held);
      left -= take;
      waiting = (waiting << take) | ((token >>> left) & ((1 << take) - 1));
      held += take;
      if (held === 8) {
        out[at++] = waiting;
        waiting = 0;
        held = 0;
      }
    }
  }
  if (held > 0) out[at] = waiting << (8 - held);
  return out;
}

/** `count` tokens from octets that hold at least so many. */
export function readBits(octets: Uint8Array, bits: number, count: number): Uint32Array {
  const tokens = new Uint32Array(count);
  if (bits === 0) return tokens;
  let at = 0;
  for (let k = 0; k < count; k++) {
    let value = 0;
    let left = bits;
    while (left > 0) {
      const inOctet = at & 7;
      const take = Math.min(left, 8 - inOctet);
      const piece = (octets[at >> 3]! >> (8 - inOctet - take)) & ((1 << take) - 1);
      value = value * 2 ** take + piece;
      at += take;
      left -= take;
    }
    tokens[k] = value;
  }
  return tokens;
}

/** A bit a point, 1 present. */
export function writeBitmap(present: Uint8Array): Uint8Array {
  const out = new Uint8Array((present.length + 7) >> 3);
  for (let k = 0; k < present.length; k++) if (present[k] !== 0) out[k >> 3]! |= 0x80 >> (k & 7);
  return out;
}

export function readBitmap(octets: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, k) => (octets[k >> 3]! >> (7 - (k & 7))) & 1);
}
