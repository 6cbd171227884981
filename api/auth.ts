/**
 * Who calls. Without keys every caller on loopback is the one user `anonymous`, whatever it sends; with keys, or where
 * anonymity is switched off, every route but the public ones answers 401 to credentials that are missing, unknown,
 * malformed or past their date. Many failures from one address are delayed, never answered differently.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Config } from '../schemas/config.js';
import { ANONYMOUS, type JobRecord, type User, userId } from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';
import { type Credential, readAuthorization } from './auth-header.js';
import type { CollectionAccess } from './context.js';
import { type TokenReader, tokenReader } from './jwt.js';
import { KeyRing } from './key-ring.js';

/** Failures a minute from one address before answers are delayed. */
const FREE_FAILURES = 10;
const DELAY_MS = 700;
const MAX_DELAYED = 500;

/** The one rule of visibility: requests are seen by their owner only. */
export function canSee(user: User, record: JobRecord): boolean {
  return record.job.user === userId(user);
}

export function canUse(user: User, collection: CollectionAccess): boolean {
  return collection.roles.length === 0 || collection.roles.some((role) => user.roles.includes(role));
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return plain === '::1' || /^127\.[0-9.]+$/.test(plain);
}

/** Sets the caller of a request, or refuses it. */
export class Authenticator {
  readonly #config: Config['auth'];
  readonly #ring: KeyRing;
  readonly #tokens: TokenReader | undefined;
  readonly #now: () => number;
  readonly #failures = new RateLimiterMemory({ points: FREE_FAILURES, duration: 60 });
  #delayed = 0;

  constructor(config: Config['auth'], now: () => number) {
    this.#config = config;
    this.#ring = new KeyRing(config.keys);
    this.#tokens = config.jwt === undefined ? undefined : tokenReader(config.jwt);
    this.#now = now;
  }

  handler(): RequestHandler {
    return async (req, res, next) => {
      const user = await this.identify(req);
      if (user === undefined) {
        await this.#slowDown(req.ip ?? '');
        throw new FeatureError(
          'unauthorized',
          'Credentials are missing or not accepted; send a valid key as "Authorization: Bearer KEY".',
        );
      }
      res.locals['user'] = user;
      next();
    };
  }

  /** The caller, or undefined when the credentials are not accepted. */
  async identify(req: Pick<Request, 'headers' | 'ip'>): Promise<User | undefined> {
    const { anonymous } = this.#config;
    const isOpen = this.#ring.isEmpty && this.#tokens === undefined && anonymous !== false;
    if (isOpen) return anonymous === true || isLoopback(req.ip) ? ANONYMOUS : undefined;
    const header = req.headers.authorization;
    if (header === undefined || header === '') return anonymous === true ? ANONYMOUS : undefined;
    for (const credential of readAuthorization(header)) {
      const user = this.#ring.find(credential, this.#now())?.user ?? (await this.#ofToken(credential));
      if (user !== undefined) return user;
    }
    return undefined;
  }

  async #ofToken(credential: Credential): Promise<User | undefined> {
    if (this.#tokens === undefined || credential.scheme !== 'bearer') return undefined;
    const token = credential.token.toString('latin1');
    return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? this.#tokens(token, this.#now()) : undefined;
  }

  async #slowDown(address: string): Promise<void> {
    try {
      await this.#failures.consume(address);
    } catch {
      if (this.#delayed >= MAX_DELAYED) return;
      this.#delayed++;
      await delay(DELAY_MS);
      this.#delayed--;
    }
  }
}
