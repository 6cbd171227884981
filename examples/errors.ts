/** What goes wrong, and what an error says: its code, the number of the FST24 interface, file and byte: `node dist/examples/errors.js`. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeatureError, openFst } from 'polyfst';

async function attempt(what: () => Promise<unknown>): Promise<void> {
  try {
    await what();
  } catch (error) {
    if (!(error instanceof FeatureError)) throw error;
    console.log(error.code, error.errno, error.data ?? '');
  }
}

const path = join(tmpdir(), `polyfst-errors-${process.pid}.fst`);
await attempt(() => openFst(path));
await using file = await openFst(path, { create: 'xdf' });
await file.write({ nomvar: 'TT', ni: 4, values: Float32Array.of(1, 2, 3, 4) });
await attempt(async () => file.first({ nomvar: 'UU' }));
await attempt(() => file.putMetadata(file.record(0), { units: 'K' }));
await attempt(() => file.write({ nomvar: 'TT', ni: 9, values: Float32Array.of(1, 2) }));
await attempt(() => file.read(file.record(0), { signal: AbortSignal.timeout(60_000) }));
