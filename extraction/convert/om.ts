/** OM files as a converter: runs as one tree of arrays `[y, x, time]`, a variable a level; back by their coordinates. */
import { importCf, READ_OPTIONS } from './cf-read.js';
import { VIEW_OPTIONS, viewOptions, writeDataset } from './cf-write.js';
import type { Converter } from './formats.js';
import { accuracyOption } from './om-accuracy.js';
import { openOm } from './om-source.js';
import { OmDatasetWriter } from './om-writer.js';

export const om: Converter = {
  options: [...VIEW_OPTIONS, ...READ_OPTIONS, 'accuracy', 'lossless'],
  recognises: (_, head) => head[0] === 0x4f && head[1] === 0x4d && head[2]! >= 1 && head[2]! <= 3,
  async read(input, out, options, signal, progress) {
    return importCf(input, await openOm(input), out, options, signal, progress);
  },
  write(selection, out, options, signal, progress) {
    const { datyp, nbits } = selection.columns;
    const packingOf = (row: number) => ({ datyp: datyp[row]!, nbits: nbits[row]! });
    const accuracy = accuracyOption(options);
    return writeDataset(
      selection,
      { ...viewOptions(options), splitLevels: true },
      (dataset) => OmDatasetWriter.create(out, dataset, { accuracy, packingOf }),
      signal,
      progress,
    );
  },
};
