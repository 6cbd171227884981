/** Shapes from text: lines of latitude and longitude, WKT, GeoJSON; and back to lines. Pure. */
import { CLICKS, hoursAlong, outlineOf, shapeOf } from '../map/shapes.js';
import type { Feature, FeatureKind, LatLon } from '../state/state.js';

export type Parsed =
  | { readonly ok: true; readonly places: readonly LatLon[] }
  | { readonly ok: false; readonly line: number; readonly text: string };

const PAIR = /^\s*(-?\d+(?:\.\d+)?)\s*[°]?\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*[°]?\s*$/;

function swap(pairs: readonly unknown[]): LatLon[] {
  return pairs.flatMap((pair) => {
    const [lon, lat] = pair as [number, number];
    return Number.isFinite(lat) && Number.isFinite(lon) ? [[lat, lon] as const] : [];
  });
}

/** GeoJSON and WKT have longitude first and close their rings. */
function parsePasted(text: string): readonly LatLon[] | undefined {
  if (text.startsWith('{')) {
    try {
      const document = JSON.parse(text) as { geometry?: unknown; coordinates?: unknown };
      const geometry = (document.geometry ?? document) as { coordinates?: unknown };
      let pairs = geometry.coordinates as unknown[];
      while (Array.isArray(pairs) && Array.isArray((pairs[0] as unknown[])?.[0])) {
        if (typeof (pairs[0] as unknown[])[0] === 'number') break;
        if (typeof ((pairs[0] as unknown[])[0] as unknown[])[0] !== 'number') pairs = pairs[0] as unknown[];
        else return swap(pairs[0] as unknown[]);
      }
      return typeof pairs[0] === 'number' ? swap([pairs]) : swap(pairs);
    } catch {
      return undefined;
    }
  }
  const found = /^(?:POINT|POLYGON|LINESTRING|MULTIPOINT)\s*Z?M?\s*\(+([^()]*)\)/i.exec(text);
  return found === null ? undefined : swap(found[1]!.split(',').map((pair) => pair.trim().split(/\s+/).map(Number)));
}

function withoutClosing(places: readonly LatLon[]): readonly LatLon[] {
  const [first, last] = [places[0], places.at(-1)];
  const closed = places.length > 2 && first![0] === last![0] && first![1] === last![1];
  return closed ? places.slice(0, -1) : places;
}

export function parsePlaces(text: string): Parsed {
  const trimmed = text.trim();
  const pasted = /^[{A-Z]/i.test(trimmed) ? parsePasted(trimmed) : undefined;
  if (pasted !== undefined && pasted.length > 0) return { ok: true, places: withoutClosing(pasted) };
  const places: LatLon[] = [];
  for (const [n, line] of trimmed.split('\n').entries()) {
    if (line.trim() === '') continue;
    const found = PAIR.exec(line);
    const [lat, lon] = [Number(found?.[1]), Number(found?.[2])];
    if (found === null || Math.abs(lat) > 90 || Math.abs(lon) > 360)
      return { ok: false, line: n + 1, text: line.trim() };
    places.push([lat, lon]);
  }
  return { ok: true, places: withoutClosing(places) };
}

/** Lines of a shape, as the form shows them: for boxes two corners, for frames four. */
export function linesOf(feature: Feature | undefined): string {
  if (feature === undefined) return '';
  const corner = (box: readonly number[]): LatLon[] => [
    [box[0]!, box[1]!],
    [box[2]!, box[3]!],
  ];
  const places =
    feature.kind === 'box'
      ? corner(feature.box)
      : feature.kind === 'frame'
        ? [...corner(feature.outer), ...corner(feature.inner)]
        : outlineOf(feature).corners;
  return places.map(([lat, lon]) => `${lat}, ${lon}`).join('\n');
}

export interface FormValues {
  readonly kind: FeatureKind;
  readonly text: string;
  readonly km: number;
  /** hours after the start of the run, one a point; empty: at a usual speed */
  readonly hours: readonly number[];
  readonly levels: readonly number[];
  readonly start: number;
}

/** Points that a kind needs in the form: a circle has its radius as a number. */
export const leastPoints = (kind: FeatureKind): number => (kind === 'circ' ? 1 : CLICKS[kind][0]);

export function featureOf({ kind, text, km, hours, levels, start }: FormValues): Feature | undefined {
  const parsed = parsePlaces(text);
  if (!parsed.ok || parsed.places.length < leastPoints(kind)) return undefined;
  const { places } = parsed;
  if (kind === 'circ') return km > 0 ? { kind, at: places[0]!, km } : undefined;
  if (kind === 'track') {
    const own = hours.length === places.length ? hours : hoursAlong(places, start);
    return { kind, vertices: places.map((at, n) => ({ at, hours: own[n]! })), levels };
  }
  return shapeOf(kind, places, { start, levels });
}
