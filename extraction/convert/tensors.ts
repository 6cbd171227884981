/** Stacks of fields for learning, as a converter: a folder of NumPy arrays or Arrow tensors with the statistics that normalise them. Out only. */
import { VIEW_OPTIONS, viewOptions, writeDataset } from './cf-write.js';
import type { Converter } from './formats.js';
import { choice } from './options.js';
import { TensorWriter } from './tensor-writer.js';

export const tensors: Converter = {
  options: [...VIEW_OPTIONS, 'form'],
  write(selection, out, options, signal, progress) {
    const view = { ...viewOptions(options), ticket: 'none', bounds: false } as const;
    const form = choice(options, 'form', ['npy', 'arrow'], 'npy');
    return writeDataset(selection, view, (dataset) => TensorWriter.create(out, dataset, form), signal, progress);
  },
};
