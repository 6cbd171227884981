/** Which bytes of its files an answer needs at the least: the packed values themselves; of compressed records a place in them. */
import { scan } from '../native/index.js';
import type { Span } from './floors.js';
import { SIDE } from './workloads.js';

/** A value of an answer: number of the file (or of the field in the one file) and storage offset. */
export interface ValuePlace {
  readonly file: number;
  readonly offset: number;
}

const TURBO = 128;
const LEAST = 8;

/** Spans in the order of files and offsets; neighbouring points are one span. */
export async function spansOf(
  places: readonly ValuePlace[],
  files: readonly string[],
  oneFile: boolean,
): Promise<Span[]> {
  const tables = new Map<string, Awaited<ReturnType<typeof scan>>>();
  const sorted = [...places].sort((a, b) => a.file - b.file || a.offset - b.offset);
  const spans: Span[] = [];
  let before: ValuePlace | undefined;
  for (const place of sorted) {
    const path = files[oneFile ? 0 : place.file]!;
    const table = tables.get(path) ?? (await scan({ path }));
    tables.set(path, table);
    const fields = [...table.ni.keys()].filter((row) => table.ni[row] === SIDE && table.nj[row] === SIDE);
    const row = fields[oneFile ? place.file : 0]!;
    const [start, length] = [table.payloadOffset[row]!, table.payloadBytes[row]!];
    const each = length / (SIDE * SIDE);
    const isNext = before?.file === place.file && before.offset + 1 === place.offset;
    const last = spans.at(-1);
    const width = (table.datyp[row]! & TURBO) === 0 ? table.nbits[row]! / 8 : each;
    if (isNext && last !== undefined) spans[spans.length - 1] = { ...last, bytes: last.bytes + width };
    else spans.push({ path, offset: Math.floor(start + Math.min(each * place.offset, length - LEAST)), bytes: LEAST });
    before = place;
  }
  return spans.map((span) => ({ ...span, bytes: Math.ceil(span.bytes) }));
}
