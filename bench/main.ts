/** `npm run bench`: file work (scan, decode) beside the reference library when its venv is there, then request latencies. */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../test/paths.js';
import { consumed } from './harness.js';
import { peerPython } from './peers.js';
import { decodeRows, type FileBench, type FileRow, scanRow } from './rows-files.js';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    folder: { type: 'string', default: join(root, '.polyfst', 'bench') },
    runs: { type: 'string', default: '7' },
  },
});

function print(row: FileRow): void {
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(row)}\n`);
    return;
  }
  const rate = row.unit === 'MB/s' ? `${row.rate.toFixed(0)} MB/s` : `${(row.rate / 1e6).toFixed(2)} M records/s`;
  const peer = row.ratio === null ? '' : `   ${row.peer}: ${row.peerMs!.toFixed(1)} ms, ratio ${row.ratio.toFixed(2)}`;
  process.stdout.write(
    `${row.row.padEnd(22)} ${row.medianMs.toFixed(2).padStart(9)} ms  ${rate.padStart(18)}${peer}\n`,
  );
}

const python = flags.peers ? peerPython(root) : undefined;
if (flags.peers && python === undefined) process.stderr.write('no venv with the peers: npm run bench:peers makes it\n');
const bench: FileBench = { folder: flags.folder, root, python, n: Number(flags.runs) };

for (const container of ['xdf', 'rsf'] as const) {
  print(await scanRow(bench, container));
  for await (const row of decodeRows(bench, container)) print(row);
}
if (!consumed()) process.exitCode = 1;
