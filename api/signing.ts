/**
 * Download addresses that need no header: `/api/v1/downloads/{id}?token={expiry}-{signature}`. The signature is HMAC-SHA-256
 * over id, attempt, expiry and owner. An address is checked by making it anew and comparing the whole text, so that no
 * other spelling of it is good. Keys rotate: the first signs, all are accepted.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FeatureError } from '../schemas/problem.js';

/** What an address stands for. */
export interface Download {
  readonly id: string;
  readonly attempt: number;
  /** identity of the owner */
  readonly user: string;
}

export const DOWNLOAD_PATH = '/api/v1/downloads/';
const KEY_BYTES = 32;
const TOKEN = /^([0-9a-z]{1,9})-[A-Za-z0-9_-]{43}$/;

function sign(download: Download, expiry: string, key: Uint8Array): string {
  const text = JSON.stringify(['download', download.id, download.attempt, expiry, download.user]);
  return createHmac('sha256', key).update(text).digest('base64url');
}

function pathOf(download: Download, expiry: string, key: Uint8Array): string {
  return `${DOWNLOAD_PATH}${download.id}?token=${expiry}-${sign(download, expiry, key)}`;
}

/** Path and query of a download that is good until `expiresAt` (ms since the epoch). */
export function signedPath(download: Download, expiresAt: number, keys: readonly Uint8Array[]): string {
  const key = keys[0];
  if (key === undefined) throw new Error('no signing key');
  return pathOf(download, Math.floor(expiresAt / 1000).toString(36), key);
}

export type Verdict = 'good' | 'late' | 'bad';

/** Judges a path and query that a client asked for. */
export function judgePath(asked: string, download: Download, now: number, keys: readonly Uint8Array[]): Verdict {
  const token = TOKEN.exec(asked.slice(asked.indexOf('?token=') + 7));
  const expiry = token?.[1];
  if (expiry === undefined) return 'bad';
  const given = Buffer.from(asked);
  let good = false;
  for (const key of keys) {
    const made = Buffer.from(pathOf(download, expiry, key));
    if (made.length === given.length && timingSafeEqual(made, given)) good = true;
  }
  if (!good) return 'bad';
  return Number.parseInt(expiry, 36) * 1000 < now ? 'late' : 'good';
}

/** The id that stands for (user, Idempotency-Key): 16 bytes nobody else can make. */
export function idempotentBytes(user: string, idempotencyKey: string, keys: readonly Uint8Array[]): Uint8Array {
  const key = keys[0];
  if (key === undefined) throw new Error('no signing key');
  const text = JSON.stringify(['idempotency', user, idempotencyKey]);
  return createHmac('sha256', key).update(text).digest().subarray(0, 16);
}

/**
 * The signing keys of a state directory, made at first use. Processes that start together agree: a key file appears
 * whole, and only once. `signing.key.old`, when there, is accepted beside it.
 */
export async function loadSigningKeys(state: string): Promise<readonly Uint8Array[]> {
  const path = join(state, 'signing.key');
  const old = await readKey(`${path}.old`);
  let key = await readKey(path);
  if (key === undefined) {
    await mkdir(state, { recursive: true });
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    await writeFile(temporary, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await chmod(temporary, 0o600);
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await unlink(temporary);
    key = await readKey(path);
  }
  if (key === undefined) throw new Error('the signing key was removed while it was read');
  return old === undefined ? [key] : [key, old];
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text)) {
    throw new FeatureError(
      'bad_value',
      'signing.key in the state folder is not 64 hexadecimal digits; remove or restore it.',
    );
  }
  return Buffer.from(text.trim(), 'hex');
}
