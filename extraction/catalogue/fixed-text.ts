/** Columns of fixed-width blank-padded ASCII (nomvar, typvar, etiket, grtyp): reading and numbering. */

/** Text of a row without its trailing blanks. */
export function textAt(column: Uint8Array, width: number, row: number): string {
  let end = (row + 1) * width;
  const start = end - width;
  while (end > start && column[end - 1]! <= 0x20) end--;
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(column[at]!);
  return text;
}

/** The four bytes of a nomvar as one number, first character lowest. */
export function nomvarCode(column: Uint8Array, row: number): number {
  const at = row * 4;
  return (column[at]! | (column[at + 1]! << 8) | (column[at + 2]! << 16) | (column[at + 3]! << 24)) >>> 0;
}

/** `nomvarCode` of a name. */
export function codeOfName(name: string): number {
  const padded = name.padEnd(4, ' ');
  return nomvarCode(
    Uint8Array.from(padded.slice(0, 4), (letter) => letter.charCodeAt(0) & 0xff),
    0,
  );
}

/** Name of a code, without trailing blanks. */
export function nameOfCode(code: number): string {
  return String.fromCharCode(code & 255, (code >>> 8) & 255, (code >>> 16) & 255, code >>> 24).trimEnd();
}

export interface Interned {
  /** number of each row's text */
  readonly ids: Uint32Array;
  readonly texts: readonly string[];
}

/** Numbers the distinct texts of a column in order of appearance. Neighbouring rows mostly repeat, so those are compared first. */
export function intern(column: Uint8Array, width: number, count: number): Interned {
  const ids = new Uint32Array(count);
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  for (let row = 0; row < count; row++) {
    if (row > 0 && sameText(column, width, row - 1, row)) {
      ids[row] = ids[row - 1]!;
      continue;
    }
    const text = textAt(column, width, row);
    let id = numbers.get(text);
    if (id === undefined) {
      id = texts.length;
      numbers.set(text, id);
      texts.push(text);
    }
    ids[row] = id;
  }
  return { ids, texts };
}

function sameText(column: Uint8Array, width: number, one: number, other: number): boolean {
  for (let at = 0; at < width; at++) if (column[one * width + at] !== column[other * width + at]) return false;
  return true;
}
