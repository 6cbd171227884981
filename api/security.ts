/** Headers that every answer carries, and CORS as configured. Pages set a policy of their own over the closed one here. */
import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../schemas/config.js';

/** Headers of ours that scripts of other origins may read. */
const EXPOSED = [
  'Location',
  'ETag',
  'Link',
  'Retry-After',
  'Accept-Ranges',
  'Content-Range',
  'Content-Disposition',
  'X-Request-Id',
  'X-Error-Code',
  'X-Bits-Pending-Status',
];

/** Policy of the pages that this service brings along; nothing comes from elsewhere. */
export const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export function securityHeaders(config: Config['http']): RequestHandler[] {
  const isTls = config.publicUrl?.startsWith('https:') === true;
  const closed = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    strictTransportSecurity: isTls,
    crossOriginResourcePolicy: { policy: config.cors.length === 0 ? 'same-origin' : 'cross-origin' },
    crossOriginOpenerPolicy: false,
  });
  const control: RequestHandler = (_req, res, next) => {
    res.setHeader('Cache-Control', 'no-cache, no-store');
    res.setHeader('X-XSS-Protection', '1; mode=block');
    next();
  };
  return [closed, control, ...crossOrigin(config.cors)];
}

/** No CORS by default; a list of origins with credentials, or `*` without. */
function crossOrigin(origins: readonly string[]): RequestHandler[] {
  if (origins.length === 0) return [];
  const isAny = origins.includes('*');
  return [
    cors({
      origin: isAny ? '*' : [...origins],
      credentials: !isAny,
      methods: ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'],
      exposedHeaders: EXPOSED,
      maxAge: 600,
    }),
  ];
}
