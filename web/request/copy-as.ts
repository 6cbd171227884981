/** What is seen, as text for other clients. Each block runs as it stands against the same server. Pure. */

import { boxRing } from '../map/shapes.js';
import type { Selection } from '../model/select.js';
import { isoSecond } from '../model/times.js';
import type { Feature, LatLon } from '../state/state.js';
import { type Body, bodyText } from './request.js';

export const DIALECTS = ['Python', 'curl', 'xarray', 'EDR', 'TypeScript', 'MARS'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface CopyContext {
  /** address of the service, without a slash at the end */
  readonly origin: string;
  readonly key: string;
  readonly selection: Selection;
  readonly feature: Feature;
  readonly body: Body;
  /** ms */
  readonly times: readonly number[];
}

const pythonBody = (body: Body): string =>
  bodyText(body).replace(
    /\b(true|false|null)\b(?=\s*[,\n}\]])/g,
    (word) => ({ true: 'True', false: 'False', null: 'None' })[word]!,
  );

/** Inside single quotes of a shell. */
const quoted = (text: string): string => text.replaceAll("'", `'"'"'`);

export function nameOf({ selection, feature }: Pick<CopyContext, 'selection' | 'feature'>): string {
  const stamp = selection.run?.id.slice(0, 11) ?? 'latest';
  return `${selection.part.polytope}-${selection.param.key}-${feature.kind}-${stamp}`.replace(/[^\w.-]/g, '_');
}

/** A place that stands for the shape. */
function placeOf(feature: Feature): LatLon {
  switch (feature.kind) {
    case 'pt':
    case 'circ':
      return feature.at;
    case 'poly':
      return feature.ring[0]!;
    case 'box':
      return [(feature.box[0] + feature.box[2]) / 2, (feature.box[1] + feature.box[3]) / 2];
    case 'frame':
      return [feature.outer[0], feature.outer[1]];
    case 'track':
      return feature.vertices[0]!.at;
  }
}

function python({ origin, selection, body, key, ...rest }: CopyContext): string {
  const insecure = origin.startsWith('http:') ? ', insecure=True' : '';
  return `from polytope.api import Client
client = Client(address="${origin}"${insecure}, user_key="${key}")
client.retrieve("${selection.part.polytope}", ${pythonBody(body)}, "${nameOf({ selection, ...rest })}.covjson")`;
}

function curl({ origin, selection, body, key, feature }: CopyContext): string {
  return `curl -fsSL --max-redirs 50 -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '${quoted(bodyText(body))}' -o '${nameOf({ selection, feature })}.covjson' '${origin}/api/v2/${selection.part.polytope}/requests'`;
}

function xarray({ origin, selection, feature }: CopyContext): string {
  const [lat, lon] = placeOf(feature);
  const { part, param, run } = selection;
  const nomvar = param.components === undefined ? param.nomvar : 'UU';
  return `import numpy as np, xarray as xr
ds = xr.open_zarr("${origin}/zarr/${part.id}/${run?.id ?? ''}/", decode_coords="all")
d = (ds.lat - ${lat}) ** 2 + (((ds.lon - ${lon} + 180) % 360 - 180) * np.cos(np.deg2rad(${lat}))) ** 2
series = ds["${nomvar}"].isel(d.argmin(d.dims)).load()`;
}

const ringText = (ring: readonly LatLon[]): string =>
  `(${[...ring, ring[0]!].map(([lat, lon]) => `${lon} ${lat}`).join(',')})`;

/** Kind of EDR query of a shape, and its own parameters. */
export function edrShape(
  feature: Feature,
  selection: Selection,
): { readonly query: string; readonly own: Record<string, string> } {
  switch (feature.kind) {
    case 'pt':
      return { query: 'position', own: { coords: `POINT(${feature.at[1]} ${feature.at[0]})` } };
    case 'poly':
      return { query: 'area', own: { coords: `POLYGON(${ringText(feature.ring)})` } };
    case 'box': {
      const [s, w, n, e] = feature.box;
      return { query: 'cube', own: { bbox: `${w},${s},${e},${n}` } };
    }
    case 'circ':
      return {
        query: 'radius',
        own: { coords: `POINT(${feature.at[1]} ${feature.at[0]})`, within: String(feature.km), 'within-units': 'km' },
      };
    case 'frame':
      return {
        query: 'area',
        own: { coords: `POLYGON(${ringText(boxRing(feature.outer))},${ringText(boxRing(feature.inner))})` },
      };
    case 'track': {
      const base = selection.run?.base ?? 0;
      const points = feature.vertices.map(
        ({ at, hours }) => `${at[1]} ${at[0]} ${Math.round(base / 1000 + hours * 3600)}`,
      );
      return { query: 'trajectory', own: { coords: `LINESTRINGM(${points.join(',')})` } };
    }
  }
}

/** Address of an EDR query; `f` as EDR names formats. */
export function edrUrl(
  { origin, selection, feature, times }: Pick<CopyContext, 'origin' | 'selection' | 'feature' | 'times'>,
  f = 'CoverageJSON',
): string {
  const { part, param, run, level, member } = selection;
  const { query, own } = edrShape(feature, selection);
  const names = (param.components ?? [param.key]).join(',');
  const [first, last] = [times[0], times.at(-1)];
  const z = feature.kind === 'track' && feature.levels.length > 0 ? feature.levels.join(',') : level;
  const parts: Record<string, string> = {
    ...own,
    'parameter-name': names,
    ...(feature.kind === 'track' || first === undefined || last === undefined
      ? {}
      : { datetime: first === last ? isoSecond(first) : `${isoSecond(first)}/${isoSecond(last)}` }),
    ...(z === undefined ? {} : { z: String(z) }),
    ...(member >= 0 && part.numbers.length > 0 ? { number: String(member) } : {}),
    f,
  };
  const encoded = Object.entries(parts).map(
    ([key, value]) => `${key}=${encodeURIComponent(value).replace(/%(2C|2F|3A|28|29)/g, decodeURIComponent)}`,
  );
  const instance = run === undefined ? '' : `/instances/${run.id}`;
  return `${origin}/edr/collections/${encodeURIComponent(part.id)}${instance}/${query}?${encoded.join('&')}`;
}

function typescript({ origin, selection, body, key }: CopyContext): string {
  return `import { PolytopeClient } from 'polyfst/client';
const coverages = await new PolytopeClient({ url: '${origin}', key: '${key}' }).retrieve('${selection.part.polytope}', ${bodyText(body)});`;
}

/** MARS language knows boxes; any other shape is a YAML request of the polytope client. */
function mars(context: CopyContext): string {
  const { feature, body, selection } = context;
  const { feature: shape, ...keys } = body;
  if (feature.kind !== 'box') {
    const lines = Object.entries(keys).map(([key, value]) => `${key}: "${value}"`);
    return `# polytope retrieve ${selection.part.polytope} request.yaml ${nameOf(context)}.covjson\n${lines.join('\n')}\nfeature: ${JSON.stringify(shape)}`;
  }
  const [s, w, n, e] = feature.box;
  const lines = Object.entries({ ...keys, area: `${n}/${w}/${s}/${e}`, target: `"${nameOf(context)}.grib"` });
  return `retrieve,\n${lines.map(([key, value]) => `  ${key} = ${value}`).join(',\n')}`;
}

export function copyAs(dialect: Dialect, context: CopyContext): string {
  switch (dialect) {
    case 'Python':
      return python(context);
    case 'curl':
      return curl(context);
    case 'xarray':
      return xarray(context);
    case 'EDR':
      return edrUrl(context);
    case 'TypeScript':
      return typescript(context);
    case 'MARS':
      return mars(context);
  }
}
