/** The time series at a click, as CoverageJSON: every step of the run at one grid point, read without decoding whole fields. */

import { recordsOf } from '../../extraction/datacube.js';
import type { MapField } from '../../extraction/maps/map-field.js';
import { payloadRanges, sourceOf } from '../../extraction/store/data-source.js';
import { inUnits, turnedComponent } from '../../extraction/vectors.js';
import { gather } from '../../native/index.js';
import { ucumOf, unitLabel } from '../../schemas/params.js';
import { type ChosenField, fieldAt } from './field-choice.js';
import { shortest } from './shortest.js';
import { isoText } from './times.js';

/** Stored values of rows at one point; NaN for a record that cannot be read. */
async function valuesOf({ cube }: MapField, rows: readonly number[], point: number): Promise<Float32Array> {
  const records = recordsOf(cube, Uint32Array.from(rows));
  const out = new Float32Array(rows.length).fill(Number.NaN);
  const byFile = new Map<number, number[]>();
  records.file.forEach((file, n) => {
    byFile.set(file, [...(byFile.get(file) ?? []), n]);
  });
  for (const [number, places] of byFile) {
    const file = cube.files[number]!;
    const own = recordsOf(
      cube,
      Uint32Array.from(places, (n) => rows[n]!),
    );
    const { values, status } = await gather(
      await sourceOf(file, payloadRanges(own, places.keys())),
      { ...own, container: file.container },
      Uint32Array.of(point),
    );
    places.forEach((n, k) => {
      if (status[k] === 0) out[n] = values[k]!;
    });
  }
  return out;
}

export interface ClickSeries {
  readonly times: readonly number[];
  /** delivered values, NaN missing */
  readonly values: readonly number[];
}

/** Values at every step of the chosen run, on the level and of the member that were chosen. */
export async function clickSeries(chosen: ChosenField, point: number): Promise<ClickSeries> {
  const { layer, run } = chosen;
  const { ref, nomvar } = layer.parameter;
  const steps = (chosen.number === undefined ? run.fields.get(nomvar)?.single : run.fields.get(nomvar)?.members)?.steps;
  const fields = (steps ?? []).flatMap((step) => {
    const time = run.base + 1000 * step;
    const field = fieldAt(layer.collection, ref, run, { ...chosen, time });
    return field === undefined ? [] : [{ time, field }];
  });
  const first = chosen.field;
  const own = await valuesOf(
    first,
    fields.map(({ field }) => field.row),
    point,
  );
  const partners = fields.map(({ field }) => field.partner ?? field.row);
  const other = ref.rotate === undefined ? undefined : await valuesOf(first, partners, point);
  const [c, s] = await first.grid.rotation(Uint32Array.of(point));
  const values = Array.from(own, (value, n) => {
    if (other === undefined || ref.rotate === undefined) return inUnits(ref, value);
    const { component } = ref.rotate;
    const [u, v] = component === 'u' ? [value, other[n]!] : [other[n]!, value];
    return inUnits(ref, turnedComponent(component, u, v, c!, s!));
  });
  return { times: fields.map(({ time }) => time), values };
}

/** The series as a coverage of the standard's profile. */
export function seriesCoverage(chosen: ChosenField, series: ClickSeries, latitude: number, longitude: number): object {
  const { key, ref } = chosen.layer.parameter;
  const system = (id: string) => ({ type: 'GeographicCRS', id });
  return {
    type: 'Coverage',
    domain: {
      type: 'Domain',
      domainType: 'PointSeries',
      axes: {
        x: { values: [longitude] },
        y: { values: [latitude] },
        t: { values: series.times.map(isoText) },
      },
      referencing: [
        { coordinates: ['x', 'y'], system: system('http://www.opengis.net/def/crs/OGC/1.3/CRS84') },
        { coordinates: ['t'], system: { type: 'TemporalRS', calendar: 'Gregorian' } },
      ],
    },
    parameters: {
      [key]: {
        type: 'Parameter',
        description: { en: ref.description || key },
        unit: {
          label: { en: unitLabel(ref.unit) },
          symbol: { value: ucumOf(ref.unit), type: 'http://www.opengis.net/def/uom/UCUM/' },
        },
        observedProperty: { label: { en: ref.description || key } },
      },
    },
    ranges: {
      [key]: {
        type: 'NdArray',
        dataType: 'float',
        axisNames: ['t'],
        shape: [series.values.length],
        values: series.values.map((value) => (Number.isNaN(value) ? null : shortest(value))),
      },
    },
  };
}
