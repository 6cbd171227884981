/** Calls to the service: answers are kept by address, credentials come from storage, and whether the server is there is known. */
import { Http, ServiceError } from '../../client/http.js';

const KEPT = 200;
const KEY_NAME = 'polyfst.key';

/** Base address of the service, without a slash at the end. */
export const ORIGIN = new URL('.', document.baseURI).href.replace(/\/$/, '');

function storedKey(): string | undefined {
  try {
    return localStorage.getItem(KEY_NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

export class Server {
  #kept = new Map<string, Promise<unknown>>();
  #http = this.#make();
  /** ms; since when no answer came */
  goneSince: number | undefined;
  needsKey = false;
  /** called when one of the two above changes */
  onChange: () => void = () => undefined;

  #make(): Http {
    const key = storedKey();
    return new Http({ url: ORIGIN, attempts: 4, ...(key === undefined ? {} : { key }) });
  }

  useKey(key: string): void {
    localStorage.setItem(KEY_NAME, key);
    this.#http = this.#make();
    this.#kept.clear();
    this.needsKey = false;
    this.onChange();
  }

  /** Key for what a person copies: their own stays here. */
  get keyText(): string {
    return storedKey() === undefined ? 'anonymous' : 'YOUR_KEY';
  }

  async call(path: string, init: RequestInit = {}, signal?: AbortSignal): Promise<Response> {
    try {
      const answer = await this.#http.call(path, init, signal);
      this.#reached(true);
      return answer;
    } catch (error) {
      if (error instanceof ServiceError) {
        this.#reached(true);
        if (error.status === 401 && !this.needsKey) {
          this.needsKey = true;
          this.onChange();
        }
      } else if (signal?.aborted !== true) this.#reached(false);
      throw error;
    }
  }

  #reached(there: boolean): void {
    if (there === (this.goneSince === undefined)) return;
    this.goneSince = there ? undefined : Date.now();
    this.onChange();
  }

  /** JSON of an address; asked for once, as long as it is kept. */
  json(path: string, signal?: AbortSignal): Promise<unknown> {
    const known = this.#kept.get(path);
    if (known !== undefined) return known;
    const made = this.call(path, {}, signal).then((answer) => (answer.status === 204 ? null : answer.json()));
    this.#kept.set(path, made);
    made.catch(() => this.#kept.delete(path));
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return made;
  }

  forget(path: string): void {
    this.#kept.delete(path);
  }
}

/** The sentence of a failure, for people. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export const codeOf = (error: unknown): string => (error instanceof ServiceError ? error.code : '');
