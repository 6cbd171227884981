/** Where converted fields go: a new FST file, descriptors of each grid once, appended in groups of bounded size. */
import { stat } from 'node:fs/promises';
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { type FstField, nativeField } from '../fst/field.js';
import { onCore } from '../fst/scanned-file.js';
import { gridId } from '../grid/identity.js';
import type { ConvertOptions, FstTarget } from './formats.js';
import type { FstGrid } from './fst-grids.js';
import { optionFlag, optionNumber } from './option-values.js';

const MOST_BYTES = 128 * 2 ** 20;

export class FstSink {
  /** fields written, descriptors not counted */
  records = 0;
  readonly #grids = new Set<string>();
  #pending: Uint8Array[] = [];
  #size = 0;

  constructor(
    readonly target: FstTarget,
    readonly signal: AbortSignal,
  ) {}

  /** Writes the descriptors of a grid unless they are there. */
  async grid(grid: FstGrid): Promise<void> {
    const id = gridId(grid.def);
    if (this.#grids.has(id)) return;
    this.#grids.add(id);
    for (const descriptor of grid.descriptors) await this.#encode(descriptor);
  }

  /** Writes a record that describes others. */
  async descriptor(field: FstField): Promise<void> {
    await this.#encode(field);
  }

  async add(field: FstField): Promise<void> {
    await this.#encode(field);
    this.records++;
  }

  async #encode(field: FstField): Promise<void> {
    this.signal.throwIfAborted();
    const record = await onCore(() => native.encode(this.target.container, nativeField(field)), this.signal);
    this.#pending.push(record);
    this.#size += record.byteLength;
    if (this.#size > MOST_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const ready = this.#pending;
    this.#pending = [];
    this.#size = 0;
    if (ready.length === 0) return;
    await onCore(() => native.append(this.target.path, this.target.container, ready), this.signal);
  }

  /** Size of the file, 0 while there is none. */
  async bytes(): Promise<number> {
    return (await stat(this.target.path).catch(() => undefined))?.size ?? 0;
  }
}

/** Packing asked for by `exact`, or `datyp` and `nbits`; undefined: the converter's own choice. Throws `bad_value`. */
export function packingOption(options: ConvertOptions): { readonly datyp: number; readonly nbits: number } | undefined {
  if (optionFlag(options, 'exact')) return { datyp: 133, nbits: 32 };
  const datyp = optionNumber(options, 'datyp', 1, 255);
  const nbits = optionNumber(options, 'nbits', 1, 64);
  if (datyp === undefined && nbits === undefined) return undefined;
  if (datyp !== undefined && ![1, 5, 6].includes(datyp & 63)) {
    throw new FeatureError('bad_value', `--set datyp=${datyp}: give 1, 5 or 6, plus 128 for turbo.`);
  }
  return { datyp: datyp ?? 134, nbits: nbits ?? ((datyp ?? 134) % 64 === 5 ? 32 : 16) };
}
