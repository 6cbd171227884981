/** The Range header (RFC 9110, 14): one range of bytes is served; anything that is not understood means the whole. */

export type RangeChoice =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly length: number }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: RangeChoice = { kind: 'whole' };
const ONE_RANGE = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/;

/** What a Range header asks of `size` bytes. Several ranges are answered with the whole, as the RFC allows. */
export function chooseRange(header: string | undefined, size: number): RangeChoice {
  const match = header === undefined ? null : ONE_RANGE.exec(header.trim());
  if (match === null) return WHOLE;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first === '') {
    if (last === '') return WHOLE;
    const length = Math.min(Number(last), size);
    return length === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', start: size - length, length };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return WHOLE;
  if (start >= size) return { kind: 'unsatisfiable' };
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return { kind: 'part', start, length: end - start + 1 };
}

/** Whether a list of entity tags (If-None-Match, If-Match) names this one; `*` names all, weak tags count when asked to. */
export function matchesEtag(header: string | undefined, etag: string, isWeakFine = true): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header
    .split(',', 100)
    .map((tag) => tag.trim())
    .some((tag) => tag === etag || (isWeakFine && tag === `W/${etag}`));
}
