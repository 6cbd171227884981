/** Writes two fields to a new file, finds one by its keys and reads it: `node dist/examples/write-and-read.js [FILE]`. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeIp, openFst } from 'polyfst';

const path = process.argv[2] ?? join(tmpdir(), `polyfst-example-${process.pid}.fst`);
const [ni, nj] = [40, 20];
const hPa = (value: number): number => encodeIp(value, 2);

await using file = await openFst(path, { create: 'rsf' });
await file.write(
  [850, 500].map((level) => ({
    nomvar: 'TT',
    etiket: 'EXAMPLE',
    ip1: hPa(level),
    dateo: '2026-11-21T00:00:00Z',
    deet: 300,
    npas: 72,
    // a regular grid: 1 degree apart, first point at 40 N, 100 W
    grtyp: 'L',
    ig1: 100,
    ig2: 100,
    ig3: 13000,
    ig4: 26000,
    ni,
    nj,
    values: Float32Array.from({ length: ni * nj }, (_, n) => level / 50 - Math.floor(n / ni) / 2),
    datyp: 134,
    nbits: 16,
    metadata: { long_name: 'air temperature' },
  })),
);

const record = file.first({ nomvar: 'TT', level: { from: 400, to: 600 } });
const { values } = await file.read(record);
console.log(record.nomvar, record.level?.value, 'hPa, valid', record.validity?.toISOString(), record.metadata);
console.log('first values', [...values.slice(0, 3)].map((value) => Number(value).toFixed(2)).join(' '));
const [place] = await file.at(record, [[45.5, -73.6]]);
console.log('at 45.5 N 73.6 W:', place?.linear?.toFixed(2));
