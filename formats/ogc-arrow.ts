/** Coverages as an Arrow stream: the table of csv.ts with typed columns, a row a place, time, level and member. */
import { arrowBytes, arrowTable } from './arrow-table.js';
import { wrapLongitude } from './float-text.js';
import { type OgcAnswer, placesOf } from './ogc-coverage.js';
import type { TableColumn } from './table-column.js';

export function writeOgcArrow(answer: OgcAnswer): Uint8Array {
  const { coverages, params } = answer;
  const places = coverages.flatMap((coverage) => [...placesOf(coverage)].map((place) => ({ place, coverage })));
  const column = (of: (row: (typeof places)[number]) => number): Float64Array => Float64Array.from(places, of);
  const z = column(({ place }) => place.z);
  const number = column(({ coverage }) => Number(coverage.metadata['number'] ?? Number.NaN));
  const columns: TableColumn[] = [
    { name: 'x', type: 'float64', values: column(({ place }) => wrapLongitude(place.x)) },
    { name: 'y', type: 'float64', values: column(({ place }) => place.y) },
    ...(z.some((value) => !Number.isNaN(value)) ? [{ name: 'z', type: 'float64', values: z } as const] : []),
    { name: 't', type: 'timestamp', values: column(({ place }) => place.t) },
    ...(number.some((value) => !Number.isNaN(value))
      ? [{ name: 'number', type: 'float64', values: number } as const]
      : []),
    ...params.map(({ name }): TableColumn => {
      const values = Float32Array.from(places, ({ place, coverage }) => {
        const range = coverage.ranges.find(({ param }) => param.name === name);
        return range?.values[place.index] ?? Number.NaN;
      });
      const valid = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1));
      return { name, type: 'float32', values, ...(valid.includes(0) ? { valid } : {}) };
    }),
  ];
  const units = Object.fromEntries(params.map(({ name, unit }) => [`units:${name}`, unit]));
  return arrowBytes(arrowTable(columns, units), 'stream');
}
