/**
 * Data files on S3: listed by prefix, identified by etag, size and time, read by ranges through a cache of blocks. An object
 * that was replaced shows another etag on the next range, so a request never mixes two versions of a file.
 */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { FeatureError } from '../../schemas/problem.js';
import { Budget } from '../budget.js';
import { type FileIdentity, sameFile } from '../catalogue/data-file.js';
import { RangeCache } from './range-cache.js';
import type { ByteRange, RemoteFiles, Segment } from './remote-files.js';
import { openS3, type S3Place, type S3Sdk } from './s3-client.js';
import { readRange } from './s3-read.js';
import { RetryingCalls, type RetryOptions, statusOf } from './s3-retry.js';

export interface S3FilesOptions extends RetryOptions, S3Place {
  /** most bytes of blocks that this process keeps */
  readonly cacheBytes: number;
}

/** Ranges under way at once: more of them gain little and look like a flood to the store. */
const FETCHES = 32;
const MOST_TEXT = 2 ** 20;

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** s3://bucket/key; keys are taken as they are, without any decoding. */
function placeOf(path: string): Place {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/(.*))?$/s.exec(path) ?? [];
  if (bucket !== undefined) return { Bucket: bucket, Key: key };
  throw new FeatureError('bad_value', `${path}: not the name of an object; write s3://bucket/key.`);
}

/** A number of 52 bits that stands for an etag: what the inode is to a local file. */
const numberOf = (etag: string): number =>
  Number.parseInt(createHash('sha256').update(etag).digest('hex').slice(0, 13), 16);

interface Listed {
  readonly ETag?: string | undefined;
  readonly bytes: number | undefined;
  readonly LastModified?: Date | undefined;
}

function identity(path: string, { ETag = '', bytes = 0, LastModified }: Listed): FileIdentity {
  // A listing tells milliseconds where a single answer tells seconds.
  const seconds = Math.floor((LastModified?.getTime() ?? 0) / 1000);
  return { path, dev: 0, ino: numberOf(ETag), size: bytes, mtimeMs: 1000 * seconds };
}

const isHidden = (key: string): boolean => key.endsWith('/') || key.split('/').some((part) => part.startsWith('.'));

export class S3Files implements RemoteFiles {
  readonly #sdk: S3Sdk;
  readonly #client: S3Client;
  readonly #calls: RetryingCalls;
  readonly #fetches = new Budget(FETCHES);
  /** texts that were read, of which there is one a root */
  readonly #texts = new Map<string, { readonly file: FileIdentity; readonly text: string }>();
  readonly cache: RangeCache;

  private constructor(sdk: S3Sdk, client: S3Client, options: S3FilesOptions) {
    this.#sdk = sdk;
    this.#client = client;
    this.#calls = new RetryingCalls(options);
    const fetch = (file: FileIdentity, range: ByteRange): Promise<Uint8Array> => this.#fetch(file, range);
    this.cache = new RangeCache({ maxBytes: options.cacheBytes, fetch });
  }

  static async open(options: S3FilesOptions): Promise<S3Files> {
    const { sdk, client } = await openS3(options);
    return new S3Files(sdk, client, options);
  }

  close(): void {
    this.#client.destroy();
  }

  async *list(root: string, signal?: AbortSignal): AsyncIterable<FileIdentity> {
    const { Bucket, Key } = placeOf(root);
    const Prefix = Key === '' || Key.endsWith('/') ? Key : `${Key}/`;
    let token: string | undefined;
    do {
      const page = token === undefined ? {} : { ContinuationToken: token };
      const command = new this.#sdk.ListObjectsV2Command({ Bucket, Prefix, ...page });
      const answer = await this.#calls
        .run(root, (abortSignal) => this.#client.send(command, { abortSignal }), signal)
        .catch((error: unknown) => {
          if (statusOf(error) !== 404) throw error;
          throw new FeatureError('file_not_found', `${root}: there is no such bucket; check --data.`, { cause: error });
        });
      for (const { Key: key, Size, ETag, LastModified } of answer.Contents ?? []) {
        if (key === undefined || isHidden(key.slice(Prefix.length))) continue;
        yield identity(`s3://${Bucket}/${key}`, { ETag, bytes: Size, LastModified });
      }
      token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async identity(path: string, signal?: AbortSignal): Promise<FileIdentity | undefined> {
    const command = new this.#sdk.HeadObjectCommand(placeOf(path));
    try {
      const { ETag, ContentLength, LastModified } = await this.#calls.run(
        path,
        (abortSignal) => this.#client.send(command, { abortSignal }),
        signal,
      );
      return identity(path, { ETag, bytes: ContentLength, LastModified });
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async text(path: string, signal?: AbortSignal): Promise<string | undefined> {
    const found = await this.identity(path, signal);
    if (found === undefined) return undefined;
    if (found.size > MOST_TEXT) throw new FeatureError('too_large', `${path}: ${found.size} bytes; shorten it.`);
    const known = this.#texts.get(path);
    if (known !== undefined && sameFile(known.file, found)) return known.text;
    const bytes = found.size === 0 ? new Uint8Array() : await this.#fetch(found, whole(found));
    const text = new TextDecoder().decode(bytes);
    this.#texts.set(path, { file: found, text });
    return text;
  }

  read(file: FileIdentity, ranges: readonly ByteRange[], signal?: AbortSignal): Promise<readonly Segment[]> {
    return this.cache.read(file, ranges, signal);
  }

  async #fetch(file: FileIdentity, { offset, bytes }: ByteRange): Promise<Uint8Array> {
    const release = await this.#fetches.acquire(1);
    try {
      const target = { sdk: this.#sdk, client: this.#client, calls: this.#calls, what: file.path };
      const read = await readRange({ ...target, named: placeOf(file.path) }, offset, bytes);
      if (numberOf(read.etag) !== file.ino) throw changed(file);
      return read.bytes;
    } catch (error) {
      // Gone, or shorter than it was: another object by now.
      if (error instanceof FeatureError && /^(file_not_found|truncated_file)$/.test(error.code))
        throw changed(file, error);
      throw error;
    } finally {
      release();
    }
  }
}

const whole = ({ size }: FileIdentity): ByteRange => ({ offset: 0, bytes: size });

function changed({ path }: FileIdentity, cause?: unknown): FeatureError {
  return new FeatureError('run_changed', `${path} changed after it was indexed; send the request again.`, { cause });
}
