/**
 * Whole decoded fields, kept for maps and chunks: the same field is asked for tile after tile. Keyed by the file's identity
 * and the record's place in it, so that a file that changes is read anew.
 */
import { decode } from '../../native/index.js';
import { CODES, type ErrorCode, FeatureError } from '../../schemas/problem.js';
import { type Budget, checkFits } from '../budget.js';
import { checkUnchanged } from '../catalogue/data-file.js';
import { type Datacube, recordsOf } from '../datacube.js';
import { ByteCache } from '../store/byte-cache.js';
import { payloadRanges, sourceOf } from '../store/data-source.js';

/** Share of the process's memory budget that decoded fields may keep. */
const SHARE = 0.25;
const MOST_BYTES = 2 ** 30;
/** Resident memory beyond this share of the budget means that the process is short of it. */
const SHORT_SHARE = 1.5;

export interface FieldCacheDeps {
  /** bytes of values in memory, shared by all requests of the process */
  readonly memory: Budget;
}

export class FieldCache {
  readonly #fields: ByteCache<Float32Array>;

  constructor(
    readonly deps: FieldCacheDeps,
    maxBytes = Math.min(MOST_BYTES, SHARE * deps.memory.total),
  ) {
    this.#fields = new ByteCache({
      maxBytes,
      bytesOf: (values) => values.byteLength,
      isShort: () => process.memoryUsage.rss() > SHORT_SHARE * deps.memory.total,
    });
  }

  /** Bytes of fields that are kept. */
  get bytes(): number {
    return this.#fields.bytes;
  }

  /** Stored values of the field in a row, i fastest, NaN missing. Shared: not to be written. */
  field(cube: Datacube, row: number, signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    const records = recordsOf(cube, Uint32Array.of(row));
    const file = cube.files[records.file[0]!]!;
    const key = `${file.dev} ${file.ino} ${file.size} ${file.mtimeMs} ${records.payloadOffset[0]} ${file.path}`;
    return this.#fields.get(key, async () => {
      const bytes = 4 * records.ni[0]! * records.nj[0]! * records.nk[0]!;
      checkFits(this.deps.memory, bytes);
      const release = await this.deps.memory.acquire(bytes);
      try {
        const source = await sourceOf(file, payloadRanges(records, [0]));
        await checkUnchanged(file);
        const { values, status } = await decode(source, { ...records, container: file.container });
        if (status[0] !== 0) throw failed(file.path, records.payloadOffset[0]!, status[0]!);
        return values;
      } finally {
        release();
      }
    });
  }
}

function failed(path: string, offset: number, errno: number): FeatureError {
  const code = (Object.keys(CODES) as ErrorCode[]).find((c) => 'errno' in CODES[c] && CODES[c].errno === errno);
  return new FeatureError(
    code ?? 'decode_failed',
    `${path}: the record with data at byte ${offset} cannot be read (code ${errno}); replace the file or leave the field out.`,
    { data: { file: path, offset } },
  );
}
