/** Tables of columns as CSV (RFC 4180, UTF-8, LF): a header, ISO times, floats as the shortest text that restores them, nulls empty. */
import { isoTime, shortestFloat32, TextBuffer } from './float-text.js';
import { type TableColumn, validity } from './table-column.js';

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

type Cell = (row: number) => string;

const float32Text = (value: number): string =>
  Number.isFinite(value) ? shortestFloat32(value) : Number.isNaN(value) ? '' : value > 0 ? 'inf' : '-inf';

function cellOf(column: TableColumn): Cell {
  switch (column.type) {
    case 'float32':
      return (row) => float32Text(column.values[row]!);
    case 'timestamp':
      return (row) => isoTime(column.values[row]!);
    case 'bool':
      return (row) => (column.values[row] === 0 ? 'false' : 'true');
    case 'text': {
      const texts = column.texts.map(quoted);
      return (row) => texts[column.values[row]!]!;
    }
    case 'binary':
      return (row) => Buffer.from(column.values[row]!).toString('hex');
    default:
      return (row) => String(column.values[row]);
  }
}

export function csvHeader(columns: readonly TableColumn[]): Uint8Array {
  return new TextEncoder().encode(`${columns.map(({ name }) => quoted(name)).join(',')}\n`);
}

/** Rows of a table, without the header. */
export function csvRows(columns: readonly TableColumn[]): Uint8Array {
  const buffer = new TextBuffer();
  const encoder = new TextEncoder();
  const cells = columns.map((column) => ({ cell: cellOf(column), valid: validity(column) }));
  const count = columns[0]?.values.length ?? 0;
  for (let row = 0; row < count; row++) {
    const line = cells.map(({ cell, valid }) => (valid !== undefined && valid[row] === 0 ? '' : cell(row))).join(',');
    buffer.bytes(encoder.encode(`${line}\n`));
  }
  return buffer.take();
}
