/** Metrics of a process that serves nothing else: memory, descriptors, what its job processes use. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addJobGauges, makeMetrics } from '../api/metrics.js';
import type { Workers } from './compose.js';

export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
}

/** Answers `GET /metrics` on a host and port (0: any free one). */
export async function serveMetrics(usage: Workers['usage'], host: string, port: number): Promise<MetricsServer> {
  const metrics = makeMetrics({ process: true });
  const { registry } = metrics;
  addJobGauges(metrics, usage);
  const server: Server = createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404, { 'Content-Length': 0 }).end();
      return;
    }
    registry.metrics().then(
      (text) => res.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => res.destroy(),
    );
  });
  server.headersTimeout = 5000;
  server.requestTimeout = 5000;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
