/**
 * The HTTP server with its bounds: header and request timeouts, connections, idle replies; and its own short words for what
 * never becomes a request. Listening is the caller's affair.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from '../schemas/config.js';

/** A held poll is silent for as long as it is held; the idle limit must be longer. */
const POLL_MARGIN_MS = 10_000;

export function createHttpServer(listener: RequestListener, config: Pick<Config, 'http' | 'limits'>): Server {
  const { http, limits } = config;
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: http.headersTimeoutMs,
      requestTimeout: http.requestTimeoutMs,
      connectionsCheckingInterval: http.connectionsCheckingMs,
      keepAliveTimeout: http.keepAliveTimeoutMs,
      // Judged by the application, which answers in words.
      requireHostHeader: false,
    },
    http.maxRequestsPerSocket === 0 ? listener : closingAfter(http.maxRequestsPerSocket, listener),
  );
  server.maxConnections = http.maxConnections;
  server.timeout = Math.max(http.idleReplyMs, limits.longPollMs + POLL_MARGIN_MS);
  server.on('clientError', refuseConnection);
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    // A body over the limit is refused before the client sends it.
    if (Number(req.headers['content-length'] ?? 0) <= limits.bodyBytes) res.writeContinue();
    listener(req, res);
  });
  server.on('checkExpectation', (_req: IncomingMessage, res: ServerResponse) => {
    const body = JSON.stringify({ message: 'This expectation cannot be met; leave the Expect header out.' });
    res.writeHead(417, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    res.end(body);
  });
  server.on('connect', (_req: IncomingMessage, socket: Duplex) => refuse(socket, ...NO_PROXY));
  return server;
}

/**
 * Ends a connection with the answer to its last request. Node's own limit only says `Connection: close`, and gives 503 to
 * clients that do not listen.
 */
function closingAfter(most: number, listener: RequestListener): RequestListener {
  const counts = new WeakMap<Socket, number>();
  return (req, res) => {
    const count = (counts.get(req.socket) ?? 0) + 1;
    counts.set(req.socket, count);
    if (count >= most) res.shouldKeepAlive = false;
    listener(req, res);
  };
}

const WORDS: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too long; send fewer or shorter ones.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time; send it again.'],
};
const MALFORMED = ['400 Bad Request', 'This is not a valid HTTP request; check its first line and headers.'] as const;
const NO_PROXY = ['405 Method Not Allowed', 'This is not a proxy; send requests for the service itself.'] as const;

/** What node's parser refuses is answered in JSON, and the connection ends. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refuse(socket, ...(WORDS[error.code ?? ''] ?? MALFORMED));
}

function refuse(socket: Duplex, status: string, message: string): void {
  const body = JSON.stringify({ message });
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`;
  socket.end(head + body);
}
