/**
 * `npm run bench`: the workloads W1-W8 beside their floors, and file work (scan, decode) beside the reference library when
 * its venv is there. `--json` prints one object a line; `--data DIR` measures on DIR/fst16 and DIR/fst16c; `--only W1,W2`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../test/paths.js';
import { consumed } from './harness.js';
import { peerPython } from './peers.js';
import { keysOf, openProduct } from './product.js';
import { extractRows } from './rows-extract.js';
import { decodingRows, listingRow } from './rows-fields.js';
import { decodeRows, scanRow } from './rows-files.js';
import { serveRow } from './rows-serve.js';
import { COMPRESSED, hourlyFiles, PLAIN } from './run-files.js';
import { requestOf } from './workloads.js';

const ALL = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7', 'W8'] as const;

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    data: { type: 'string' },
    only: { type: 'string' },
    folder: { type: 'string', default: join(root, '.polyfst', 'bench') },
    runs: { type: 'string', default: '9' },
  },
});

const { folder, data } = flags;
const n = Number(flags.runs);
const only = new Set(flags.only === undefined ? [...ALL, 'files'] : flags.only.split(','));
const python = flags.peers ? peerPython(root) : undefined;
if (flags.peers && python === undefined) process.stderr.write('no venv with the peers: npm run bench:peers makes it\n');

type Shown = Readonly<Record<string, unknown>>;

const short = (value: unknown): string => (typeof value === 'number' ? value.toPrecision(4) : String(value));

function print(row: object): void {
  const shown = row as Shown;
  if (flags.json) process.stdout.write(`${JSON.stringify(shown)}\n`);
  else {
    const parts = Object.entries(shown).filter(([, value]) => value !== null);
    process.stdout.write(`${parts.map(([key, value]) => `${key}=${short(value)}`).join('  ')}\n`);
  }
}

const folderOf = async (name: 'fst16' | 'fst16c'): Promise<string> =>
  data === undefined ? hourlyFiles(folder, name, name === 'fst16' ? PLAIN : COMPRESSED) : join(data, name);

for await (const row of extractRows({ folder, data, n, only })) print(row);
const fields = { folder, root, python, n };
if (only.has('W6')) print(await listingRow(fields));
if (only.has('W7')) {
  for await (const row of decodingRows(fields, 'u', await folderOf('fst16'))) print(row);
  for await (const row of decodingRows(fields, 'c', await folderOf('fst16c'))) print(row);
}
if (only.has('W8')) {
  const place = await folderOf('fst16');
  print(await serveRow(place, requestOf('W1', keysOf(await openProduct(folder, place), 'TT'))));
}
if (only.has('files') && data === undefined) {
  for (const container of ['xdf', 'rsf'] as const) {
    print(await scanRow(fields, container));
    for await (const row of decodeRows(fields, container)) print(row);
  }
}
if (!consumed()) process.exitCode = 1;
