/**
 * EDR-GeoJSON of coverages: a feature a place, level, time and member, with its values as properties under the names of
 * the parameters. Parameters are described once, beside the features, with plain texts.
 */
import { ucumOf, unitLabel } from '../schemas/params.js';
import type { ParamRef } from '../schemas/vocabulary.js';
import { isoTime, wrapLongitude } from './float-text.js';
import { type OgcAnswer, placesOf } from './ogc-coverage.js';

const UCUM = 'http://www.opengis.net/def/uom/UCUM/';

function parameterOf(param: ParamRef): object {
  const label = param.description || param.name;
  return {
    type: 'Parameter',
    id: param.name,
    description: label,
    label,
    unit: { label: unitLabel(param.unit), symbol: { value: ucumOf(param.unit), type: UCUM } },
    observedProperty: {
      id:
        param.standardName === undefined ? param.name : `http://vocab.nerc.ac.uk/standard_name/${param.standardName}/`,
      label,
    },
  };
}

/** Shortest decimal of a float32 as a number. */
function short(value: number): number {
  for (let digits = 6; digits < 10; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

const round = (degrees: number): number => Math.round(degrees * 1e9) / 1e9;

/** `query` is the address that was asked, without a fragment: ids of features are made from it. */
export function writeGeojson(answer: OgcAnswer, query: string): Uint8Array {
  const features: object[] = [];
  const names = answer.params.map(({ name }) => name);
  const isEnsemble = new Set(answer.coverages.map(({ metadata }) => metadata['number'])).size > 1;
  for (const coverage of answer.coverages) {
    const ranges = new Map(coverage.ranges.map(({ param, values }) => [param.name, values]));
    for (const { x, y, z, t, index } of placesOf(coverage)) {
      const time = Number.isNaN(t) ? '' : isoTime(t);
      const [lon, lat] = [wrapLongitude(x), round(y)];
      const level = Number.isNaN(z) ? {} : { z };
      const number = isEnsemble ? { number: coverage.metadata['number'] } : {};
      const values = names.map((name) => {
        const value = ranges.get(name)?.[index];
        return [name, value === undefined || !Number.isFinite(value) ? null : short(value)] as const;
      });
      const where = `${lat}, ${lon}${Number.isNaN(z) ? '' : ` at ${z}`}`;
      features.push({
        type: 'Feature',
        id: `${query}#${features.length}`,
        geometry: { type: 'Point', coordinates: [lon, lat] },
        properties: {
          datetime: time,
          label: time === '' ? where : `${where}, ${time}`,
          'parameter-name': names,
          edrqueryendpoint: query,
          ...level,
          ...number,
          ...Object.fromEntries(values),
        },
      });
    }
  }
  const document = {
    type: 'FeatureCollection',
    features,
    parameters: answer.params.map(parameterOf),
    links: [{ rel: 'self', type: 'application/geo+json', href: query }],
    numberReturned: features.length,
  };
  return new TextEncoder().encode(JSON.stringify(document));
}
