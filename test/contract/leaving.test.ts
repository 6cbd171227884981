/** Clients that go away in the middle, and results whose time is over. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestOf, startService } from './api-service.js';
import { ask, pathOf, post } from './http.js';

const POLLS = 24;

/** A raw request whose answer nobody reads. */
async function begin(url: string, path: string, headers = ''): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n`);
  return socket;
}

describe('F14 clients that leave', () => {
  it('long-polls and event streams end with their sockets, the job goes on, and no listener is left', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    await using service = await startService({ config: { limits: { longPollMs: 30_000 } } });
    const accepted = await post(service.url, '/api/v2/demo/requests', requestOf('slower'), { Prefer: 'respond-async' });
    const path = String(accepted.headers.location);
    const id = path.split('/').at(-1)!;
    while ((await service.queue.get(id))?.state !== 'processing') await sleep(20);
    const sockets: Socket[] = [];
    for (let n = 0; n < POLLS; n++) sockets.push(await begin(service.url, path));
    for (let n = 0; n < POLLS; n++) {
      sockets.push(await begin(service.url, `${path}/status`, 'Accept: text/event-stream\r\n'));
    }
    for (let held = 0; held < POLLS; held = await heldPolls(service.url)) await sleep(20);
    for (const socket of sockets) socket.destroy();
    for (let left = 200; (await heldPolls(service.url)) > 0; left--) {
      assert.ok(left > 0, 'polls are still held for clients that have left');
      await sleep(50);
    }
    assert.equal((await service.queue.get(id))?.state, 'processing');
    assert.deepEqual(warnings, []);
    process.off('warning', warn);
    await service.queue.cancel(id);
  });
});

async function heldPolls(url: string): Promise<number> {
  const { text } = await ask(url, '/metrics');
  return Number(/^polyfst_polls_held (\d+)/m.exec(text)?.[1]);
}

describe('F20 results whose time is over', () => {
  it('are given until then, and are gone afterwards on both dialects', async () => {
    await using service = await startService({ ttlMs: 2500 });
    const accepted = await post(service.url, '/api/v1/requests/demo', { verb: 'retrieve', request: requestOf('2t') });
    const path = pathOf(accepted.headers.location);
    let ready = await ask(service.url, path);
    while (ready.status === 202) ready = await ask(service.url, path);
    const data = pathOf(ready.headers.location);
    assert.equal((await ask(service.url, data)).status, 200);
    await sleep(2600);
    const late = await ask(service.url, path);
    assert.ok([404, 410].includes(late.status), `a poll was answered ${late.status}`);
    assert.ok([404, 410].includes((await ask(service.url, data)).status));
    assert.ok([404, 410].includes((await ask(service.url, path.replace('v1', 'v2'))).status));
  });
});
