/** HTTP for the clients: credentials, retries that honour Retry-After, abort, errors with the server's sentence. Runs in browsers and Node. */

export interface ClientOptions {
  /** base address of the service, for example http://127.0.0.1:8080 */
  readonly url: string;
  /** API key, sent as a Bearer token */
  readonly key?: string;
  /** with `key`: sent as `EmailKey email:key` instead */
  readonly email?: string;
  /** attempts at a call that the service was too busy for, or that failed on the way; default 5 */
  readonly attempts?: number;
  readonly fetch?: typeof fetch;
  /** told before each pause for a service that is busy: its length, ms */
  readonly onWait?: (ms: number) => void;
}

/** The service refused: `status` and `code` are the service's, `message` is its sentence. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ServiceError';
  }
}

const RETRIED = new Set([429, 502, 503, 504, 529]);
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 30_000;

/** Waits, or rejects at once when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The error that an answer of 400 or more stands for. */
export async function refusal(answer: Response): Promise<ServiceError> {
  const text = await answer.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // not JSON: the text itself is all there is to say
  }
  const sentence = body['detail'] ?? body['description'] ?? body['message'] ?? text.slice(0, 500);
  const code = body['code'] ?? answer.headers.get('X-Error-Code') ?? 'unknown';
  return new ServiceError(answer.status, String(code), String(sentence || answer.statusText));
}

export class Http {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #attempts: number;
  readonly #fetch: typeof fetch;
  readonly #onWait: (ms: number) => void;

  constructor(options: ClientOptions) {
    this.#base = options.url.replace(/\/+$/, '');
    this.#attempts = options.attempts ?? 5;
    this.#fetch = options.fetch ?? fetch.bind(globalThis);
    this.#onWait = options.onWait ?? (() => undefined);
    const { key, email } = options;
    this.#headers =
      key === undefined ? {} : { Authorization: email === undefined ? `Bearer ${key}` : `EmailKey ${email}:${key}` };
  }

  /** Path or absolute URL (only of the same service) → absolute URL. */
  resolve(path: string): string {
    return path.startsWith('/') ? this.#base + path : path;
  }

  /** One call; busy answers and broken connections are tried again, anything else from 400 up is thrown as ServiceError. */
  async call(path: string, init: RequestInit = {}, signal?: AbortSignal): Promise<Response> {
    const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) };
    let wait = FIRST_PAUSE_MS;
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= this.#attempts;
      try {
        const answer = await this.#fetch(this.resolve(path), {
          ...init,
          headers,
          ...(signal === undefined ? {} : { signal }),
        });
        if (answer.status < 400) return answer;
        if (last || !RETRIED.has(answer.status)) throw await refusal(answer);
        const asked = Number(answer.headers.get('Retry-After')) * 1000;
        await answer.body?.cancel();
        const ms = Math.min(asked > 0 ? asked : wait, LONGEST_PAUSE_MS);
        this.#onWait(ms);
        await pause(ms, signal);
      } catch (error) {
        if (error instanceof ServiceError || signal?.aborted === true || last) throw error;
        await pause(wait, signal);
      }
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  }
}
