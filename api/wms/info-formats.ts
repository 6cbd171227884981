/** What is known at a click, in the formats that clients ask for. */
import { ucumOf } from '../../schemas/params.js';
import { type ClickSeries, seriesCoverage } from './click-series.js';
import type { ChosenField } from './field-choice.js';
import { shortest } from './shortest.js';
import { isoText } from './times.js';
import { escapeXml } from './xml.js';

export const INFO_FORMATS = ['application/json', 'text/plain', 'text/html', 'application/vnd.cov+json'] as const;
export type InfoFormat = (typeof INFO_FORMATS)[number];

/** Names that clients send for a format. */
export const INFO_ALIASES: Readonly<Record<string, InfoFormat>> = {
  'application/geo+json': 'application/json',
  'application/prs.coverage+json': 'application/vnd.cov+json',
  'text/xml': 'text/plain',
};

/** The grid point that a pixel shows. */
export interface FoundPoint {
  readonly point: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly distanceKm: number;
}

/** What is known of one layer at the place. */
export interface Found {
  readonly chosen: ChosenField;
  /** undefined outside the grid */
  readonly at?: FoundPoint;
  /** what the pixel shows; null outside the grid and where the field has no value */
  readonly value: number | null;
  /** UCUM; of the parameter, or of the speed where that is shown */
  readonly unit: string;
  /** m/s, and degrees that the wind blows from, where a style shows the wind */
  readonly wind?: { readonly speed: number; readonly direction: number };
  readonly series?: ClickSeries;
}

export interface ClickPlace {
  readonly lat: number;
  readonly lon: number;
}

function propertiesOf({ chosen, at, value, unit, wind }: Found): Record<string, unknown> {
  const { layer, time, run, level, number } = chosen;
  return {
    layer: layer.name,
    parameter: layer.parameter.key,
    description: layer.parameter.ref.description,
    value,
    unit,
    latitude: at?.latitude ?? null,
    longitude: at?.longitude ?? null,
    distance_km: at?.distanceKm ?? null,
    time: isoText(time),
    reference_time: isoText(run.base),
    ...(level === undefined ? {} : { elevation: shortest(level) }),
    ...(number === undefined ? {} : { number }),
    ...(wind === undefined ? {} : { wind_speed: wind.speed, wind_from_direction: wind.direction }),
  };
}

function collectionOf(found: readonly Found[], { lat, lon }: ClickPlace): object {
  const features = found.map((one, n) => ({
    type: 'Feature',
    id: String(n),
    geometry: { type: 'Point', coordinates: [one.at?.longitude ?? lon, one.at?.latitude ?? lat] },
    properties: propertiesOf(one),
  }));
  return { type: 'FeatureCollection', features };
}

function coverageOf(found: readonly Found[], { lat, lon }: ClickPlace): object {
  const coverages = found.map(({ chosen, at, series }) =>
    seriesCoverage(chosen, series ?? { times: [], values: [] }, at?.latitude ?? lat, at?.longitude ?? lon),
  );
  return coverages.length === 1 ? coverages[0]! : { type: 'CoverageCollection', domainType: 'PointSeries', coverages };
}

function pageOf(rows: readonly Record<string, unknown>[]): string {
  const table = (row: Record<string, unknown>): string =>
    Object.entries(row)
      .map(([key, value]) => `<tr><th scope="row">${key}</th><td>${escapeXml(String(value))}</td></tr>`)
      .join('');
  const body = rows.map((row) => `<table>${table(row)}</table>`).join('\n');
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Values</title></head><body>${body}</body></html>\n`;
}

const linesOf = (row: Record<string, unknown>): string =>
  Object.entries(row)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');

/** The answer as text. */
export function renderInfo(found: readonly Found[], format: InfoFormat, place: ClickPlace): string {
  switch (format) {
    case 'application/json':
      return JSON.stringify(collectionOf(found, place));
    case 'application/vnd.cov+json':
      return JSON.stringify(coverageOf(found, place));
    case 'text/plain':
      return found.map(propertiesOf).map(linesOf).join('\n');
    case 'text/html':
      return pageOf(found.map(propertiesOf));
  }
}

/** Unit of the values of a layer, in UCUM. */
export const unitOf = ({ layer }: ChosenField): string => ucumOf(layer.parameter.ref.unit);
