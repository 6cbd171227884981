// @openmeteo/file-reader (WebAssembly) on the side-file that the product wrote: the series of W1, the file open.
// usage: om-reader.mjs FOLDER_OF_NODE_MODULES SIDE_FILE CELL N
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, path, cell, n] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const { OmFileReader, FileBackend, OmDataType } = require('@openmeteo/file-reader');
const { version } = require(join(modules, '@openmeteo', 'file-reader', 'package.json'));

const NI = 1000;
const [y, x] = [Math.floor(cell / NI), cell % NI];
const reader = await OmFileReader.create(new FileBackend(path));
const steps = reader.getDimensions()[2];
const ranges = [
  { start: y, end: y + 1 },
  { start: x, end: x + 1 },
  { start: 0, end: Number(steps) },
];

async function series() {
  const bits = await reader.read({ type: OmDataType.Int32Array, ranges });
  for (let k = 0; k < bits.length; k++) if (bits[k] < 0) bits[k] ^= 0x7fffffff;
  return new Float32Array(bits.buffer, bits.byteOffset, bits.length);
}

const times = [];
let values = await series();
for (let run = 0; run < Number(n) + 200; run++) {
  const start = performance.now();
  values = await series();
  if (run >= 200) times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const sum = values.reduce((all, value) => all + (Number.isNaN(value) ? 0 : value), 0);
const line = {
  row: 'W1',
  median_ms: times[times.length >> 1],
  min_ms: times[0],
  n: times.length,
  values: values.length,
  sum,
};
process.stdout.write(`${JSON.stringify({ ...line, peer: `@openmeteo/file-reader ${version}` })}\n`);
