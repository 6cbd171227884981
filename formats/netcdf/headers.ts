/** Object headers of the nodes of a NetCDF-4 file. Their sizes do not depend on addresses, so they are laid out first and filled in later. */
import { bytesOf, type CfValues, DTYPE_BYTES, newNumbers } from '../cf.js';
import { ByteWriter, UNDEFINED_ADDRESS } from './bytes.js';
import type { DimNode, GroupNode, VariableNode } from './layout.js';
import * as m from './messages.js';
import { HEAP_ITEMS } from './structures.js';

/** Longest list of uses that an attribute holds. */
const MOST_USES = 4000;

/** Bytes of an element. */
export function elementBytes({ variable }: VariableNode): number {
  return variable.dtype === 'string' ? textWidth(variable) : DTYPE_BYTES[variable.dtype];
}

function textWidth({ data }: VariableNode['variable']): number {
  const values: CfValues = data.kind === 'values' ? data.values : [];
  return Math.max(1, ...(values as readonly string[]).map((text) => Buffer.byteLength(text)));
}

function fillBytes({ variable }: VariableNode): Uint8Array | undefined {
  const { dtype, fill } = variable;
  if (fill === undefined || dtype === 'string') return undefined;
  return bytesOf(newNumbers(dtype, 1).fill(fill as never));
}

function usesAttribute({ uses }: DimNode): m.Message[] {
  if (uses.length === 0 || uses.length > MOST_USES) return [];
  const out = new ByteWriter();
  for (const { variable, at } of uses) out.u64(variable.address).u32(at).u32(0);
  return [m.attribute('REFERENCE_LIST', m.scaleUseType(), m.dataspace([uses.length]), out.done())];
}

function scaleAttributes(dim: DimNode, name: string): m.Message[] {
  return [
    m.terminatedAttribute('CLASS', 'DIMENSION_SCALE'),
    m.terminatedAttribute('NAME', name),
    m.numberAttribute('_Netcdf4Dimid', Int32Array.of(dim.id)),
    ...usesAttribute(dim),
  ];
}

/** Where the heap collections begin: one for every HEAP_ITEMS references. */
export type HeapPlaces = readonly number[];

function dimensionList(node: VariableNode, heaps: HeapPlaces): m.Message[] {
  if (node.dims.length === 0 || node.isScale) return [];
  const out = new ByteWriter();
  for (let at = 0; at < node.dims.length; at++) {
    const number = node.references + at;
    out
      .u32(1)
      .u64(heaps[Math.floor(number / HEAP_ITEMS)] ?? 0)
      .u32((number % HEAP_ITEMS) + 1);
  }
  return [m.attribute('DIMENSION_LIST', m.referenceListType(), m.dataspace([node.dims.length]), out.done())];
}

function withOrder(messages: readonly m.Message[], attributes: readonly m.Message[]): m.Message[] {
  return [...messages, m.attributeInfo(attributes.length), ...attributes];
}

export function variableMessages(node: VariableNode, heaps: HeapPlaces): m.Message[] {
  const { variable, unlimited, chunk, level, place } = node;
  const width = elementBytes(node);
  const attributes = [
    ...(node.isScale ? scaleAttributes(node.dims[0]!, variable.name) : []),
    ...Object.entries(variable.attributes).map(([name, value]) => m.cfAttribute(name, value)),
    ...dimensionList(node, heaps),
  ];
  const size = variable.shape.reduce((product, extent) => product * extent, width);
  return withOrder(
    [
      { type: m.MESSAGE.dataspace, body: m.dataspace(variable.shape, unlimited) },
      {
        type: m.MESSAGE.datatype,
        body: variable.dtype === 'string' ? m.textType(width) : m.numberType(variable.dtype),
      },
      m.fillMessage(fillBytes(node), chunk !== undefined),
      chunk === undefined
        ? m.contiguousLayout(place ?? UNDEFINED_ADDRESS, size)
        : m.chunkedLayout(place ?? UNDEFINED_ADDRESS, chunk, width),
      ...(level === undefined ? [] : [m.deflateFilters(width, level)]),
    ],
    attributes,
  );
}

/** A dimension without a variable: a scale whose name says so to NetCDF, and without values. */
export function dimensionMessages(dim: DimNode): m.Message[] {
  const name = `This is a netCDF dimension but not a netCDF variable.${String(dim.size).padStart(10)}`;
  return withOrder(
    [
      { type: m.MESSAGE.dataspace, body: m.dataspace([dim.size], [dim.unlimited]) },
      { type: m.MESSAGE.datatype, body: m.numberType('float32') },
      m.fillMessage(undefined, dim.unlimited),
      dim.unlimited
        ? m.chunkedLayout(UNDEFINED_ADDRESS, [1024], 4)
        : m.contiguousLayout(UNDEFINED_ADDRESS, 4 * dim.size),
    ],
    scaleAttributes(dim, name),
  );
}

export function groupMessages({ group, dims, variables, groups }: GroupNode): m.Message[] {
  const bare = dims.filter(({ scale }) => scale === undefined);
  const targets: { name: string; address: number }[] = [
    ...bare.map(({ name, address }) => ({ name, address })),
    ...variables.map(({ variable, address }) => ({ name: variable.name, address })),
    ...groups.map((child) => ({ name: child.group.name, address: child.address })),
  ];
  const attributes = Object.entries(group.attributes).map(([name, value]) => m.cfAttribute(name, value));
  return [
    ...withOrder([m.linkInfo(targets.length), m.groupInfo], attributes),
    ...targets.map(({ name, address }, order) => m.link(name, address, order)),
  ];
}
