/** The opening of a CoverageJSON collection: parameters and reference systems, in both profiles. */
import type { CoverageParameter, CovjsonProfile, Referencing } from '../schemas/coverage.js';
import type { Levtype, ParamRef } from '../schemas/vocabulary.js';
import type { CollectionHead } from './coverage-block.js';

const UNIT_LABELS: Readonly<Record<string, string>> = {
  '1': 'dimensionless',
  '%': 'percent',
  K: 'kelvin',
  degC: 'degree Celsius',
  Pa: 'pascal',
  hPa: 'hectopascal',
  m: 'metre',
  dam: 'decametre',
  gpm: 'geopotential metre',
  'm s-1': 'metre per second',
  'm/s': 'metre per second',
  kt: 'knot',
  'kg kg-1': 'kilogram per kilogram',
  'kg/kg': 'kilogram per kilogram',
  'Pa s-1': 'pascal per second',
  'Pa/s': 'pascal per second',
  'm2 s-2': 'square metre per square second',
  degree: 'degree',
};

/** Vertical axis by level type: name, direction, unit. */
const VERTICAL: Readonly<Record<Levtype, readonly [name: string, direction: 'up' | 'down', unit: string]>> = {
  sfc: ['Surface (single level)', 'up', '1'],
  pl: ['Pressure', 'down', 'hPa'],
  ml: ['Model level', 'down', '1'],
  hl: ['Height above ground', 'up', 'm'],
  pt: ['Potential temperature', 'up', 'K'],
  o2d: ['Depth', 'down', 'm'],
};

/** Names of the axes in a profile. */
export const AXIS_NAMES = {
  ecmwf: { lat: 'latitude', lon: 'longitude', level: 'levelist' },
  ogc: { lat: 'y', lon: 'x', level: 'z' },
} as const;

const CRS = {
  ecmwf: 'http://www.opengis.net/def/crs/EPSG/0/4326',
  ogc: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
} as const;

export function parameterOf(param: ParamRef): CoverageParameter {
  return {
    type: 'Parameter',
    description: { en: param.description },
    unit: { label: { en: UNIT_LABELS[param.unit] ?? param.unit }, symbol: param.unit },
    observedProperty: { id: param.name, label: { en: param.description || param.name } },
    ...(param.paramId === undefined ? {} : { 'mars:paramId': param.paramId }),
    'fst:nomvar': param.nomvar,
    ...(param.standardName === undefined ? {} : { 'cf:standardName': param.standardName }),
  };
}

/** The ogc profile leaves the level of surface fields out where a point has one. */
export function hasLevel(profile: CovjsonProfile, head: CollectionHead): boolean {
  const flat = head.domainType === 'PointSeries' || head.domainType === 'MultiPoint';
  return !(profile === 'ogc' && flat && (head.levtype === 'sfc' || head.levtype === null));
}

function referencingOf(profile: CovjsonProfile, head: CollectionHead): Referencing[] {
  const names = AXIS_NAMES[profile];
  const horizontal = profile === 'ogc' ? [names.lon, names.lat] : [names.lat, names.lon];
  const [name, direction, symbol] = VERTICAL[head.levtype ?? 'sfc'];
  const vertical: Referencing = {
    coordinates: [names.level],
    system: { type: 'VerticalCRS', cs: { csAxes: [{ name: { en: name }, direction, unit: { symbol } }] } },
  };
  return [
    { coordinates: horizontal, system: { type: 'GeographicCRS', id: CRS[profile] } },
    ...(hasLevel(profile, head) ? [vertical] : []),
    { coordinates: ['t'], system: { type: 'TemporalRS', calendar: 'Gregorian' } },
  ];
}

/** Text of the collection up to and with the bracket that opens the coverages. */
export function collectionHead(profile: CovjsonProfile, head: CollectionHead): string {
  const parameters = Object.fromEntries(head.params.map((param) => [param.name, parameterOf(param)]));
  const members = {
    domainType: head.domainType,
    parameters,
    referencing: referencingOf(profile, head),
  };
  // The blank is deliberate: earthkit-data recognises the format by these first bytes.
  return `{"type": "CoverageCollection",${JSON.stringify(members).slice(1, -1)},"coverages":[`;
}
