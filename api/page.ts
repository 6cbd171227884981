/**
 * The page at `/`: the files that `npm run build:web` leaves in dist/web. Names under assets/ hold a hash of their content
 * and never change; the document itself is asked for again each time. Public: a key is asked for by what the page calls.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import { type RequestHandler, type Response, Router } from 'express';
import { FeatureError } from '../schemas/problem.js';
import type { ApiDeps } from './context.js';
import { errorHandler, methodNotAllowed } from './errors.js';

const gzip = promisify(gzipWithCallback);

/** Policy of the page: everything from here, no styles in attributes, no frames around it. */
export const APP_POLICY = [
  "default-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const PACKED = new Set(['.html', '.js', '.css', '.json', '.svg']);
const ASSET = /^\/assets\/[A-Za-z0-9_.-]+$/;

interface PageFile {
  readonly bytes: Buffer;
  readonly packed: Buffer | undefined;
  readonly type: string;
  readonly etag: string;
}

/** Reads files of the built page. Those with a hash in their name are read and packed once, the document each time. */
class PageFiles {
  readonly #known = new Map<string, Promise<PageFile | undefined>>();
  constructor(readonly folder: URL) {}

  get(name: string): Promise<PageFile | undefined> {
    if (name === 'index.html') return this.#read(name);
    const known = this.#known.get(name) ?? this.#read(name);
    this.#known.set(name, known);
    // what is not there now may be built later
    void known.then((file) => file ?? this.#known.delete(name));
    return known;
  }

  async #read(name: string): Promise<PageFile | undefined> {
    const extension = extname(name);
    const type = TYPES[extension];
    if (type === undefined) return undefined;
    let bytes: Buffer;
    try {
      bytes = await readFile(fileURLToPath(new URL(name, this.folder)));
    } catch {
      return undefined;
    }
    const packed = PACKED.has(extension) ? await gzip(bytes, { level: 9 }) : undefined;
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    return { bytes, packed, type, etag };
  }
}

function send(res: Response, file: PageFile, encodings: string, cache: string, match: string | undefined): void {
  res.setHeader('Cache-Control', cache);
  res.setHeader('Content-Type', file.type);
  res.setHeader('ETag', file.etag);
  res.setHeader('Vary', 'Accept-Encoding');
  if (match === file.etag) {
    res.status(304).end();
    return;
  }
  const usesGzip = file.packed !== undefined && /\bgzip\b/.test(encodings);
  if (usesGzip) res.setHeader('Content-Encoding', 'gzip');
  const body = usesGzip ? file.packed! : file.bytes;
  res.setHeader('Content-Length', body.length);
  res.end(res.req.method === 'HEAD' ? undefined : body);
}

/** Shown at `/` when the page itself was not built. */
const UNBUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Polyfst</title></head><body><main>
<h1>Polyfst</h1><p>The page is not built. Run <code>npm run build:web</code>, then load this again.</p>
<p><a href="docs">API description</a></p></main></body></html>`;

/** Serves `/`, `/favicon.svg` and `/assets/…`; every other path is left to the routers behind it. */
export function page(deps: Pick<ApiDeps, 'logger'>, folder = new URL('../web/', import.meta.url)): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const files = new PageFiles(folder);
  const serve =
    (nameOf: (path: string) => string, cache: string): RequestHandler =>
    async (req, res) => {
      const file = await files.get(nameOf(req.path));
      if (file === undefined)
        throw new FeatureError('not_found', `"${req.path.slice(0, 80)}" is not a file of the page; load / again.`);
      send(res, file, req.get('Accept-Encoding') ?? '', cache, req.get('If-None-Match'));
    };
  router.get('/', async (req, res) => {
    res.setHeader('Content-Security-Policy', APP_POLICY);
    const file = await files.get('index.html');
    if (file === undefined) res.status(503).type('html').send(UNBUILT);
    else send(res, file, req.get('Accept-Encoding') ?? '', 'no-cache', req.get('If-None-Match'));
  });
  router.all('/', methodNotAllowed('GET', 'HEAD'));
  router.get(
    '/favicon.svg',
    serve(() => 'favicon.svg', 'public, max-age=3600'),
  );
  router.get(
    ASSET,
    serve((path) => path.slice(1), 'public, max-age=31536000, immutable'),
  );
  router.use(errorHandler('ogc', deps.logger));
  return router;
}
