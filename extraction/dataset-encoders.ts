/** Answers as files of gridded formats: written beside the temporary files of the machine, streamed from there and removed. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CfDataset } from '../formats/cf.js';
import { type PointOrder, pointDataset } from '../formats/point-dataset.js';
import { deflate } from './convert/deflate.js';
import type { CoverageEncoder } from './extract.js';

interface DatasetFile {
  close(signal: AbortSignal): Promise<number>;
  abandon(): Promise<void>;
}

type OpenFile = (path: string, dataset: CfDataset) => Promise<DatasetFile>;

const never = new AbortController().signal;

const encoder = (order: PointOrder, open: OpenFile): CoverageEncoder =>
  async function* (head, blocks, signal = never) {
    const dataset = await pointDataset(head, blocks, order);
    const folder = await mkdtemp(join(tmpdir(), 'polyfst-answer-'));
    try {
      const path = join(folder, 'answer');
      const file = await open(path, dataset);
      try {
        await file.close(signal);
      } catch (error) {
        await file.abandon().catch(() => undefined);
        throw error;
      }
      yield* createReadStream(path) as AsyncIterable<Uint8Array>;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

export const answerNetcdf = encoder('time-before-level', async (path, dataset) => {
  const { NetCdf4Writer } = await import('../formats/netcdf/netcdf4-writer.js');
  return NetCdf4Writer.create(path, dataset, { level: 2, deflate });
});

export const answerNetcdf3 = encoder('time-before-level', async (path, dataset) => {
  const { NetCdf3Writer } = await import('../formats/netcdf/netcdf3-writer.js');
  return NetCdf3Writer.create(path, dataset);
});

/** A stored ZIP archive of a version 3 store. */
export const answerZarr = encoder('time-before-level', async (path, dataset) => {
  const { ZarrWriter } = await import('../formats/zarr-writer.js');
  const { ZipSink } = await import('../formats/zarr-sink.js');
  return new ZarrWriter(await ZipSink.create(path), dataset, 3, { gzip: 1, deflate });
});

/** Without loss: the values of points are few. */
export const answerOm = encoder('time-last', async (path, dataset) => {
  const { OmDatasetWriter } = await import('./convert/om-writer.js');
  const { accuracyOption } = await import('./convert/om-accuracy.js');
  const packingOf = () => ({ datyp: 5, nbits: 32 });
  return OmDatasetWriter.create(path, dataset, { accuracy: accuracyOption(new Map()), packingOf });
});
