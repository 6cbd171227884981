/** Small answers of the control plane: JSON with an exact type and length, and absolute addresses of the service. */
import type { Request, Response } from 'express';

/** JSON with `Content-Length`; the type goes out as it stands, without a charset. */
export function sendJson(res: Response, status: number, body: unknown, type = 'application/json'): void {
  const bytes = Buffer.from(JSON.stringify(body));
  res.statusCode = status;
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}

/** Path of a base address: empty, or `/prefix` without a slash behind it. */
export function prefixOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}

const HOST = /^[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?$|^\[[0-9a-fA-F:.]{2,45}\](:[0-9]{1,5})?$/;
const PREFIX = /^(\/[A-Za-z0-9._~-]{1,64}){1,8}$/;

/**
 * Base of absolute URLs, without a slash at the end: the configured one, else what a trusted proxy says, else the Host
 * header. A Host that is not a plain host name is replaced by the address of the socket.
 */
export function baseUrl(req: Request, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  const trusted = isFromProxy(req);
  const forwarded = (name: string): string | undefined =>
    trusted ? req.get(name)?.split(',', 1)[0]?.trim() : undefined;
  const proto = forwarded('X-Forwarded-Proto') === 'https' ? 'https' : 'http';
  const prefix = forwarded('X-Forwarded-Prefix')?.replace(/\/+$/, '') ?? '';
  const host = [forwarded('X-Forwarded-Host'), req.headers.host].find((name) => name !== undefined && HOST.test(name));
  return `${proto}://${host ?? socketHost(req)}${PREFIX.test(prefix) ? prefix : ''}`;
}

/** Whether the connection comes from a proxy whose headers are believed. */
function isFromProxy(req: Request): boolean {
  const trust = req.app.get('trust proxy fn') as ((address: string, hop: number) => boolean) | undefined;
  return trust?.(req.socket.remoteAddress ?? '', 0) === true;
}

function socketHost(req: Request): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = req.socket;
  return localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
