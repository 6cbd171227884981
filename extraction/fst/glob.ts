/** Globs over texts: `*` any characters, `?` one, `[a-c]` or `[!a-c]` one of a class, `\` takes the next character as it is. */

const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

function literal(text: string): string {
  return text.replace(SPECIAL, '\\$&');
}

/** The class that begins at `[`, as the source of an expression, and where it ends; undefined when it is not closed. */
function classAt(pattern: string, at: number): { readonly source: string; readonly end: number } | undefined {
  const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  const first = at + (negated ? 2 : 1);
  // a bracket that comes first belongs to the class
  const end = pattern.indexOf(']', first + 1);
  if (end < 0) return undefined;
  const members = pattern.slice(first, end).replace(/[\\\]^[]/g, '\\$&');
  return { source: `[${negated ? '^' : ''}${members}]`, end };
}

/** Whether a text holds a character that a glob gives a meaning to. */
export function isGlob(text: string): boolean {
  return /[*?[\]\\]/.test(text);
}

/** Source of an expression for a glob; `any` is what `*` stands for, `one` what `?` stands for. */
export function globSource(pattern: string, any: string, one: string): string {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]!;
    const found = letter === '[' ? classAt(pattern, at) : undefined;
    if (found !== undefined) {
      source += found.source;
      at = found.end;
    } else if (letter === '*') {
      while (pattern[at + 1] === '*') at++;
      source += any;
    } else if (letter === '?') source += one;
    else if (letter === '\\' && at + 1 < pattern.length) source += literal(pattern[++at]!);
    else source += literal(letter);
  }
  return source;
}

/** A test for whole texts, case kept. A class that cannot be (`[z-a]`) is taken for its letters. */
export function globTest(pattern: string): (text: string) => boolean {
  if (!isGlob(pattern)) return (text) => text === pattern;
  let expression: RegExp;
  try {
    expression = new RegExp(`^${globSource(pattern, '.*', '.')}$`, 's');
  } catch {
    return (text) => text === pattern;
  }
  return (text) => expression.test(text);
}
