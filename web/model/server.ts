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
  /** ms; until when the service, which is busy, is left alone */
  busyUntil: number | undefined;
  #ticks: ReturnType<typeof setInterval> | undefined;
  #calls = 0;
  /** called when the last of the calls under way has been answered */
  onIdle: () => void = () => undefined;
  /** called when one of the two above changes */
  onChange: () => void = () => undefined;

  #make(): Http {
    const key = storedKey();
    return new Http({
      url: ORIGIN,
      attempts: 4,
      onWait: (ms) => this.#wait(ms),
      ...(key === undefined ? {} : { key }),
    });
  }

  /** Counts the seconds of a pause down, for those who look on. */
  #wait(ms: number): void {
    this.busyUntil = Date.now() + ms;
    this.#ticks ??= setInterval(() => this.onChange(), 1000);
    this.onChange();
  }

  #calm(): void {
    clearInterval(this.#ticks);
    this.#ticks = undefined;
    if (this.busyUntil === undefined) return;
    this.busyUntil = undefined;
    this.onChange();
  }

  useKey(key: string): void {
    localStorage.setItem(KEY_NAME, key);
    this.#http = this.#make();
    this.#kept.clear();
    this.needsKey = false;
    this.onChange();
  }

  /** Address of a picture or a file for elements that cannot send a key: itself, or a copy fetched with the key. */
  async addressOf(url: string, signal?: AbortSignal): Promise<string> {
    if (storedKey() === undefined) return url;
    const answer = await this.call(url, {}, signal);
    return URL.createObjectURL(await answer.blob());
  }

  /** Whether elements have to be given copies (addressOf). */
  get hasKey(): boolean {
    return storedKey() !== undefined;
  }

  /** Key for what a person copies: their own stays here. */
  get keyText(): string {
    return storedKey() === undefined ? 'anonymous' : 'YOUR_KEY';
  }

  /** Whether answers are waited for. */
  get isAsking(): boolean {
    return this.#calls > 0;
  }

  async call(path: string, init: RequestInit = {}, signal?: AbortSignal): Promise<Response> {
    this.#calls++;
    try {
      return await this.#call(path, init, signal);
    } finally {
      this.#calls--;
      if (this.#calls === 0) this.onIdle();
    }
  }

  async #call(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    try {
      const answer = await this.#http.call(path, init, signal);
      this.#reached(true);
      this.#calm();
      return answer;
    } catch (error) {
      this.#calm();
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
