/** The body of a submit as bytes: type and length are judged before anything is read. */
import express, { type RequestHandler } from 'express';
import { FeatureError } from '../schemas/problem.js';

/** JSON and YAML under their usual names; clients that name nothing are taken at their word's absence. */
const ACCEPTED =
  /^(application\/(json|yaml|x-yaml|octet-stream|[a-z0-9.+-]+\+(json|yaml))|text\/(plain|yaml|x-yaml|json))$/;

/** Reads a body of at most `limit` bytes, also after decompression, into `req.body` (a Buffer). */
export function requestBody(limit: number): RequestHandler[] {
  return [
    (req, _res, next) => {
      const declared = Number(req.headers['content-length'] ?? 0);
      if (declared > limit) {
        const detail = `The body has ${declared} bytes, ${limit} are allowed; shorten the request or split it.`;
        throw new FeatureError('too_large', detail);
      }
      const type = req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
      if (type !== '' && !ACCEPTED.test(type)) {
        throw new FeatureError('unsupported_media', 'Content-Type is not accepted; send application/json.');
      }
      next();
    },
    express.raw({ type: () => true, limit, inflate: true }),
  ];
}

/** The bytes read by `requestBody`; none when the request had no body. */
export function bodyBytes(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}
