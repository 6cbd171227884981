/**
 * Bearer tokens of an OpenID provider: fixed algorithms, issuer and audience, at most a minute of skew. The key set comes
 * from the configured address only, and is cached.
 */
import type { JWTPayload } from 'jose';
import type { Config } from '../schemas/config.js';
import type { User } from '../schemas/job.js';
import { FeatureError } from '../schemas/problem.js';

type JwtConfig = NonNullable<Config['auth']['jwt']>;

/** Gives the user of a token; undefined when it is not good. Throws `overloaded` when the provider does not answer. */
export type TokenReader = (token: string, now: number) => Promise<User | undefined>;

const SKEW_SECONDS = 60;
const CACHE_MS = 600_000;
const CACHE_TIMEOUT_MS = 3000;

/** Errors of jose that say "could not fetch", not "not good". */
const UNREACHABLE: ReadonlySet<string> = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC']);

export function tokenReader(config: JwtConfig): TokenReader {
  let prepared: Promise<(token: string, now: number) => Promise<JWTPayload>> | undefined;
  const prepare = async () => {
    const { createRemoteJWKSet, jwtVerify } = await import('jose');
    const keys = createRemoteJWKSet(new URL(config.keysUrl), {
      cacheMaxAge: CACHE_MS,
      timeoutDuration: CACHE_TIMEOUT_MS,
    });
    return async (token: string, now: number) => {
      const { payload } = await jwtVerify(token, keys, {
        issuer: config.issuer,
        audience: config.audience,
        algorithms: [...config.algorithms],
        clockTolerance: SKEW_SECONDS,
        requiredClaims: ['exp', config.userClaim],
        currentDate: new Date(now),
      });
      return payload;
    };
  };
  return async (token, now) => {
    prepared ??= prepare();
    try {
      return userOf(await (await prepared)(token, now), config);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (typeof code === 'string' && !UNREACHABLE.has(code)) return undefined;
      throw new FeatureError('overloaded', 'The identity provider does not answer; try again in a few seconds.', {
        cause: error,
      });
    }
  };
}

function userOf(payload: JWTPayload, config: JwtConfig): User | undefined {
  const name = payload[config.userClaim];
  if (typeof name !== 'string' || name === '' || name.length > 200) return undefined;
  const roles = payload[config.rolesClaim];
  const email = payload['email'];
  return {
    realm: config.realm,
    name,
    roles: Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string') : [],
    ...(typeof email === 'string' ? { email } : {}),
  };
}
