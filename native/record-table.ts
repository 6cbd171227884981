/**
 * The columns of a scan as views of the one buffer that C++ fills (RecordTable in native/core/record.h). The order and widths
 * here must be those of `Column` there; native/containers.test.ts holds both together.
 */
import type { Container, RecordTable } from '../schemas/vocabulary.js';

/** What the addon's scan gives: a slab of `capacity` rows, of which `count` are used. */
export interface Slab {
  readonly container: Container;
  readonly count: number;
  readonly capacity: number;
  readonly complete: boolean;
  readonly slab: ArrayBuffer;
  readonly metadata: ArrayBuffer;
}

export function tableOf(scanned: Slab): RecordTable {
  const { count, capacity } = scanned;
  const slab = capacity === 0 ? new ArrayBuffer(4) : scanned.slab;
  let at = 0;
  const doubles = (): Float64Array => {
    const column = new Float64Array(slab, at, count);
    at += 8 * capacity;
    return column;
  };
  const signed = (): Int32Array => {
    const column = new Int32Array(slab, at, count);
    at += 4 * capacity;
    return column;
  };
  const unsigned = (extra: number): Uint32Array => {
    const column = new Uint32Array(slab, at, count + extra);
    at += 4 * (capacity + extra);
    return column;
  };
  const bytes = (width: number): Uint8Array => {
    const column = new Uint8Array(slab, at, width * count);
    at += width * capacity;
    return column;
  };
  // Members are evaluated in the order written, which is the order of the slab.
  return {
    container: scanned.container,
    count,
    offset: doubles(),
    bytes: doubles(),
    payloadOffset: doubles(),
    payloadBytes: doubles(),
    ip1: signed(),
    ip2: signed(),
    ip3: signed(),
    ni: unsigned(0),
    nj: unsigned(0),
    nk: unsigned(0),
    deet: signed(),
    npas: signed(),
    ig1: signed(),
    ig2: signed(),
    ig3: signed(),
    ig4: signed(),
    dateo: signed(),
    datev: signed(),
    metadataStart: unsigned(1),
    nomvar: bytes(4),
    etiket: bytes(12),
    typvar: bytes(2),
    grtyp: bytes(1),
    datyp: bytes(1),
    nbits: bytes(1),
    dasiz: bytes(1),
    metadata: new Uint8Array(scanned.metadata),
    complete: scanned.complete,
  };
}
