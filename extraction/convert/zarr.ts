/** Zarr v3 and v2 as converters: folders, and ZIP archives when the name ends in `.zip`. */
import type { ZarrVersion } from '../../formats/zarr-metadata.js';
import { isZarr, openZarr } from '../../formats/zarr-reader.js';
import { FolderSink, ZipSink } from '../../formats/zarr-sink.js';
import { ZarrWriter } from '../../formats/zarr-writer.js';
import { importCf, READ_OPTIONS } from './cf-read.js';
import { type DatasetTarget, fewerBits, isSeries, isSplit, VIEW_OPTIONS, writeDatasets } from './cf-write.js';
import { deflate } from './deflate.js';
import type { Converter } from './formats.js';
import { deflateLevel } from './netcdf.js';
import { choice } from './options.js';

const DEFAULT_LEVEL = 1;

function zarrConverter(version: ZarrVersion): Converter {
  return {
    options: [...VIEW_OPTIONS, ...READ_OPTIONS, 'pack', 'quantize', 'level', 'chunks', 'store'],
    recognises: isZarr,
    async read(input, out, options, signal, progress) {
      return importCf(input, await openZarr(input), out, options, signal, progress);
    },
    write(selection, out, options, signal, progress) {
      const level = deflateLevel(options, DEFAULT_LEVEL);
      const zipped =
        choice(options, 'store', ['folder', 'zip'], out.toLowerCase().includes('.zip') ? 'zip' : 'folder') === 'zip';
      const target: DatasetTarget = {
        suffix: zipped ? '.zarr.zip' : '.zarr',
        split: isSplit(options),
        series: isSeries(options),
        ...fewerBits(options),
        async open(dataset, path) {
          const sink = zipped ? await ZipSink.create(path) : new FolderSink(path);
          return new ZarrWriter(sink, dataset, version, level === undefined ? {} : { gzip: level, deflate });
        },
      };
      return writeDatasets(selection, out, options, target, signal, progress);
    },
  };
}

export const zarr: Converter = zarrConverter(3);
export const zarr2: Converter = zarrConverter(2);
