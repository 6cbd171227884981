/** Sending what the OGC resources answer: documents in two forms, bytes with an entity tag, readable from any origin. */
import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { PAGE_POLICY } from '../security.js';
import { pageOf } from './html.js';
import { type Link, linkHeader, MEDIA } from './links.js';
import { documentFormat, type QueryValues } from './query.js';

const EXPOSED = 'Link, ETag, Retry-After, Location, X-Request-Id, X-Error-Code';

/** Data may be read by pages of any origin, unless the configuration names origins. */
export const openToAll: RequestHandler = (req, res, next) => {
  if (res.getHeader('Access-Control-Allow-Origin') === undefined) {
    res.setHeader('Access-Control-Allow-Origin', '*');
    res.setHeader('Access-Control-Expose-Headers', EXPOSED);
    if (req.method === 'OPTIONS') {
      res.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, OPTIONS');
      res.setHeader('Access-Control-Allow-Headers', 'Authorization, If-None-Match');
    }
  }
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  res.setHeader('Cache-Control', 'no-cache');
  next();
};

/** Entity tag of parts that decide an answer. */
export function entityTag(...parts: readonly string[]): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}"`;
}

/** Sets the tag; true when the client has this answer already, and was told so. */
export function isUnchanged(req: Request, res: Response, tag: string): boolean {
  res.setHeader('ETag', tag);
  const known = req.get('If-None-Match');
  if (known === undefined) return false;
  const same = known.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
  if (same) res.status(304).end();
  return same;
}

/** Bytes with their type and length. */
export function sendBytes(res: Response, type: string, bytes: Uint8Array): void {
  res.statusCode = 200;
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}

export interface DocumentOptions {
  readonly values: QueryValues;
  readonly crumbs: readonly (readonly [title: string, href: string])[];
  /** media type of the JSON form */
  readonly type?: string;
}

/** A document as JSON or as a page, as the client asks. */
export function sendDocument(req: Request, res: Response, document: object, options: DocumentOptions): void {
  const { values, crumbs, type = MEDIA.json } = options;
  const asPage = documentFormat(req, values) === 'html';
  const text = asPage ? pageOf(document, crumbs) : JSON.stringify(document);
  res.vary('Accept');
  const { links } = document as { links?: readonly Link[] };
  const shown = links?.filter(({ rel }) => ['self', 'alternate', 'next'].includes(rel)) ?? [];
  if (shown.length > 0) res.setHeader('Link', linkHeader(shown));
  if (asPage) res.setHeader('Content-Security-Policy', PAGE_POLICY);
  if (isUnchanged(req, res, entityTag(text))) return;
  sendBytes(res, asPage ? 'text/html; charset=utf-8' : type, Buffer.from(text));
}
