/** Every temperature of all files of a folder, one after the other, and the level each is on: `node dist/examples/many-files.js [FOLDER]`. */
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeIp, openFst } from 'polyfst';

async function sampleFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-example-'));
  await using file = await openFst(join(folder, '000'), { create: 'xdf' });
  const values = Float32Array.from({ length: 600 }, (_, n) => n / 10);
  await file.write([1000, 500].map((level) => ({ nomvar: 'TT', ip1: encodeIp(level, 2), ni: 30, nj: 20, values })));
  for (const hour of ['001', '002']) await copyFile(join(folder, '000'), join(folder, hour));
  return folder;
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

// Folders, globs and lists of paths open as one list of records; no file stays open in between.
await using files = await openFst(process.argv[2] ?? (await sampleFolder()), { signal: stop.signal });
const found = files.find({ nomvar: 'TT', level: [{ from: 400, to: 600 }, 1000] });
console.log(`${found.length} records of ${files.files.length} files`);
for await (const { record, values, missing } of files.readMany(found, { as: 'float32', signal: stop.signal })) {
  let sum = 0;
  for (const value of values as Float32Array) sum += value;
  console.log(
    record.path.split('/').at(-1),
    record.level?.value,
    'mean',
    (sum / values.length).toFixed(3),
    'missing',
    missing,
  );
}
