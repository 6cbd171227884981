/** One hostile request and what must come of it; and the seeded choices that the families are made with. */
import { seededRandom } from '../chaos/random.js';
import { SECRETS } from './served.js';
import { type RequestParts, requestBytes } from './wire.js';

export interface Hostile {
  readonly family: string;
  /** short words for a report */
  readonly name: string;
  readonly bytes: Buffer;
  readonly isHead: boolean;
  /** `refused`: a clear 4xx; `harmless`: anything but a fault of the server */
  readonly expect: 'refused' | 'harmless';
}

export const AUTHORIZED = { Authorization: `Bearer ${SECRETS.owner}` } as const;

export function hostile(
  family: string,
  name: string,
  parts: RequestParts,
  expect: Hostile['expect'] = 'refused',
): Hostile {
  const headers = { ...AUTHORIZED, ...parts.headers };
  return { family, name, bytes: requestBytes({ ...parts, headers }), isHead: parts.method === 'HEAD', expect };
}

/** Bytes given as they stand, without any help. */
export function rawHostile(
  family: string,
  name: string,
  text: string | Buffer,
  expect: Hostile['expect'] = 'refused',
): Hostile {
  return { family, name, bytes: Buffer.from(text as string, 'latin1'), isHead: false, expect };
}

export class Chooser {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  whole(below: number): number {
    return Math.floor(this.random() * below);
  }

  from<T>(list: readonly T[]): T {
    return list[this.whole(list.length)]!;
  }

  text(length: number, alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'): string {
    return Array.from({ length }, () => this.from([...alphabet])).join('');
  }
}
