/**
 * From a row of a table of records to the definition of its grid: which descriptor records belong to it, and what they say
 * (docs/formats/grids.md#links). Descriptors of the same file come first, then those of the table's other files, then those
 * of other tables; definitions are kept by table and tags, and equal content is one object.
 */
import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { type DescriptorName, descriptorRows, fileOf, type GridColumns, igsOf, letterOf } from './descriptor-index.js';
import { gridId } from './identity.js';
import type { Igs } from './params.js';
import { affineGrid, cutTile, listGrid, panelsGrid, trianglesOf } from './read-descriptors.js';

export type { GridColumns } from './descriptor-index.js';

/** Why a row has no geometry; its values stay readable by index. */
export interface NoGrid {
  readonly unsupported: string;
  readonly code: 'grid_error' | 'unsupported_grid';
}

/** Decodes descriptor records of a table, values as float64 in storage order. */
export type DescriptorReader<T extends GridColumns> = (
  table: T,
  rows: readonly number[],
) => Promise<readonly Float64Array[]>;

/** Letters whose ig's are the whole story. */
const CLOSED = new Set(['A', 'B', 'C', 'E', 'G', 'L', 'N', 'S', '+']);
const LINKED = new Set(['Z', '#', 'Y', 'X', 'O', 'M', 'T', 'W', 'U']);
const KEPT_DEFINITIONS = 64;

export const isGrid = (found: GridDef | NoGrid): found is GridDef => 'grtyp' in found;

class Resolver<T extends GridColumns> {
  readonly #grtyp: string;
  readonly #ig: Igs;
  readonly #ni: number;
  readonly #nj: number;

  constructor(
    readonly table: T,
    readonly row: number,
    readonly read: DescriptorReader<T>,
    readonly others: readonly T[],
  ) {
    this.#grtyp = letterOf(table, row);
    this.#ig = igsOf(table, row);
    this.#ni = table.ni[row]!;
    this.#nj = table.nj[row]!;
  }

  get #base(): Pick<GridDef, 'grtyp' | 'ni' | 'nj' | 'ig'> {
    return { grtyp: this.#grtyp, ni: this.#ni, nj: this.#nj, ig: this.#ig };
  }

  async resolve(): Promise<GridDef | NoGrid> {
    switch (this.#grtyp) {
      case 'Z':
        return (await this.#axes()) ?? (await this.#list()) ?? this.#missing('>> and ^^');
      case '#':
        return (await this.#tile()) ?? this.#missing('>> and ^^');
      case 'U':
        return (await this.#panels()) ?? this.#missing('^>');
      case 'W':
        return (await this.#list()) ?? (await this.#affine()) ?? this.#missing('PROJ and MTRX');
      case 'M':
        return (await this.#mesh()) ?? this.#missing('>>, ^^ and ##');
      default:
        return (await this.#list()) ?? (await this.#list('LO', 'LA')) ?? this.#missing('>> and ^^');
    }
  }

  #missing(names: string): NoGrid {
    const [ip1, ip2, ip3] = this.#ig;
    const tags = this.#grtyp === '#' ? `ip1 ${ip1}, ip2 ${ip2}` : `ip1 ${ip1}, ip2 ${ip2}, ip3 ${ip3}`;
    return {
      code: this.#grtyp === 'X' ? 'unsupported_grid' : 'grid_error',
      unsupported: `A field of type '${this.#grtyp}', ${this.#ni} x ${this.#nj}, has no ${names} records with ${tags} that fit it; add the file that holds them.`,
    };
  }

  /** First row per table that fits, nearest table first, with the first row of a partner in the same file. */
  *#pairs(first: DescriptorName, second: DescriptorName, ip3: number | undefined): Generator<[T, number, number]> {
    for (const table of [this.table, ...this.others]) {
      for (const a of this.#rows(table, first, ip3)) {
        const partners = this.#rows(table, second, table.ip3[a]!);
        for (const b of partners.filter((row) => fileOf(table, row) === fileOf(table, a))) yield [table, a, b];
      }
    }
  }

  /** Descriptor rows of a table, those of the field's own file first. */
  #rows(table: T, name: DescriptorName, ip3: number | undefined): readonly number[] {
    const rows = descriptorRows(table, name, this.#ig[0], this.#ig[1], ip3);
    if (table !== this.table || !table.file) return rows;
    const file = fileOf(table, this.row);
    const own = rows.filter((row) => fileOf(table, row) === file);
    return own.length === 0 ? rows : [...own, ...rows.filter((row) => fileOf(table, row) !== file)];
  }

  #reference(table: T, row: number): NonNullable<GridDef['ref']> {
    return { grtyp: letterOf(table, row), ig: igsOf(table, row) };
  }

  async #axes(): Promise<GridDef | undefined> {
    for (const [table, a, b] of this.#pairs('>>', '^^', this.#ig[2])) {
      const fits = table.ni[a] === this.#ni && table.nj[a] === 1 && table.nj[b] === this.#nj && table.ni[b] === 1;
      if (!fits) continue;
      const [ax, ay] = await this.read(table, [a, b]);
      return { ...this.#base, ref: this.#reference(table, a), ax: ax!, ay: ay! };
    }
    return undefined;
  }

  async #tile(): Promise<GridDef | undefined> {
    const [i0, j0] = [this.#ig[2], this.#ig[3]];
    for (const [table, a, b] of this.#pairs('>>', '^^', undefined)) {
      if (i0 < 1 || j0 < 1 || i0 - 1 + this.#ni > table.ni[a]! || j0 - 1 + this.#nj > table.nj[b]!) continue;
      const [ax, ay] = await this.read(table, [a, b]);
      return { ...this.#base, ref: this.#reference(table, a), ...cutTile(ax!, ay!, i0, j0, this.#ni, this.#nj) };
    }
    return undefined;
  }

  async #list(lonName: DescriptorName = '>>', latName: DescriptorName = '^^'): Promise<GridDef | undefined> {
    const size = this.#ni * this.#nj;
    for (const [table, a, b] of this.#pairs(lonName, latName, this.#ig[2])) {
      if (table.ni[a]! * table.nj[a]! !== size || table.ni[b]! * table.nj[b]! !== size) continue;
      const [lon, lat] = await this.read(table, [a, b]);
      return listGrid(this.#base, lon!, lat!);
    }
    return undefined;
  }

  async #mesh(): Promise<GridDef | undefined> {
    const nodes = await this.#list();
    if (!nodes) return undefined;
    for (const table of [this.table, ...this.others]) {
      const row = this.#rows(table, '##', this.#ig[2])[0];
      if (row === undefined) continue;
      const [numbers] = await this.read(table, [row]);
      return { ...nodes, triangles: trianglesOf(numbers!, this.#ni * this.#nj) };
    }
    return nodes;
  }

  async #panels(): Promise<GridDef | undefined> {
    for (const table of [this.table, ...this.others]) {
      for (const row of this.#rows(table, '^>', this.#ig[2])) {
        const [numbers] = await this.read(table, [row]);
        const def = panelsGrid(this.#base, numbers!);
        if (def) return def;
      }
    }
    return undefined;
  }

  async #affine(): Promise<GridDef | undefined> {
    for (const [table, a, b] of this.#pairs('PROJ', 'MTRX', this.#ig[2])) {
      const [text, matrix] = await this.read(table, [a, b]);
      return affineGrid(this.#base, text!, matrix!);
    }
    return undefined;
  }
}

const kept = new Map<string, GridDef>();

/** One object for equal content. */
function interned(def: GridDef): GridDef {
  const id = gridId(def);
  const known = kept.get(id) ?? def;
  kept.delete(id);
  kept.set(id, known);
  if (kept.size > KEPT_DEFINITIONS) kept.delete(kept.keys().next().value!);
  return known;
}

const resolved = new WeakMap<Uint8Array, Map<string, Promise<GridDef | NoGrid>>>();

/**
 * Definition of the grid of a row, or why it has none. `others` are tables of further files, searched in their order.
 * Rejects with what `read` rejects with, and with `grid_error` for descriptors that contradict themselves.
 */
export async function resolveGrid<T extends GridColumns>(
  table: T,
  row: number,
  read: DescriptorReader<T>,
  others: readonly T[] = [],
): Promise<GridDef | NoGrid> {
  const grtyp = letterOf(table, row);
  const ig = igsOf(table, row);
  if (CLOSED.has(grtyp)) return { grtyp, ni: table.ni[row]!, nj: table.nj[row]!, ig };
  if (!LINKED.has(grtyp)) {
    return {
      code: 'unsupported_grid',
      unsupported: `Grids of type '${grtyp}' have no geometry here; their values can be read by index only.`,
    };
  }
  const ofTable = resolved.get(table.nomvar) ?? new Map<string, Promise<GridDef | NoGrid>>();
  resolved.set(table.nomvar, ofTable);
  const key = [grtyp, table.ni[row], table.nj[row], ...ig, fileOf(table, row), others.length].join(' ');
  let found = ofTable.get(key);
  if (!found) {
    found = new Resolver(table, row, read, others).resolve().then((def) => (isGrid(def) ? interned(def) : def));
    const forget = (): boolean => ofTable.delete(key);
    // a descriptor may come with other tables later
    found.then((def) => isGrid(def) || forget(), forget);
    ofTable.set(key, found);
  }
  return found;
}

/** As resolveGrid; throws FeatureError `grid_error` or `unsupported_grid` where the row has no grid. */
export async function requireGrid<T extends GridColumns>(
  table: T,
  row: number,
  read: DescriptorReader<T>,
  others: readonly T[] = [],
): Promise<GridDef> {
  const found = await resolveGrid(table, row, read, others);
  if (!isGrid(found)) throw new FeatureError(found.code, found.unsupported);
  return found;
}
