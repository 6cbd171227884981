/** Well-known text of the geometries that queries take: points, lines with levels and times, polygons with holes. */
import { FeatureError } from '../../schemas/problem.js';

export interface Vertex {
  readonly lon: number;
  readonly lat: number;
  /** in the unit of the collection's levels */
  readonly z?: number;
  /** seconds since 1970 */
  readonly m?: number;
}

export type Geometry =
  | { readonly type: 'points'; readonly points: readonly Vertex[]; readonly multi: boolean }
  | { readonly type: 'lines'; readonly lines: readonly (readonly Vertex[])[] }
  /** polygons of rings: the first of each is the outer one */
  | { readonly type: 'polygons'; readonly polygons: readonly (readonly (readonly Vertex[])[])[] };

/** What a query may be given. */
export type GeometryKind = Geometry['type'];

const EXAMPLES: Readonly<Record<GeometryKind, string>> = {
  points: 'POINT(-73.6 45.5)',
  lines: 'LINESTRING(-73.6 45.5,-71.2 46.8)',
  polygons: 'POLYGON((-75 45,-73 45,-73 46,-75 45))',
};

const NAMES: Readonly<Record<string, readonly [kind: GeometryKind, depth: number]>> = {
  POINT: ['points', 0],
  MULTIPOINT: ['points', 1],
  LINESTRING: ['lines', 1],
  MULTILINESTRING: ['lines', 2],
  POLYGON: ['polygons', 2],
  MULTIPOLYGON: ['polygons', 3],
};

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

function refuse(kind: GeometryKind, why: string): never {
  throw new FeatureError('bad_shape', `coords: ${why}; give WKT with the longitude first, such as ${EXAMPLES[kind]}.`);
}

/** Names of the coordinates behind longitude and latitude: '', 'Z', 'M' or 'ZM'. */
type Dimensions = '' | 'Z' | 'M' | 'ZM';

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(
    text: string,
    readonly kind: GeometryKind,
    readonly dimensions: Dimensions,
  ) {
    this.#tokens = text.match(/[(),]|[^\s(),]+/g) ?? [];
  }

  #take(): string | undefined {
    return this.#tokens[this.#at++];
  }

  #expect(token: string): void {
    const found = this.#take();
    if (found !== token)
      refuse(
        this.kind,
        `"${token}" is missing${found === undefined ? ' at the end' : ` before "${found.slice(0, 20)}"`}`,
      );
  }

  end(): void {
    const left = this.#take();
    if (left !== undefined) refuse(this.kind, `"${left.slice(0, 20)}" stands behind the geometry`);
  }

  /** `( item , item … )` */
  list<T>(item: () => T): T[] {
    this.#expect('(');
    const items = [item()];
    for (;;) {
      const next = this.#take();
      if (next === ')') return items;
      if (next !== ',')
        refuse(
          this.kind,
          next === undefined ? 'a ")" is missing at the end' : `"${next.slice(0, 20)}" is no separator`,
        );
      items.push(item());
    }
  }

  /** A vertex, in parentheses of its own where the writer put some (MULTIPOINT). */
  vertex = (): Vertex => {
    if (this.#tokens[this.#at] !== '(') return this.#vertex();
    this.#at++;
    const vertex = this.#vertex();
    this.#expect(')');
    return vertex;
  };

  #vertex(): Vertex {
    const numbers: number[] = [];
    while (/^[^(),]/.test(this.#tokens[this.#at] ?? '(')) {
      const token = this.#take()!;
      if (!NUMBER.test(token)) refuse(this.kind, `"${token.slice(0, 20)}" is not a number`);
      numbers.push(Number(token));
    }
    // three numbers without a letter are a longitude, a latitude and a level
    const dimensions = this.dimensions === '' && numbers.length === 3 ? 'Z' : this.dimensions;
    if (numbers.length !== 2 + dimensions.length) {
      const wanted = [
        'longitude',
        'latitude',
        ...(dimensions.includes('Z') ? ['level'] : []),
        ...(dimensions.includes('M') ? ['time'] : []),
      ];
      refuse(this.kind, `${numbers.length} numbers in a vertex, not ${wanted.join(', ')}`);
    }
    const [lon, lat] = numbers as [number, number];
    if (!(Math.abs(lat) <= 90)) refuse(this.kind, `latitude ${lat} is not within -90 to 90`);
    if (!(Math.abs(lon) <= 720)) refuse(this.kind, `longitude ${lon} is not within -720 to 720`);
    return {
      lon,
      lat,
      ...(dimensions.includes('Z') ? { z: numbers[2]! } : {}),
      ...(dimensions.includes('M') ? { m: numbers.at(-1)! } : {}),
    };
  }
}

/** Reads a geometry of the given kind. Throws FeatureError `bad_shape` that quotes what is wrong. */
export function parseWkt<K extends GeometryKind>(text: string, wanted: K): Extract<Geometry, { type: K }> {
  const match = /^\s*([A-Z]+?)\s*(ZM|Z|M)?\s*(\(.*)$/is.exec(text);
  const [kind, depth] = NAMES[match?.[1]?.toUpperCase() ?? ''] ?? [undefined, 0];
  if (match === null || kind === undefined) refuse(wanted, `"${text.slice(0, 60)}" is not a geometry`);
  if (kind !== wanted) refuse(wanted, `a ${match[1]!.toUpperCase()} does not fit this query`);
  const reader = new Reader(match[3]!, wanted, (match[2]?.toUpperCase() ?? '') as Dimensions);
  const ring = (): Vertex[] => reader.list(reader.vertex);
  const geometry = ((): Geometry => {
    if (kind === 'points') return { type: kind, points: ring(), multi: depth === 1 };
    if (kind === 'lines') return { type: kind, lines: depth === 1 ? [ring()] : reader.list(ring) };
    const polygon = (): Vertex[][] => reader.list(ring);
    return { type: kind, polygons: depth === 2 ? [polygon()] : reader.list(polygon) };
  })();
  reader.end();
  if (geometry.type === 'points' && depth === 0 && geometry.points.length > 1) refuse(wanted, 'a POINT has one vertex');
  return geometry as Extract<Geometry, { type: K }>;
}
