/**
 * OM files as CF datasets that are read: arrays with their attributes, groups of scalars as scalar variables, and fields whose
 * time comes last turned so that the plane does (docs/conversions.md#om).
 */
import {
  type CfAttribute,
  type CfDimension,
  type CfDtype,
  type CfGroup,
  type CfNumbers,
  type CfVariable,
  sizeOf,
} from '../../formats/cf.js';
import type { CfSource } from '../../formats/cf-source.js';
import { OmFile, type OmNode } from '../../formats/om/read.js';
import type { OmVariable } from '../../formats/om/records.js';
import { FeatureError } from '../../schemas/problem.js';
import { roleOf } from './cf-scope.js';
import { AUXILIARY } from './om-writer.js';
import { type Cube, SpoolFile } from './plane-spool.js';

/** Values that a band of rows may take while a cube is turned. */
const BAND_VALUES = 16 * 2 ** 20;

/** What an array of the file is to the dataset. */
interface Placed {
  readonly path: string;
  /** number of leading dimensions of the file that are the plane; 0: it already comes last */
  readonly planeFirst: number;
}

class Tree {
  readonly #children = new Map<string, OmNode[]>();
  readonly placed = new Map<CfVariable, Placed>();

  constructor(
    readonly file: OmFile,
    nodes: readonly OmNode[],
  ) {
    for (const node of nodes) {
      if (node.path === '') continue;
      const parent = node.path.split('/').slice(0, -1).join('/');
      const list = this.#children.get(parent);
      if (list === undefined) this.#children.set(parent, [node]);
      else list.push(node);
    }
  }

  below(path: string): readonly OmNode[] {
    return this.#children.get(path) ?? [];
  }

  attributes(path: string): Record<string, CfAttribute> {
    const found: Record<string, CfAttribute> = {};
    for (const { variable } of this.below(path)) {
      const { value, name } = variable;
      if (variable.array !== undefined || value === undefined) continue;
      found[name] = typeof value === 'bigint' ? Number(value) : value;
    }
    return found;
  }

  /** Whether a group stands for a scalar: nothing lies below it but values. */
  isScalar({ path, variable }: OmNode): boolean {
    const inner = this.below(path);
    return (
      variable.array === undefined &&
      variable.type === 'none' &&
      inner.length > 0 &&
      inner.every((node) => node.variable.array === undefined && node.variable.type !== 'none')
    );
  }

  group(path: string, name: string): CfGroup {
    const nodes = this.below(path);
    const arrays = nodes.filter(({ variable }) => variable.array !== undefined);
    const raw = arrays.map((node) => this.#array(node));
    const byName = new Map(raw.map((variable) => [variable.name, variable]));
    const variables = raw.map((variable) => this.#turned(variable, byName));
    const dims = new Map<string, CfDimension>();
    for (const variable of variables) {
      for (const [at, dim] of variable.dims.entries()) dims.set(dim, { name: dim, size: variable.shape[at]! });
    }
    const scalars = nodes.filter((node) => this.isScalar(node)).map((node) => this.#scalar(node));
    const groups = nodes
      .filter((node) => node.variable.array === undefined && node.variable.type === 'none' && !this.isScalar(node))
      .map((node) => this.group(node.path, node.variable.name));
    return {
      name,
      dims: [...dims.values()],
      variables: [...variables, ...scalars],
      attributes: this.attributes(path),
      groups,
    };
  }

  #array({ path, variable }: OmNode): CfVariable {
    const { [AUXILIARY]: auxiliary, coordinates, ...attributes } = this.attributes(path);
    const { shape } = variable.array!;
    // scalars are signed: the largest of an unsigned type was stored as -1
    if (variable.type === 'uint64' && attributes['_FillValue'] === -1) attributes['_FillValue'] = 2 ** 64;
    const named = typeof coordinates === 'string' ? coordinates.split(/\s+/).filter(Boolean) : [];
    const dims = named.length === shape.length ? named : shape.map((_, at) => `dim${at}`);
    const made: CfVariable = {
      name: variable.name,
      dtype: variable.type as CfDtype,
      dims,
      shape,
      attributes: auxiliary === undefined ? attributes : { ...attributes, coordinates: auxiliary },
      ...fillOf(variable, attributes['_FillValue']),
      data: { kind: 'lazy', load: async () => (await this.file.read(path)).values as CfNumbers },
    };
    this.placed.set(made, { path, planeFirst: 0 });
    return made;
  }

  /** A field with rows and columns first gets them last. */
  #turned(variable: CfVariable, all: ReadonlyMap<string, CfVariable>): CfVariable {
    const roles = variable.dims.map((dim) => {
      const own = all.get(dim);
      return roleOf(dim, own !== undefined && own.dims.length === 1 && own.dims[0] === dim ? own : undefined);
    });
    const isPlane = (at: number): boolean => ['x', 'y', 'point', 'depth'].includes(roles[at] ?? '');
    let planeFirst = 0;
    while (planeFirst < roles.length && isPlane(planeFirst)) planeFirst++;
    if (planeFirst === 0 || planeFirst === roles.length || isPlane(roles.length - 1)) return variable;
    const turn = <T>(list: readonly T[]): T[] => [...list.slice(planeFirst), ...list.slice(0, planeFirst)];
    const made = { ...variable, dims: turn(variable.dims), shape: turn(variable.shape) };
    const { path } = this.placed.get(variable)!;
    this.placed.set(made, { path, planeFirst });
    return made;
  }

  #scalar({ path, variable }: OmNode): CfVariable {
    const { value, coordinates, ...attributes } = this.attributes(path);
    if (typeof value === 'string' && typeof coordinates === 'string') {
      const values = textsOf(value);
      const data = { kind: 'values', values } as const;
      return { name: variable.name, dtype: 'string', dims: [coordinates], shape: [values.length], attributes, data };
    }
    const own = value === undefined || typeof value === 'string' ? 0 : Number(value);
    const values = Number.isInteger(own) && Math.abs(own) < 2 ** 31 ? Int32Array.of(own) : Float64Array.of(own);
    const dtype = values instanceof Int32Array ? 'int32' : 'float64';
    return { name: variable.name, dtype, dims: [], shape: [], attributes, data: { kind: 'values', values } };
  }
}

function textsOf(json: string): string[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map(String) : [json];
  } catch {
    return [json];
  }
}

function fillOf({ type }: OmVariable, value: CfAttribute | undefined): { fill?: number | bigint } {
  if (type === 'float32' || type === 'float64') return { fill: Number.NaN };
  if (typeof value !== 'number') return {};
  return { fill: type === 'uint64' ? BigInt.asUintN(64, -1n) : type === 'int64' ? BigInt(value) : value };
}

class OmSource implements CfSource {
  readonly dataset: CfGroup;
  readonly #tree: Tree;
  readonly #cubes = new Map<CfVariable, Promise<Cube>>();
  #spool: Promise<SpoolFile> | undefined;

  constructor(private readonly file: OmFile) {
    this.#tree = new Tree(file, file.nodes);
    this.dataset = this.#tree.group('', '');
  }

  async slice(variable: CfVariable, leading: readonly number[]): Promise<CfNumbers | undefined> {
    const { path, planeFirst } = this.#tree.placed.get(variable)!;
    if (planeFirst === 0) {
      const ranges = variable.shape.map((extent, at): [number, number] => {
        const index = leading[at];
        return index === undefined ? [0, extent] : [index, index + 1];
      });
      return (await this.file.read(path, ranges)).values as CfNumbers;
    }
    let cube = this.#cubes.get(variable);
    if (cube === undefined) {
      cube = this.#turn(variable, path, planeFirst);
      this.#cubes.set(variable, cube);
    }
    const cell = leading.reduce((all, at, dim) => all * variable.shape[dim]! + at, 0);
    return (await cube).plane(cell);
  }

  /** Reads an array once, band by band of its first dimension. */
  async #turn(variable: CfVariable, path: string, planeFirst: number): Promise<Cube> {
    if (variable.dtype === 'string') throw new TypeError('a field has no texts');
    this.#spool ??= SpoolFile.create();
    const spool = await this.#spool;
    const leading = variable.shape.slice(0, variable.shape.length - planeFirst);
    const plane = variable.shape.slice(variable.shape.length - planeFirst);
    const cells = sizeOf(leading);
    const each = sizeOf(plane.slice(1));
    const cube = spool.cube(variable.dtype, cells, plane[0]!, each, variable.fill);
    const chunk = this.file.node(path).variable.array!.chunks[0]!;
    const rows = Math.max(1, Math.floor(BAND_VALUES / Math.max(1, each * cells * chunk))) * chunk;
    for (let from = 0; from < plane[0]!; from += rows) {
      const to = Math.min(plane[0]!, from + rows);
      const ranges = [[from, to], ...[...plane.slice(1), ...leading].map((extent) => [0, extent])];
      const { values } = await this.file.read(path, ranges as [number, number][]);
      await cube.putBand(from, values as CfNumbers);
    }
    return cube;
  }

  async close(): Promise<void> {
    await (await this.#spool)?.[Symbol.asyncDispose]();
    await this.file[Symbol.asyncDispose]();
  }
}

/** Opens an OM file as a dataset. Throws FeatureError `damaged_file` for what cannot be read. */
export async function openOm(path: string): Promise<CfSource> {
  try {
    return new OmSource(await OmFile.open(path));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FeatureError('damaged_file', `${path}: ${error.message}.`, { data: { file: path }, cause: error });
  }
}
