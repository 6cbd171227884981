/**
 * Answers kept for equal requests: the final bytes by what was asked of which version of the data, the least recently used
 * dropped first. Who may see an answer is not its affair: callers ask for the collection before they ask here.
 */
import { createHash } from 'node:crypto';
import type { ExtractJob, ResultRef } from '../schemas/job.js';

export interface KeptAnswer {
  readonly bytes: Buffer;
  /** strong: the hash of the bytes */
  readonly etag: string;
  readonly contentType: string;
  readonly extension: string;
}

/** Bytes of an entry beside its answer: key, objects. */
const OVERHEAD = 512;
/** Largest share of the cache that one answer may take. */
const LARGEST_SHARE = 1 / 8;

export class AnswerCache {
  readonly #answers = new Map<string, KeptAnswer>();
  readonly #making = new Map<string, { readonly through: Promise<void>; readonly end: () => void }>();
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Key of a request in its canonical form; undefined for one that was not planned on a version of the data. */
  static keyOf(job: Pick<ExtractJob, 'collection' | 'request' | 'indexVersion'>): string | undefined {
    if (job.indexVersion === undefined) return undefined;
    const text = JSON.stringify([job.collection, job.indexVersion, job.request]);
    return createHash('sha256').update(text).digest('base64url');
  }

  find(key: string | undefined): KeptAnswer | undefined {
    const answer = key === undefined ? undefined : this.#answers.get(key);
    if (answer === undefined) return undefined;
    this.#answers.delete(key!);
    this.#answers.set(key!, answer);
    return answer;
  }

  /** Whether an answer of so many bytes would be kept. */
  fits(bytes: number): boolean {
    return bytes <= this.maxBytes * LARGEST_SHARE;
  }

  keep(key: string, answer: KeptAnswer): void {
    if (!this.fits(answer.bytes.length) || this.#answers.has(key)) return;
    this.#answers.set(key, answer);
    this.#bytes += answer.bytes.length + OVERHEAD;
    for (const [oldest, { bytes }] of this.#answers) {
      if (this.#bytes <= this.maxBytes) return;
      this.#answers.delete(oldest);
      this.#bytes -= bytes.length + OVERHEAD;
    }
  }

  /**
   * Single flight: false when this is the first of equal requests at work, who then has to call `done`; else true, once the
   * first one is through - mostly, but not always, with an answer that is now kept.
   */
  async followed(key: string): Promise<boolean> {
    const first = this.#making.get(key);
    if (first === undefined) {
      let end: () => void = () => undefined;
      const through = new Promise<void>((done) => {
        end = done;
      });
      this.#making.set(key, { through, end });
      return false;
    }
    await first.through;
    return true;
  }

  /** Lets those go on who wait for the first request of a key; calling it again does nothing. */
  done(key: string): void {
    this.#making.get(key)?.end();
    this.#making.delete(key);
  }
}

/** An answer from its bytes. */
export function keptAnswer(bytes: Uint8Array, format: Pick<ResultRef, 'contentType' | 'extension'>): KeptAnswer {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const { contentType, extension } = format;
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    etag: `"${hash}"`,
    contentType,
    extension,
  };
}
