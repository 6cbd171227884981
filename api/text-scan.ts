/**
 * One linear look at a request text before any parser sees it: how deep it nests, and whether it is UTF-8 at all. Parsers
 * recurse and some end the process on deep input, so depth is bounded here, where nothing recurses.
 */
import { FeatureError } from '../schemas/problem.js';

/** Bytes as text. Throws FeatureError bad_request where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FeatureError('bad_request', 'The body is not valid UTF-8; send the request as UTF-8 text.', {
      cause: error,
    });
  }
}

/**
 * Refuses a text that nests deeper than `depth`. It may count too much inside quoted text; a list that stands at the
 * indent of its key is counted with the key, so block YAML is bounded at twice the depth here and exactly by its parser.
 */
export function refuseDeepText(text: string, depth: number): void {
  if (flowDepth(text) > depth || blockDepth(text) > depth) {
    throw new FeatureError('bad_request', `The body nests deeper than ${depth} levels; flatten the request.`);
  }
}

/** Largest number of brackets open at once. Brackets in quoted text count only until the quote ends. */
function flowDepth(text: string): number {
  let open = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x5b || char === 0x7b) {
      open++;
      if (open > deepest) deepest = open;
    } else if ((char === 0x5d || char === 0x7d) && open > 0) {
      open--;
    }
  }
  return deepest;
}

/** Largest number of block collections of YAML open at once: indents that grow, and dashes in a row (`- - - a`). */
function blockDepth(text: string): number {
  const indents: number[] = [];
  let deepest = 0;
  let at = 0;
  while (at < text.length) {
    let column = 0;
    let first = true;
    for (;;) {
      while (text.charCodeAt(at) === 0x20) {
        at++;
        column++;
      }
      if (first) while (indents.length > 0 && indents[indents.length - 1]! > column) indents.pop();
      if (indents[indents.length - 1] !== column) indents.push(column);
      if (indents.length > deepest) deepest = indents.length;
      first = false;
      const char = text.charCodeAt(at);
      const next = text.charCodeAt(at + 1);
      if ((char !== 0x2d && char !== 0x3f && char !== 0x3a) || next !== 0x20) break;
      at++;
      column++;
    }
    const end = text.indexOf('\n', at);
    at = end < 0 ? text.length : end + 1;
  }
  return deepest;
}
