/** A service for tests: the real one, embedded queue and all, on a free port over a folder of data. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Service, startService } from '../cli/serve.js';
import { parseConfig } from '../schemas/config.js';

export interface TestService extends AsyncDisposable {
  readonly url: string;
  readonly service: Service;
  /** submits over v2 and waits; body parsed when it is JSON */
  ask(collection: string, request: unknown): Promise<{ status: number; body: unknown }>;
}

/** Starts a service; `extra` is merged into the configuration. The state directory goes with it. */
export async function startTestService(
  data: readonly string[],
  extra: Readonly<Record<string, unknown>> = {},
): Promise<TestService> {
  const state = await mkdtemp(join(tmpdir(), 'polyfst-service-'));
  const config = parseConfig({
    data,
    state,
    http: { port: 0 },
    log: { level: 'error' },
    files: { rescanMs: 0 },
    ...extra,
  });
  const service = await startService(config, 'test');
  return {
    url: service.url,
    service,
    async ask(collection, request) {
      const answer = await fetch(`${service.url}/api/v2/${collection}/requests`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(request),
      });
      return { status: answer.status, body: JSON.parse(await answer.text()) as unknown };
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      await rm(state, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
