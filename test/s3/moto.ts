/** An S3 server for tests: moto in an environment of its own, on loopback, ended with the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../interop/environment.js';
import { freePort } from '../redis.js';

export interface MotoServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

const found = environment('s3');
/** Reason to skip; false when moto is there. */
export const noMoto: string | false = 'skip' in found ? found.skip : false;

export const BUCKET = 'polyfst-test';

/** Starts the server with an empty bucket. The keys that it takes from everyone are set for this process. */
export async function startMoto(): Promise<MotoServer> {
  if ('skip' in found) throw new Error(found.skip);
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  const port = await freePort();
  const child = spawn(found.python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let left = 300; left > 0; left--) {
    const answer = await fetch(`${url}/${BUCKET}`, { method: 'PUT' }).catch(() => undefined);
    if (answer?.ok === true) break;
    if (child.exitCode !== null || left === 1) throw new Error('moto did not start');
    await sleep(100);
  }
  return {
    url,
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
