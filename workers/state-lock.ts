/**
 * The lock of a state directory: a bound abstract Unix socket named by the directory's device and inode. The kernel
 * drops it with its holder, however that dies, so it never goes stale; two names of one directory are one lock.
 * It holds within one network namespace: containers that share a directory must not both embed the queue (docs/config.md).
 */
import { mkdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { FeatureError } from '../schemas/problem.js';

export interface StateLock extends AsyncDisposable {
  release(): Promise<void>;
}

/** Takes the lock or refuses, naming the directory. */
export async function lockState(folder: string): Promise<StateLock> {
  await mkdir(folder, { recursive: true });
  const { dev, ino } = await stat(folder, { bigint: true });
  const server = createServer((socket) => socket.destroy());
  await bind(server, `\0polyfst-state-${dev}-${ino}`, folder);
  server.unref();
  const release = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
  return { release, [Symbol.asyncDispose]: release };
}

function bind(server: Server, name: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new FeatureError(
              'file_locked',
              `The state directory ${folder} is in use by another process; stop that one, give another --state, or use --queue redis://… to share it.`,
              { cause: error },
            )
          : error,
      );
    });
    server.listen(name, resolve);
  });
}
