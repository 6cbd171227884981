/** The records of files as a table, for Polars, pandas or DuckDB: `node dist/examples/metadata-table.js [FILE OUT.parquet]`. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeIp, openFst } from 'polyfst';

const [path = join(tmpdir(), `polyfst-table-${process.pid}.fst`), out = `${path}.parquet`] = process.argv.slice(2);
await using file = await openFst(path, { create: 'rsf' });
if (file.count === 0) {
  const values = new Float32Array(600).fill(1);
  await file.write([500, 850].map((level) => ({ nomvar: 'GZ', ip1: encodeIp(level, 2), ni: 30, nj: 20, values })));
}
const table = await file.table();
console.log(`${table.numRows} rows, ${table.numCols} columns`);
const levels = table.getChild('ip_level')?.toArray() as Float32Array;
console.log('levels', [...new Set(levels)].join(' '));
await writeFile(out, await file.parquet());
