/** Conversions for interop tests: runs one and writes down what the records held, for a reader of another make to compare. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type ConvertOutcome, convert } from '../../extraction/convert/convert.js';
import { fieldValues, recordOf } from '../../extraction/convert/field-stream.js';
import { openRecords } from '../../extraction/convert/records.js';

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'polyfst-interop-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const never = new AbortController().signal;

/** Where little-endian values of a record were written. */
interface Stored {
  readonly file: string;
  readonly dtype: string;
  readonly offset: number;
  readonly count: number;
}

export interface ConvertCase {
  readonly out: string;
  readonly folder: string;
  readonly skipped: readonly number[];
  readonly records: readonly Record<string, unknown>[];
  readonly outcome: ConvertOutcome;
}

export interface CaseOptions {
  readonly where?: readonly string[];
  readonly set?: Readonly<Record<string, string>>;
  readonly name?: string;
  /** absent: as the suffix says */
  readonly format?: string;
}

/** Converts, and writes values (float32) and places (float64 lat, lon) of every chosen record beside the output. */
export async function convertCase(
  input: string,
  folder: string,
  suffix: string,
  options: CaseOptions = {},
): Promise<ConvertCase> {
  const { where = [], set = {}, name = basename(input), format } = options;
  const out = join(folder, `${name}${suffix}`);
  const request = {
    inputs: [input],
    out,
    where,
    options: new Map(Object.entries(set)),
    signal: never,
    ...(format === undefined ? {} : { format }),
  };
  const outcome = await convert(request);
  const selection = await openRecords([input], where);
  const chunks: Uint8Array[] = [];
  let offset = 0;
  const file = `${name}${suffix}.golden.bin`;
  const put = (dtype: string, values: Float32Array | Float64Array): Stored => {
    const stored = { file, dtype, offset, count: values.length };
    chunks.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    offset += values.byteLength;
    return stored;
  };
  const records: Record<string, unknown>[] = [];
  for (const row of selection.rows) {
    const record = recordOf(selection, row);
    const { nomvar, typvar, etiket, grtyp, ip1, ip2, ip3, ni, nj, ig1, ig2, deet, npas, datyp, nbits } = record;
    const keys = { nomvar, typvar, etiket, grtyp, ip1, ip2, ip3, ni, nj, ig1, ig2, deet, npas, datyp, nbits };
    const values = await fieldValues(selection, row, never).then(
      (plain) => put('<f4', Float32Array.from(plain)),
      () => undefined,
    );
    const places = await selection.gridOf(row).then(
      async (grid) => {
        const { lat, lon } = await grid.latlon();
        return put('<f8', Float64Array.from([...lat, ...lon]));
      },
      () => undefined,
    );
    records.push({
      row: record.index,
      ...keys,
      level: record.level?.value ?? null,
      reference: record.origin?.toISOString() ?? null,
      ...(values === undefined ? {} : { values }),
      ...(places === undefined ? {} : { lonlat: { ...places, count: places.count / 2 } }),
    });
  }
  await writeFile(join(folder, file), Buffer.concat(chunks));
  return { out, folder, skipped: outcome.skipped.map(({ row }) => row), records, outcome };
}
