/** Fields as the MARS-style reader gives them, and their long table as an Arrow stream. */
import { arrowBytes, arrowTable } from '../../formats/arrow-table.js';
import type { TableColumn } from '../../formats/table-column.js';

/** One field, or its points in an area. Values in MARS units for MARS names, in FST units for nomvars; missing is NaN. */
export interface MarsField {
  readonly param: string;
  readonly nomvar: string;
  readonly units: string;
  readonly levtype: string | null;
  readonly level: number | null;
  /** member; 0 for the control and for runs without members */
  readonly number: number;
  /** hours */
  readonly step: number;
  /** base time, ISO Z */
  readonly reftime: string;
  readonly validtime: string;
  /** [nj, ni] where points form whole rows and columns, in C order; else [n] */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** degrees; of the length of values, shared by fields of one grid and area */
  readonly lat: Float64Array;
  /** degrees, [-180, 180) */
  readonly lon: Float64Array;
}

const HOUR_MS = 3_600_000;

/** Whole seconds are written without fractions. */
export const isoZ = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Reference and valid time of a step in hours. */
export function timesOf(base: number, step: number): { readonly reftime: string; readonly validtime: string } {
  return { reftime: isoZ(base), validtime: isoZ(base + Math.round(step * HOUR_MS)) };
}

/** Places of points in WKB, little-endian. */
function wkb(lat: Float64Array, lon: Float64Array): Uint8Array[] {
  return Array.from(lat, (y, k) => {
    const bytes = new Uint8Array(21);
    const view = new DataView(bytes.buffer);
    bytes[0] = 1;
    view.setUint32(1, 1, true);
    view.setFloat64(5, lon[k]!, true);
    view.setFloat64(13, y, true);
    return bytes;
  });
}

/** A column of one value a field, repeated for its points. */
function spread(fields: readonly MarsField[], count: number, value: (field: MarsField) => number): Float64Array {
  const out = new Float64Array(count);
  let at = 0;
  for (const field of fields) {
    out.fill(value(field), at, at + field.values.length);
    at += field.values.length;
  }
  return out;
}

/** The long table: a row a point of a field, in the order of the fields. */
export function arrowOfFields(fields: readonly MarsField[]): Uint8Array {
  const count = fields.reduce((sum, { values }) => sum + values.length, 0);
  const point = new Int32Array(count);
  const latitude = new Float64Array(count);
  const longitude = new Float64Array(count);
  const value = new Float32Array(count);
  const geometry: Uint8Array[] = [];
  const shapes = new Map<Float64Array, Uint8Array[]>();
  let at = 0;
  for (const { values, lat, lon } of fields) {
    for (let k = 0; k < values.length; k++) point[at + k] = k;
    latitude.set(lat, at);
    longitude.set(lon, at);
    value.set(values, at);
    const places = shapes.get(lat) ?? wkb(lat, lon);
    shapes.set(lat, places);
    for (const place of places) geometry.push(place);
    at += values.length;
  }
  const each = (of: (field: MarsField) => number): Float64Array => spread(fields, count, of);
  const present = (values: ArrayLike<number>): Uint8Array =>
    Uint8Array.from(values, (one) => (Number.isNaN(one) ? 0 : 1));
  const text = (name: string, of: (field: MarsField) => string): TableColumn => {
    const texts = [...new Set(fields.map(of))];
    return { name, type: 'text', texts, values: Int32Array.from(each((field) => texts.indexOf(of(field)))) };
  };
  const level = each((field) => field.level ?? Number.NaN);
  const number = each((field) => field.number);
  const columns: TableColumn[] = [
    { name: 'point', type: 'int32', values: point },
    { name: 'longitude', type: 'float64', values: longitude },
    { name: 'latitude', type: 'float64', values: latitude },
    { name: 'reftime', type: 'timestamp', values: each((field) => Date.parse(field.reftime)) },
    { name: 'time', type: 'timestamp', values: each((field) => Date.parse(field.validtime)) },
    { name: 'leadtime', type: 'float64', values: each((field) => field.step) },
    { name: 'number', type: 'int32', values: Int32Array.from(number) },
    text('level_type', (field) => field.levtype ?? ''),
    { name: 'level', type: 'float64', values: level, valid: present(level) },
    text('param', (field) => field.param),
    text('units', (field) => field.units),
    { name: 'value', type: 'float32', values: value, valid: present(value) },
    { name: 'geometry', type: 'binary', values: geometry },
  ];
  return arrowBytes(arrowTable(columns), 'stream');
}
