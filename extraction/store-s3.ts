/**
 * ObjectStore on S3 and what speaks its language: ranges of exact length, writes that appear whole (one PUT, or a multipart
 * upload that is completed at the end), creation only where nothing is yet (If-None-Match). The SDK is loaded when it is used;
 * it never retries by itself (extraction/s3-retry.ts).
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { FeatureError } from '../schemas/problem.js';
import { RetryingCalls, type RetryOptions, statusOf } from './s3-retry.js';
import { uploadParts } from './s3-upload.js';
import { checkKey, checkPrefix, type ObjectInfo, type ObjectStore } from './store.js';

export interface S3Options extends RetryOptions {
  /** s3://bucket/prefix */
  readonly url: string;
  /** for services other than AWS; buckets are then named by path */
  readonly endpoint?: string;
  readonly region: string;
}

type Sdk = typeof import('@aws-sdk/client-s3');

const isNotFound = (error: unknown): boolean => statusOf(error) === 404;

export class S3Store implements ObjectStore {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #calls: RetryingCalls;

  private constructor(sdk: Sdk, client: S3Client, options: S3Options) {
    const { hostname, pathname } = new URL(options.url);
    const folder = pathname.replace(/^\/+|\/+$/g, '');
    this.#sdk = sdk;
    this.#client = client;
    this.#bucket = hostname;
    this.#prefix = folder === '' ? '' : `${folder}/`;
    this.#calls = new RetryingCalls(options);
  }

  /** Credentials come from the environment or the machine's role, as the SDK finds them. */
  static async open(options: S3Options): Promise<S3Store> {
    const sdk = await import('@aws-sdk/client-s3');
    const { endpoint, region } = options;
    const client = new sdk.S3Client({
      region,
      maxAttempts: 1,
      followRegionRedirects: false,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    });
    return new S3Store(sdk, client, options);
  }

  close(): void {
    this.#client.destroy();
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    const command = new this.#sdk.HeadObjectCommand(this.#named(key));
    try {
      const found = await this.#calls.run(
        `object ${key}`,
        (abortSignal) => this.#client.send(command, { abortSignal }),
        signal,
      );
      return { bytes: found.ContentLength ?? 0, etag: found.ETag ?? '' };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async read(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    const named = this.#named(key);
    if (length === 0) return this.#readNothing(key, offset, signal);
    // Pieces that arrived before the line was cut are kept; only the rest is asked for again.
    const target = new Uint8Array(length);
    let done = 0;
    let etag: string | undefined;
    const attempt = async (abortSignal: AbortSignal): Promise<void> => {
      const range = `bytes=${offset + done}-${offset + length - 1}`;
      const same = etag === undefined ? {} : { IfMatch: etag };
      const command = new this.#sdk.GetObjectCommand({ ...named, Range: range, ...same });
      const answer = await this.#client.send(command, { abortSignal });
      etag = answer.ETag;
      checkRange(key, answer.ContentRange, offset + done, offset + length);
      for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
        if (done + chunk.length > length) throw tooShort(key, offset, length);
        target.set(chunk, done);
        done += chunk.length;
      }
      if (done < length) throw new Error('the answer was cut');
    };
    try {
      await this.#calls.run(`object ${key}`, attempt, signal);
    } catch (error) {
      if (isNotFound(error)) throw absent(key, error);
      if (statusOf(error) === 416) throw tooShort(key, offset, length, error);
      if (statusOf(error) === 412) {
        throw new FeatureError('storage_unavailable', `object ${key} was replaced while it was read; read it again.`);
      }
      throw error;
    }
    return target;
  }

  async write(
    key: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<ObjectInfo> {
    const target = { sdk: this.#sdk, client: this.#client, calls: this.#calls, named: this.#named(key), key };
    return uploadParts(target, chunks, signal);
  }

  /**
   * Writes only where there is no object yet; false when there is one. An attempt whose answer was lost may have written:
   * when a later one finds the key taken, the bytes tell whose they are.
   */
  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    const command = new this.#sdk.PutObjectCommand({ ...this.#named(key), Body: bytes, IfNoneMatch: '*' });
    let attempts = 0;
    try {
      await this.#calls.run(`object ${key}`, (abortSignal) => {
        attempts++;
        return this.#client.send(command, { abortSignal });
      });
      return true;
    } catch (error) {
      if (statusOf(error) !== 412) throw error;
      if (attempts === 1) return false;
      const info = await this.head(key);
      if (info?.bytes !== bytes.length) return false;
      return Buffer.compare(await this.read(key, 0, bytes.length), bytes) === 0;
    }
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<string> {
    checkPrefix(prefix);
    let token: string | undefined;
    do {
      const page = token === undefined ? {} : { ContinuationToken: token };
      const command = new this.#sdk.ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: this.#prefix + prefix,
        ...page,
      });
      const answer = await this.#calls.run(
        `objects ${prefix}`,
        (abortSignal) => this.#client.send(command, { abortSignal }),
        signal,
      );
      for (const { Key } of answer.Contents ?? []) if (Key !== undefined) yield Key.slice(this.#prefix.length);
      token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    const command = new this.#sdk.DeleteObjectCommand(this.#named(key));
    await this.#calls.run(`object ${key}`, (abortSignal) => this.#client.send(command, { abortSignal }), signal);
  }

  async #readNothing(key: string, offset: number, signal?: AbortSignal): Promise<Uint8Array> {
    const info = await this.head(key, signal);
    if (info === undefined) throw absent(key);
    if (offset > info.bytes) throw tooShort(key, offset, 0);
    return new Uint8Array(0);
  }

  #named(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + checkKey(key) };
  }
}

function absent(key: string, cause?: unknown): FeatureError {
  return new FeatureError('file_not_found', `object ${key} does not exist.`, { cause });
}

function tooShort(key: string, offset: number, length: number, cause?: unknown): FeatureError {
  return new FeatureError('truncated_file', `object ${key} does not hold the bytes ${offset}+${length}.`, { cause });
}

/** A store shortens a range that reaches beyond the end, and says so only here. */
function checkRange(key: string, range: string | undefined, start: number, end: number): void {
  const found = /^bytes (\d+)-(\d+)\//.exec(range ?? '');
  if (found === null) throw new Error('the store ignores ranges');
  if (Number(found[1]) !== start || Number(found[2]) !== end - 1) throw tooShort(key, start, end - start);
}
