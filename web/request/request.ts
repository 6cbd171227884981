/** The canonical Polytope request of a selection and a shape: what the page sends, prices, shows and lets people copy. Pure. */
import { between, distanceKm } from '../geo/sphere.js';
import { windNames } from '../model/catalogue.js';
import type { Selection } from '../model/select.js';
import { nearestIndex } from '../model/times.js';
import type { Feature, LatLon, TrackVertex } from '../state/state.js';

export type Body = Readonly<Record<string, unknown>>;

const MAX_TRACK = 500;
const HOUR = 3_600_000;

/** `6`, or `30m` where it is no whole hour. */
export function stepText(ms: number): string {
  return ms % HOUR === 0 ? String(ms / HOUR) : `${Math.round(ms / 60_000)}m`;
}

/** Steps as a list, or as a range where they are evenly spaced hours. */
export function stepsText(leads: readonly number[]): string {
  const [first = 0, second] = leads;
  const even = leads.every((lead, n) => second === undefined || lead === first + n * (second - first));
  const hourly = leads.every((lead) => lead % HOUR === 0);
  if (leads.length < 3 || second === undefined || !even || !hourly) return leads.map(stepText).join('/');
  return `${stepText(first)}/to/${stepText(leads.at(-1)!)}/by/${stepText(second - first)}`;
}

/** MARS keys of the fields of a selection, without step and feature. */
export function keysOf({ part, param, run, level, member }: Selection): Record<string, string> {
  const base = new Date(run?.base ?? 0).toISOString();
  const isMember = member >= 0 && part.numbers.length > 0;
  const { levtype: _levtype, ...shared } = part.keys;
  return {
    ...shared,
    ...(isMember ? part.members : part.single),
    date: base.slice(0, 10).replaceAll('-', ''),
    time: base.slice(11, 16).replace(':', ''),
    levtype: part.levtype,
    ...(level === undefined ? {} : { levelist: String(level) }),
    ...(isMember ? { number: String(member) } : {}),
    param: (param.components ?? [param.key]).join('/'),
  };
}

const pair = ([lat, lon]: LatLon): number[] => [lat, lon];
const corners = ([s, w, n, e]: readonly number[]): number[][] => [
  [s!, w!],
  [n!, e!],
];

/** A path with points along it, no farther apart than `spacing` degrees and no more than allowed. */
export function densePath(vertices: readonly TrackVertex[], spacing: number): TrackVertex[] {
  const lengths = vertices.slice(1).map((vertex, n) => distanceKm(vertices[n]!.at, vertex.at));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const step = Math.max(spacing * 111.2, total / (MAX_TRACK - vertices.length - 1));
  const out: TrackVertex[] = [];
  for (const [n, length] of lengths.entries()) {
    const [from, to] = [vertices[n]!, vertices[n + 1]!];
    const pieces = Math.max(1, Math.ceil(length / step));
    for (let k = 0; k < pieces; k++) {
      const share = k / pieces;
      const [lat, lon] = between(from.at, to.at, share);
      out.push({
        at: [Number(lat.toFixed(4)), Number(lon.toFixed(4))],
        hours: from.hours + (to.hours - from.hours) * share,
      });
    }
  }
  out.push(vertices.at(-1)!);
  return out;
}

function trackFeature(vertices: readonly TrackVertex[], spacing: number, leads: readonly number[]): object {
  const points = densePath(vertices, spacing).map(({ at, hours }) => {
    const lead = leads[nearestIndex(leads, hours * HOUR)] ?? 0;
    return [...at, lead % HOUR === 0 ? lead / HOUR : stepText(lead)];
  });
  return { type: 'trajectory', axes: ['latitude', 'longitude', 'step'], points, padding: 0 };
}

/** Parameters of a cross-section: the field, and the wind for its barbs. */
function sectionParams({ part, param }: Selection): readonly string[] {
  const wind = windNames(part) ?? param.components ?? [];
  return [...new Set(param.components === undefined ? [param.key, ...wind] : wind)];
}

export interface Scope {
  /** instants of the fields, ms; all that the answer is to hold */
  readonly times: readonly number[];
  /** levels of a track; empty: that of the selection */
  readonly levels?: readonly number[];
}

/** Body of a request, members in one order, so that equal shapes give equal texts. */
export function bodyOf(selection: Selection, feature: Feature, scope: Scope): Body {
  const base = selection.run?.base ?? 0;
  const leads = scope.times.map((time) => time - base);
  const keys: Record<string, unknown> = keysOf(selection);
  if (feature.kind === 'track') {
    const { levels } = feature;
    if (levels.length > 0) {
      keys['levelist'] = levels.join('/');
      keys['param'] = sectionParams(selection).join('/');
    }
    return { ...keys, feature: trackFeature(feature.vertices, selection.part.spacing, leads) };
  }
  const body = { ...keys, step: stepsText(leads) };
  switch (feature.kind) {
    case 'pt':
      // a time series has its steps by itself
      return { ...body, feature: { type: 'timeseries', points: [pair(feature.at)] } };
    case 'poly': {
      const [first] = feature.ring;
      return { ...body, feature: { type: 'polygon', shape: [...feature.ring, first!].map(pair) } };
    }
    case 'box':
      return {
        ...body,
        feature: { type: 'boundingbox', points: corners(feature.box), axes: ['latitude', 'longitude'] },
      };
    case 'circ':
      return { ...body, feature: { type: 'circle', center: [pair(feature.at)], radius: feature.km, units: 'km' } };
    case 'frame': {
      const { outer, inner } = feature;
      return { ...body, feature: { type: 'frame', outer_box: corners(outer), inner_box: corners(inner) } };
    }
  }
}

/** Body as text: two blanks of indent, lists of numbers on one line. */
export function bodyText(body: Body): string {
  return JSON.stringify(body, null, 2).replace(
    /\[\s+(-?[\d.]+|"[^"]*")((?:,\s+(?:-?[\d.]+|"[^"]*"))*)\s+\]/g,
    (_all, first: string, rest: string) => `[${first}${rest.replace(/\s+/g, ' ')}]`,
  );
}
