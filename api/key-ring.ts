/** The API keys of the configuration. Only their SHA-256 is known; the comparison takes the same time for every key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../schemas/config.js';
import type { User } from '../schemas/job.js';
import type { Credential } from './auth-header.js';

interface HeldKey {
  readonly hash: Buffer;
  readonly user: User;
  readonly label: string;
  /** ms since the epoch */
  readonly expiresAt: number;
}

export interface KnownCaller {
  readonly user: User;
  /** label of the key, for the log */
  readonly keyId: string;
}

export class KeyRing {
  readonly #keys: readonly HeldKey[];

  constructor(keys: readonly ApiKey[]) {
    this.#keys = keys.map((key) => ({
      hash: Buffer.from(key.sha256, 'hex'),
      label: key.id,
      expiresAt: key.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(key.expires),
      user: {
        realm: key.realm,
        name: key.user,
        roles: key.roles,
        ...(key.email === undefined ? {} : { email: key.email }),
      },
    }));
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  /** The caller whom a credential stands for at the instant `now`; undefined when it stands for nobody. */
  find(credential: Credential, now: number): KnownCaller | undefined {
    const held = this.#byHash(createHash('sha256').update(secretOf(credential)).digest());
    if (held === undefined || held.expiresAt <= now) return undefined;
    const { user } = held;
    if (credential.scheme === 'emailkey' && user.email !== undefined && credential.email !== user.email) {
      return undefined;
    }
    if (credential.scheme === 'basic' && credential.user !== user.name && credential.user !== user.email) {
      return undefined;
    }
    return { user, keyId: held.label };
  }

  #byHash(hash: Buffer): HeldKey | undefined {
    let found: HeldKey | undefined;
    for (const key of this.#keys) if (timingSafeEqual(key.hash, hash)) found = key;
    return found;
  }
}

function secretOf(credential: Credential): Buffer {
  if (credential.scheme === 'bearer') return credential.token;
  return credential.scheme === 'emailkey' ? credential.key : credential.password;
}
