/**
 * A job process for tests: what a job does is said by its request (`do`), so that every way to end can be tried.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FsStore } from '../extraction/store-fs.js';
import type { JobResult } from '../schemas/job.js';
import { serveChild } from '../workers/child.js';
import { extractHandler } from '../workers/extract-job.js';
import { runJob } from '../workers/run-job.js';

const refuse = async (): Promise<JobResult> => ({ ok: false, code: 'unsupported_feature', message: 'not here' });

serveChild(async (init) => {
  const { store } = init as { store: string };
  const objects = await FsStore.open(store);
  const extract = extractHandler({
    store: objects,
    maxBytes: 1e6,
    answer: async (job, signal, context) => ({
      version: 'v1',
      contentType: 'text/plain',
      extension: 'txt',
      notes: [],
      chunks: act(job.request, signal, {
        part: context.part ?? 0,
        of: context.part === undefined ? 1 : (job.parts ?? 1),
      }),
    }),
  });
  const handlers = { extract, convert: refuse, index: refuse };
  return (job, signal, context) => runJob(job, { handlers, onFault: () => undefined }, signal, context);
});

/** `part`: which stretch of the text is asked for, of how many. */
async function* act(
  request: Record<string, unknown>,
  signal: AbortSignal,
  { part, of }: { readonly part: number; readonly of: number },
): AsyncGenerator<Uint8Array> {
  if (typeof request['pidFile'] === 'string') writeFileSync(request['pidFile'], String(process.pid));
  const all = Buffer.from(String(request['text'] ?? ''));
  const text = all.subarray(Math.floor((part * all.length) / of), Math.floor(((part + 1) * all.length) / of));
  yield text.subarray(0, text.length >> 1);
  switch (request['do']) {
    case 'exit':
      process.exit(3);
      break;
    case 'abort':
      process.abort();
      break;
    case 'spin':
      for (;;);
    case 'heap': {
      const hoard: string[][] = [];
      for (;;) hoard.push(Array.from({ length: 1e5 }, (_, at) => `${at}${Math.random()}`));
    }
    case 'rss': {
      const hoard: Buffer[] = [];
      for (;;) {
        hoard.push(Buffer.alloc(32 << 20, 1));
        await sleep(20);
      }
    }
    case 'sleep':
      await sleep(Number(request['ms']), undefined, { signal });
      break;
    default:
  }
  yield text.subarray(text.length >> 1);
}
