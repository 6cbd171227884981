/**
 * The Authorization header as the clients of Polytope build it: `EmailKey MAIL:KEY`, `Bearer KEY`, `Basic b64(USER:PASSWORD)`,
 * or several of them in one value, separated by commas. Reading it judges nothing.
 */

export type Credential =
  | { readonly scheme: 'bearer'; readonly token: Buffer }
  | { readonly scheme: 'emailkey'; readonly email: string; readonly key: Buffer }
  | { readonly scheme: 'basic'; readonly user: string; readonly password: Buffer };

/** A comma counts as a separator only before a scheme that is known: keys may contain anything. */
const SEPARATOR = /, ?(?=(?:bearer|basic|emailkey) )/i;
const MAX_CREDENTIALS = 4;

/** The credentials in the order given; what is malformed is left out. `header` is Latin-1, as node gives it. */
export function readAuthorization(header: string): readonly Credential[] {
  const found: Credential[] = [];
  for (const part of header.split(SEPARATOR, MAX_CREDENTIALS)) {
    const blank = part.indexOf(' ');
    if (blank < 0) continue;
    const credential = readOne(part.slice(0, blank).toLowerCase(), part.slice(blank + 1).trim());
    if (credential !== undefined) found.push(credential);
  }
  return found;
}

function readOne(scheme: string, value: string): Credential | undefined {
  // Bytes as they came over the wire: keys are hashed as UTF-8.
  const bytes = Buffer.from(value, 'latin1');
  if (value === '') return undefined;
  if (scheme === 'bearer') return { scheme, token: bytes };
  if (scheme === 'emailkey') {
    const colon = bytes.indexOf(0x3a);
    if (colon < 0) return undefined;
    return { scheme, email: bytes.toString('utf8', 0, colon), key: bytes.subarray(colon + 1) };
  }
  if (scheme === 'basic') {
    const plain = Buffer.from(value, 'base64');
    const colon = plain.indexOf(0x3a);
    if (colon < 0) return undefined;
    return { scheme, user: plain.toString('utf8', 0, colon), password: plain.subarray(colon + 1) };
  }
  return undefined;
}
