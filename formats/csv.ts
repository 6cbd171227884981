/**
 * CSV of coverages: one table, a row a place, time, level and member; no lines before the header. Empty cells are missing
 * values. With `comments` a few `#` lines about the answer come first.
 */
import { ucumOf } from '../schemas/params.js';
import { isoTime, shortestFloat32, TextBuffer, wrapLongitude } from './float-text.js';
import { type OgcAnswer, type OgcCoverage, placesOf } from './ogc-coverage.js';

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Columns beside the coordinates: members only where there are several coverages of one place. */
function hasMembers(answer: OgcAnswer): boolean {
  return new Set(answer.coverages.map(({ metadata }) => metadata['number'])).size > 1;
}

export function writeCsv(answer: OgcAnswer, comments: readonly string[] = []): Uint8Array {
  const buffer = new TextBuffer();
  const encoder = new TextEncoder();
  const withMembers = hasMembers(answer);
  const withLevels = answer.coverages.some(({ domain }) => domain.z !== undefined || domain.composite?.z !== undefined);
  for (const line of comments) buffer.bytes(encoder.encode(`# ${line.replace(/[\r\n]+/g, ' ')}\n`));
  const names = answer.params.map(({ name, unit }) => quoted(`${name} [${ucumOf(unit)}]`));
  const head = ['x', 'y', ...(withLevels ? ['z'] : []), 't', ...(withMembers ? ['number'] : []), ...names];
  buffer.bytes(encoder.encode(`${head.join(',')}\n`));
  for (const coverage of answer.coverages) writeRows(buffer, answer, coverage, { withLevels, withMembers });
  return buffer.take();
}

function writeRows(
  buffer: TextBuffer,
  answer: OgcAnswer,
  coverage: OgcCoverage,
  columns: { readonly withLevels: boolean; readonly withMembers: boolean },
): void {
  const ranges = answer.params.map(({ name }) => coverage.ranges.find(({ param }) => param.name === name)?.values);
  const integer = answer.params.map(({ name }) => answer.integers.has(name));
  const member = columns.withMembers ? `,${coverage.metadata['number'] ?? ''}` : '';
  for (const { x, y, z, t, index } of placesOf(coverage)) {
    buffer.degrees(wrapLongitude(x));
    buffer.ascii(',');
    buffer.degrees(y);
    if (columns.withLevels) buffer.ascii(Number.isNaN(z) ? ',' : `,${z}`);
    buffer.ascii(`,${Number.isNaN(t) ? '' : isoTime(t)}${member}`);
    for (const [n, values] of ranges.entries()) {
      const value = values?.[index] ?? Number.NaN;
      buffer.ascii(Number.isFinite(value) ? `,${integer[n] === true ? value : shortestFloat32(value)}` : ',');
    }
    buffer.ascii('\n');
  }
}
