/** Stored bytes of Zarr chunks back to plain ones. Codecs that are not known are an error that names them. */
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { FeatureError } from '../schemas/problem.js';

type Decode = (bytes: Uint8Array) => Promise<Uint8Array>;

const gunzipBytes = promisify(gunzip);
const inflateBytes = promisify(inflate);

/** A codec as metadata of either version describes it. */
export interface CodecConfig {
  readonly id: string;
  readonly [key: string]: unknown;
}

interface PackedCodec {
  decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Checksums at the end are taken off; damaged chunks show in the codec below. */
const CRC_BYTES = 4;

/** What undoes a codec. Throws FeatureError `unsupported_type`. */
export async function decoderOf(config: CodecConfig): Promise<Decode> {
  switch (config.id) {
    case 'gzip':
      return (bytes) => gunzipBytes(bytes);
    case 'zlib':
      return (bytes) => inflateBytes(bytes);
    case 'crc32c':
      return async (bytes) => bytes.subarray(0, bytes.length - CRC_BYTES);
    case 'zstd':
      return packed((await import('numcodecs/zstd')).default.fromConfig({ id: 'zstd' }));
    case 'blosc':
      return packed((await import('numcodecs/blosc')).default.fromConfig({ id: 'blosc' }));
    case 'lz4':
      return packed((await import('numcodecs/lz4')).default.fromConfig({ id: 'lz4' }));
    default:
      throw new FeatureError(
        'unsupported_type',
        `codec ${String(config.id).slice(0, 40)} is not known here; write the store with gzip, zstd, blosc or none.`,
      );
  }
}

const packed =
  (codec: PackedCodec): Decode =>
  async (bytes) =>
    codec.decode(bytes);
