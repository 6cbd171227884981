/**
 * ObjectStore on S3 and what speaks its language: ranges of exact length, writes that appear whole (one PUT, or a multipart
 * upload that is completed at the end), creation only where nothing is yet (If-None-Match). Retries: extraction/store/s3-retry.ts.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { openS3, type S3Place, type S3Sdk } from './store/s3-client.js';
import { absent, readRange, tooShort } from './store/s3-read.js';
import { RetryingCalls, type RetryOptions, statusOf } from './store/s3-retry.js';
import { uploadParts } from './store/s3-upload.js';
import { checkKey, checkPrefix, type ObjectInfo, type ObjectStore } from './store.js';

export interface S3Options extends RetryOptions, S3Place {
  /** s3://bucket/prefix */
  readonly url: string;
}

const isNotFound = (error: unknown): boolean => statusOf(error) === 404;

export class S3Store implements ObjectStore {
  readonly #sdk: S3Sdk;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #calls: RetryingCalls;

  private constructor(sdk: S3Sdk, client: S3Client, options: S3Options) {
    const { hostname, pathname } = new URL(options.url);
    const folder = pathname.replace(/^\/+|\/+$/g, '');
    this.#sdk = sdk;
    this.#client = client;
    this.#bucket = hostname;
    this.#prefix = folder === '' ? '' : `${folder}/`;
    this.#calls = new RetryingCalls(options);
  }

  static async open(options: S3Options): Promise<S3Store> {
    const { sdk, client } = await openS3(options);
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
    const target = { sdk: this.#sdk, client: this.#client, calls: this.#calls, named, what: `object ${key}` };
    return (await readRange(target, offset, length, signal)).bytes;
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
    if (info === undefined) throw absent(`object ${key}`);
    if (offset > info.bytes) throw tooShort(`object ${key}`, offset, 0);
    return new Uint8Array(0);
  }

  #named(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + checkKey(key) };
  }
}
