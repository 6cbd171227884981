/** NetCDF-4 and NetCDF-3 as converters. */
import { isNetCdf3, openNetCdf3 } from '../../formats/netcdf/netcdf3-reader.js';
import { NetCdf3Writer } from '../../formats/netcdf/netcdf3-writer.js';
import { NetCdf4Writer } from '../../formats/netcdf/netcdf4-writer.js';
import { isHdf5 } from '../../formats/netcdf/signature.js';
import { importCf, READ_OPTIONS } from './cf-read.js';
import { type DatasetTarget, fewerBits, isSeries, isSplit, VIEW_OPTIONS, writeDatasets } from './cf-write.js';
import { deflate } from './deflate.js';
import type { Converter, ConvertOptions } from './formats.js';
import { choice, whole } from './options.js';

const DEFAULT_LEVEL = 4;

/** Level of deflate; undefined: none. */
export function deflateLevel(options: ConvertOptions, fallback: number): number | undefined {
  const pack = choice(options, 'pack', ['deflate', 'none', 'short'], 'deflate');
  return pack === 'none' ? undefined : (whole(options, 'level', 1, 9) ?? fallback);
}

export const netcdf: Converter = {
  options: [...VIEW_OPTIONS, ...READ_OPTIONS, 'pack', 'quantize', 'level', 'chunks'],
  recognises: (_, head) => isHdf5(head),
  async read(input, out, options, signal, progress) {
    const { openNetCdf4 } = await import('../../formats/netcdf/netcdf4-reader.js');
    return importCf(input, await openNetCdf4(input), out, options, signal, progress);
  },
  write(selection, out, options, signal, progress) {
    const level = deflateLevel(options, DEFAULT_LEVEL);
    const packing = level === undefined ? {} : { level, deflate };
    const target: DatasetTarget = {
      suffix: '.nc',
      split: isSplit(options),
      series: isSeries(options),
      ...fewerBits(options),
      open: (dataset, path) => NetCdf4Writer.create(path, dataset, packing),
    };
    return writeDatasets(selection, out, options, target, signal, progress);
  },
};
export const netcdf3: Converter = {
  options: [...VIEW_OPTIONS, ...READ_OPTIONS, 'pack', 'quantize'],
  recognises: (_, head) => isNetCdf3(head),
  async read(input, out, options, signal, progress) {
    return importCf(input, await openNetCdf3(input), out, options, signal, progress);
  },
  write(selection, out, options, signal, progress) {
    choice(options, 'grids', ['split'], 'split');
    choice(options, 'pack', ['none', 'short'], 'none');
    const target: DatasetTarget = {
      suffix: '.nc',
      split: true,
      series: false,
      ...fewerBits(options),
      open: (dataset, path) => NetCdf3Writer.create(path, dataset),
    };
    return writeDatasets(selection, out, options, target, signal, progress);
  },
};
