/** A CF dataset as HDF5 objects: which variable is a dimension scale, how each is stored, who refers to whom. */
import { type CfGroup, type CfVariable, groupsOf } from '../cf.js';
import { planeChunk, valueChunk } from './chunks.js';
import type { StoredChunk } from './structures.js';

export interface DimNode {
  readonly name: string;
  readonly size: number;
  readonly unlimited: boolean;
  /** number of the dimension in the file */
  readonly id: number;
  /** the variable that is its scale; undefined: a dimension without a variable */
  scale: VariableNode | undefined;
  address: number;
  /** variables that have it, and as which of their dimensions */
  readonly uses: { readonly variable: VariableNode; readonly at: number }[];
}

export interface VariableNode {
  readonly variable: CfVariable;
  readonly dims: readonly DimNode[];
  readonly unlimited: readonly boolean[];
  readonly isScale: boolean;
  /** extents of its chunks; undefined: contiguous */
  readonly chunk: readonly number[] | undefined;
  readonly level: number | undefined;
  readonly chunks: StoredChunk[];
  /** where the values are: the tree of chunks, or the values themselves; undefined while there are none */
  place: number | undefined;
  address: number;
  /** first number of its references in the heap, counted over the file */
  references: number;
}

export interface GroupNode {
  readonly group: CfGroup;
  readonly dims: readonly DimNode[];
  readonly variables: readonly VariableNode[];
  readonly groups: GroupNode[];
  address: number;
}

/** Values above this many bytes are compressed where fields are. */
const WORTH_COMPRESSING = 65536;

function chunkOf(variable: CfVariable, unlimited: readonly boolean[], level: number | undefined): number[] | undefined {
  const { data, shape } = variable;
  if (shape.length === 0 || variable.dtype === 'string') return undefined;
  if (data.kind === 'planes') return [...(data.chunks ?? planeChunk(shape, data.planeDims))];
  if (unlimited.includes(true)) return valueChunk(shape, unlimited);
  const bytes = shape.reduce((size, extent) => size * extent, 8);
  return level !== undefined && bytes > WORTH_COMPRESSING ? planeChunk(shape, shape.length) : undefined;
}

/** The objects of a dataset. `level`: of deflate, for fields and large coordinates. */
export function layoutOf(dataset: CfGroup, level: number | undefined): GroupNode {
  const nodes = new Map<CfGroup, GroupNode>();
  let id = 0;
  for (const { group, above } of groupsOf(dataset)) {
    const dims: DimNode[] = group.dims.map(({ name, size, unlimited = false }) => ({
      name,
      size,
      unlimited,
      id: id++,
      scale: undefined,
      address: 0,
      uses: [],
    }));
    const visible = [...above.map((one) => nodes.get(one)!.dims).reverse(), dims].flat();
    const find = (name: string): DimNode =>
      dims.find((dim) => dim.name === name) ?? visible.findLast((dim) => dim.name === name)!;
    const variables = group.variables.map((variable): VariableNode => {
      const own = variable.dims.map(find);
      const [first] = own;
      const isScale = own.length === 1 && first!.name === variable.name && dims.includes(first!);
      const unlimited = own.map((dim) => dim.unlimited);
      const chunk = chunkOf(variable, unlimited, level);
      const compressed = chunk !== undefined && (variable.data.kind === 'planes' || !unlimited.includes(true));
      const node: VariableNode = {
        variable,
        dims: own,
        unlimited,
        isScale,
        chunk,
        level: compressed ? level : undefined,
        chunks: [],
        place: undefined,
        address: 0,
        references: 0,
      };
      if (isScale) first!.scale = node;
      else for (const [at, dim] of own.entries()) dim.uses.push({ variable: node, at });
      return node;
    });
    const node: GroupNode = { group, dims, variables, groups: [], address: 0 };
    nodes.set(group, node);
    const parent = above.at(-1);
    if (parent !== undefined) nodes.get(parent)!.groups.push(node);
  }
  return nodes.get(dataset)!;
}

/** A node and all below it. */
export function* walk(node: GroupNode): Generator<GroupNode> {
  yield node;
  for (const child of node.groups) yield* walk(child);
}
