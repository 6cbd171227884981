/**
 * CoverageJSON of EDR and Coverages: one `Coverage`, or a `CoverageCollection` of several. Axes x (longitude), y, z, t; units in
 * UCUM; values as the shortest decimals of float32, or of float64 where the records hold more.
 */
import { ucumOf, unitLabel } from '../schemas/params.js';
import type { Levtype, ParamRef } from '../schemas/vocabulary.js';
import { parameterOf } from './covjson-head.js';
import { isoTime, TextBuffer, wrapLongitude } from './float-text.js';
import { type OgcAnswer, type OgcCoverage, type OgcDomain, type OgcRange, rangeAxes } from './ogc-coverage.js';

const UCUM = 'http://www.opengis.net/def/uom/UCUM/';
const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';

/** Vertical axis by level type: name, direction, unit. */
const VERTICAL: Readonly<Partial<Record<Levtype, readonly [name: string, direction: 'up' | 'down', unit: string]>>> = {
  pl: ['Pressure', 'down', 'hPa'],
  ml: ['Model level', 'down', '1'],
  hl: ['Height above ground', 'up', 'm'],
  pt: ['Potential temperature', 'up', 'K'],
  o2d: ['Depth', 'down', 'm'],
};

function parameters(params: readonly ParamRef[]): Record<string, unknown> {
  const unit = (param: ParamRef) => ({
    label: { en: unitLabel(param.unit) },
    symbol: { value: ucumOf(param.unit), type: UCUM },
  });
  return Object.fromEntries(params.map((param) => [param.name, { ...parameterOf(param), unit: unit(param) }]));
}

function referencing(levtype: Levtype | null, domain: OgcDomain): object[] {
  const hasLevels = domain.z !== undefined || domain.composite?.z !== undefined;
  const hasTimes = domain.t !== undefined || domain.composite?.t !== undefined;
  const [name, direction, symbol] = VERTICAL[levtype ?? 'sfc'] ?? ['Level', 'up', '1'];
  const cs = { csAxes: [{ name: { en: name }, direction, unit: { symbol } }] };
  return [
    { coordinates: ['x', 'y'], system: { type: 'GeographicCRS', id: CRS84 } },
    ...(hasLevels ? [{ coordinates: ['z'], system: { type: 'VerticalCRS', cs } }] : []),
    ...(hasTimes ? [{ coordinates: ['t'], system: { type: 'TemporalRS', calendar: 'Gregorian' } }] : []),
  ];
}

/** JSON text in ASCII, whatever a description holds. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

class Writer {
  readonly #buffer = new TextBuffer();
  readonly #text = new TextEncoder();

  json(value: unknown): void {
    this.#buffer.bytes(this.#text.encode(JSON.stringify(value)));
  }

  ascii(text: string): void {
    this.#buffer.ascii(text);
  }

  #degrees(name: 'x' | 'y', values: Float64Array): void {
    this.ascii(`"${name}":{"values":[`);
    // a box across the date line keeps its columns in one direction
    const wraps = name === 'x' && values.length === 1;
    for (let n = 0; n < values.length; n++) {
      if (n > 0) this.ascii(',');
      this.#buffer.degrees(wraps ? wrapLongitude(values[n]!) : values[n]!);
    }
    this.ascii(']}');
  }

  #composite({ composite }: OgcDomain): void {
    const { x, y, z, t } = composite!;
    const names = [...(t === undefined ? [] : ['t']), 'x', 'y', ...(z === undefined ? [] : ['z'])];
    this.ascii(`"composite":{"dataType":"tuple","coordinates":${JSON.stringify(names)},"values":[`);
    for (let n = 0; n < x.length; n++) {
      this.ascii(n > 0 ? ',[' : '[');
      if (t !== undefined) this.ascii(`"${isoTime(t[n]!)}",`);
      this.#buffer.degrees(wrapLongitude(x[n]!));
      this.ascii(',');
      this.#buffer.degrees(y[n]!);
      this.ascii(z === undefined ? ']' : `,${z[n]!}]`);
    }
    this.ascii(']}');
  }

  #axes(domain: OgcDomain): void {
    const { x, y, z, t, composite } = domain;
    const parts: (() => void)[] = [];
    if (x !== undefined) parts.push(() => this.#degrees('x', x));
    if (y !== undefined) parts.push(() => this.#degrees('y', y));
    if (z !== undefined) parts.push(() => this.ascii(`"z":{"values":${JSON.stringify(Array.from(z))}}`));
    if (t !== undefined) parts.push(() => this.ascii(`"t":{"values":${JSON.stringify(Array.from(t, isoTime))}}`));
    if (composite !== undefined) parts.push(() => this.#composite(domain));
    for (const [n, part] of parts.entries()) {
      if (n > 0) this.ascii(',');
      part();
    }
  }

  #values({ values: single, exact }: OgcRange, integer: boolean): void {
    const values = exact ?? single;
    for (let v = 0; v < values.length; v++) {
      if (v > 0) this.ascii(',');
      const value = values[v]!;
      if (integer) this.ascii(Number.isFinite(value) ? String(value) : 'null');
      else if (exact === undefined) this.#buffer.float32(value);
      else this.#buffer.float64(value);
    }
  }

  /** Members of a coverage; `shared` are those that a single coverage carries itself. */
  coverage(coverage: OgcCoverage, answer: OgcAnswer, shared: string): void {
    const { domain, metadata, ranges } = coverage;
    const references = JSON.stringify(referencing(answer.levtype, domain));
    this.ascii(`{"type":"Coverage",${shared}"mars:metadata":`);
    this.json(metadata);
    this.ascii(`,"domain":{"type":"Domain","domainType":"${domain.type}","axes":{`);
    this.#axes(domain);
    this.ascii(`},"referencing":${references}},"ranges":{`);
    const { names, shape } = rangeAxes(domain);
    const layout = `"axisNames":${JSON.stringify(names)},"shape":${JSON.stringify(shape)}`;
    for (const [n, range] of ranges.entries()) {
      const { param } = range;
      const integer = answer.integers.has(param.name);
      if (n > 0) this.ascii(',');
      this.json(param.name);
      this.ascii(`:{"type":"NdArray","dataType":"${integer ? 'integer' : 'float'}",${layout},"values":[`);
      this.#values(range, integer);
      this.ascii(']}');
    }
    this.ascii('}}');
  }

  take(): Uint8Array {
    return this.#buffer.take();
  }
}

/** The document: a `Coverage` when there is one, else a `CoverageCollection`. Throws for an answer without coverages. */
export function writeOgcCovjson(answer: OgcAnswer): Uint8Array {
  const [first] = answer.coverages;
  if (first === undefined) throw new Error('CoverageJSON of no coverage');
  const writer = new Writer();
  const known = parameters(answer.params);
  if (answer.coverages.length === 1) {
    writer.coverage(first, answer, `"parameters":${asciiJson(known)},`);
    return writer.take();
  }
  const types = new Set(answer.coverages.map(({ domain }) => domain.type));
  const head = {
    ...(types.size === 1 ? { domainType: first.domain.type } : {}),
    parameters: known,
    referencing: referencing(answer.levtype, first.domain),
  };
  return collectionText(writer, answer, head);
}

function collectionText(writer: Writer, answer: OgcAnswer, head: object): Uint8Array {
  writer.ascii('{"type":"CoverageCollection",');
  for (const [name, value] of Object.entries(head)) {
    writer.ascii(`"${name}":`);
    writer.json(value);
    writer.ascii(',');
  }
  writer.ascii('"coverages":[');
  for (const [n, coverage] of answer.coverages.entries()) {
    if (n > 0) writer.ascii(',');
    writer.coverage(coverage, answer, '');
  }
  writer.ascii(']}');
  return writer.take();
}
