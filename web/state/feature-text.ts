/** Shapes as they stand in links: `pt:45.5,-73.57`, `poly:lat,lon;…`, `box:s,w,n,e`, `circ:lat,lon,km`, `frame:box/box`, `track:lat,lon@+12h;…/z=…`. */
import type { Box, Feature, LatLon, TrackVertex } from './state.js';

/** Longest text of a shape in a link. */
const MAX_TEXT = 2000;
const MAX_VERTICES = 500;

const tidy = (value: number, digits: number): string => String(Number(value.toFixed(digits)) + 0);
const place = ([lat, lon]: LatLon): string => `${tidy(lat, 4)},${tidy(lon, 4)}`;
const boxText = (box: Box): string => box.map((value) => tidy(value, 4)).join(',');
const vertexText = ({ at, hours }: TrackVertex): string => `${place(at)}@+${tidy(hours, 2)}h`;

/** Undefined when the shape is too long for a link. */
export function printFeature(feature: Feature): string | undefined {
  const text = `${feature.kind}:${printBody(feature)}`;
  return text.length > MAX_TEXT ? undefined : text;
}

function printBody(feature: Feature): string {
  switch (feature.kind) {
    case 'pt':
      return place(feature.at);
    case 'poly':
      return feature.ring.map(place).join(';');
    case 'box':
      return boxText(feature.box);
    case 'circ':
      return `${place(feature.at)},${tidy(feature.km, 1)}`;
    case 'frame':
      return `${boxText(feature.outer)}/${boxText(feature.inner)}`;
    case 'track': {
      const levels = feature.levels.length === 0 ? '' : `/z=${feature.levels.join(',')}`;
      return feature.vertices.map(vertexText).join(';') + levels;
    }
  }
}

/** Undefined for text that is no shape. */
export function parseFeature(text: string): Feature | undefined {
  const colon = text.indexOf(':');
  if (colon < 0 || text.length > MAX_TEXT) return undefined;
  const body = text.slice(colon + 1);
  switch (text.slice(0, colon)) {
    case 'pt': {
      const at = parsePlace(body);
      return at && { kind: 'pt', at };
    }
    case 'poly': {
      const ring = parseAll(body.split(';'), parsePlace);
      return ring !== undefined && ring.length >= 3 ? { kind: 'poly', ring } : undefined;
    }
    case 'box': {
      const box = parseBox(body);
      return box && { kind: 'box', box };
    }
    case 'circ':
      return parseCircle(body);
    case 'frame': {
      const [outer, inner] = parseAll(body.split('/'), parseBox) ?? [];
      return outer !== undefined && inner !== undefined ? { kind: 'frame', outer, inner } : undefined;
    }
    case 'track':
      return parseTrack(body);
    default:
      return undefined;
  }
}

function parseAll<T>(parts: readonly string[], parse: (text: string) => T | undefined): T[] | undefined {
  if (parts.length > MAX_VERTICES) return undefined;
  const all: T[] = [];
  for (const part of parts) {
    const one = parse(part);
    if (one === undefined) return undefined;
    all.push(one);
  }
  return all;
}

function parseNumbers(text: string, count: number): readonly number[] | undefined {
  const words = text.split(',');
  if (words.length !== count) return undefined;
  const numbers = words.map((word) => (/^-?\d{1,6}(\.\d{1,8})?$/.test(word.trim()) ? Number(word) : Number.NaN));
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

const isLat = (value: number): boolean => Math.abs(value) <= 90;
const isLon = (value: number): boolean => Math.abs(value) <= 360;

function parsePlace(text: string): LatLon | undefined {
  const numbers = parseNumbers(text, 2);
  if (numbers === undefined || !isLat(numbers[0]!) || !isLon(numbers[1]!)) return undefined;
  return [numbers[0]!, numbers[1]!];
}

function parseBox(text: string): Box | undefined {
  const numbers = parseNumbers(text, 4);
  if (numbers === undefined) return undefined;
  const [s, w, n, e] = numbers as [number, number, number, number];
  return isLat(s) && isLat(n) && isLon(w) && isLon(e) && s < n ? [s, w, n, e] : undefined;
}

function parseCircle(text: string): Feature | undefined {
  const numbers = parseNumbers(text, 3);
  if (numbers === undefined) return undefined;
  const [lat, lon, km] = numbers as [number, number, number];
  return isLat(lat) && isLon(lon) && km > 0 && km <= 20_000 ? { kind: 'circ', at: [lat, lon], km } : undefined;
}

function parseVertex(text: string): TrackVertex | undefined {
  const found = /^([^@]+)@\+(\d{1,4}(?:\.\d{1,2})?)h$/.exec(text);
  const at = found === null ? undefined : parsePlace(found[1]!);
  return at && { at, hours: Number(found![2]) };
}

function parseTrack(text: string): Feature | undefined {
  const [path = '', tail] = text.split('/', 2);
  const vertices = parseAll(path.split(';'), parseVertex);
  if (vertices === undefined || vertices.length < 2) return undefined;
  if (tail === undefined) return { kind: 'track', vertices, levels: [] };
  if (!tail.startsWith('z=')) return undefined;
  const levels = parseNumbers(tail.slice(2), tail.split(',').length);
  return levels && { kind: 'track', vertices, levels };
}
