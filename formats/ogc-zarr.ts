/** Coverages as a Zarr store, version 3, in a ZIP archive whose entries are stored as they are: readers open it in place. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OgcAnswer } from './ogc-coverage.js';
import { cfDataset } from './ogc-netcdf.js';
import { ZipSink } from './zarr-sink.js';
import { ZarrWriter } from './zarr-writer.js';

/** The archive as bytes; it is written beside the temporary files of the machine and removed. */
export async function writeOgcZarr(answer: OgcAnswer, title: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-zarr-'));
  try {
    const path = join(folder, 'answer.zarr.zip');
    const writer = new ZarrWriter(await ZipSink.create(path), cfDataset(answer, title), 3, { gzip: 1 });
    await writer.close();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
