/** `polyfst read FILE`: decoded values of chosen records, raw, in the type that the record holds. */
import { open } from 'node:fs/promises';
import { decodeNative, scan } from '../native/index.js';
import { complain, EXIT, LineWriter, UsageError } from './output.js';
import { batches, batchOf, parseRows } from './rows.js';

const BITS: Readonly<Record<string, number>> = { complex64: 64, complex128: 128 };

function elementBytes(dtype: string): number {
  return (BITS[dtype] ?? Number(dtype.replace(/\D/g, ''))) / 8;
}

export interface ReadOptions {
  row: string[];
  all?: boolean;
  out: string;
  json?: boolean;
}

/** Writes the values back to back to `--out`; one line a record says where they are. Bad records: status, no bytes, exit 3. */
export async function read(file: string, options: ReadOptions): Promise<number> {
  if (options.all !== true && options.row.length === 0) {
    throw new UsageError(`read ${file}: say which records, with --row N or --all`);
  }
  const table = await scan({ path: file });
  const rows =
    options.all === true
      ? Array.from({ length: table.count }, (_, row) => row)
      : parseRows(options.row, table.count, file);
  const lines = new LineWriter();
  await using out = await open(options.out, 'w');
  let offset = 0;
  let bad = 0;
  for (const batch of batches(table, rows)) {
    const decoded = await decodeNative({ path: file }, batchOf(table, batch));
    for (const [i, row] of batch.entries()) {
      const status = decoded.status[i]!;
      const size = status === 0 ? decoded.start[i + 1]! - decoded.start[i]! : 0;
      const dtype = decoded.dtype[i]!;
      if (status !== 0) {
        bad++;
        complain(
          `${file}: row ${row} cannot be decoded (code ${status}); its bytes are damaged or its type is not supported`,
        );
      }
      const line = { row, dtype, count: size / elementBytes(dtype), offset, status, missing: decoded.missing[i]! };
      if (options.json === true) await lines.json(line);
      else
        await lines.line(
          `row ${row}: ${line.count} ${dtype} at byte ${offset}${line.missing > 0 ? `, ${line.missing} missing` : ''}`,
        );
      offset += size;
    }
    await out.writeFile(decoded.bytes); // from the current position, all of it
  }
  await lines.flush();
  if (bad === 0) return EXIT.ok;
  return bad === rows.length ? EXIT.failed : EXIT.partial;
}
