/** Every route with segments, queries, methods and headers that no client of good will sends. */

import { AUTHORIZED, type Chooser, type Hostile, hostile, rawHostile } from './hostile.js';
import { SECRETS } from './served.js';

const SEGMENTS = [
  '%00',
  '..%2f..%2fetc%2fpasswd',
  '..%2f',
  '%2e%2e%2f%2e%2e%2f',
  '..',
  '.',
  '%2e',
  '..%5c..%5c',
  '%c0%ae%c0%ae%2f',
  '%252e%252e%252f',
  '%ZZ',
  '%',
  '%f',
  '%ff%fe',
  'é',
  '%E2%80%AE',
  'a%0d%0aX-Injected:%201',
  'a%0aSet-Cookie:%20x=1',
  '__proto__',
  'constructor',
  'x'.repeat(600),
  'x'.repeat(6000),
  '%41'.repeat(500),
  ';id',
  '$(id)',
  '{{7*7}}',
  '%7b%7b7*7%7d%7d',
  "'%20or%201=1--",
  '*',
  '-1',
  '0',
  '1e999',
  'NaN',
  'null',
  'undefined',
  'con',
  '..;/',
  'all',
  'ALL%00',
  '00000000000000000000000000',
  '7zzzzzzzzzzzzzzzzzzzzzzzzz',
  '//',
  '\\..\\..',
];
const QUERIES = [
  '',
  '?',
  '?a=b',
  '?__proto__[x]=1',
  '?constructor[prototype][x]=1',
  `?${'a=1&'.repeat(1500)}`,
  `?${'a['.repeat(300)}`,
  '?token=x',
  `?token=${'x'.repeat(5000)}`,
  '?%00=%00',
  '?dry-run[]=1',
  '?bbox=1e999,NaN,-Infinity,0',
  '?bbox=-180,-90,180,90',
  '?limit=-1',
  '?limit=1e99',
  '?datetime=../..',
  '?datetime=0000-01-01/9999-12-31',
  '?coords=POINT(NaN%20NaN)',
  `?coords=POLYGON((${'0%200,'.repeat(800)}0%200))`,
  `?coords=${'('.repeat(2000)}`,
  '?f=%2e%2e%2f',
  '?f=html&f=json',
  '?width=99999999&height=99999999',
  '?crs=EPSG:99999999',
  '?z=0/to/1e9',
];
const METHODS = [
  'TRACE',
  'PUT',
  'PATCH',
  'DELETE',
  'POST',
  'PROPFIND',
  'SEARCH',
  'LINK',
  'MKCOL',
  'LOCK',
  'REPORT',
  'HEAD',
  'OPTIONS',
];

const many = (text: string, count: number, join: string): string => Array(count).fill(text).join(join);
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { Range: `bytes=${many('0-1', 1000, ',')}` },
  { Range: 'bytes=-99999999999999999999' },
  { Range: 'bytes=9-1' },
  { Range: 'bytes=0-' },
  { Range: 'lines=0-1' },
  { Range: `bytes=${'-'.repeat(5000)}` },
  { Range: 'bytes=0-1', 'If-Range': '"other"' },
  { 'If-None-Match': many('"x"', 1500, ',') },
  { 'If-None-Match': `W/${'"'.repeat(3000)}` },
  { Accept: many('a/b;q=0.1', 900, ',') },
  { Accept: `*/*;${'q='.repeat(2000)}` },
  { 'Accept-Encoding': many('gzip;q=0', 800, ',') },
  { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Prefix': '/../..' },
  { 'X-Forwarded-For': many('1.2.3.4', 900, ', ') },
  { Host: 'evil.example' },
  { Host: `a${'.a'.repeat(3000)}` },
  { Host: '[::1' },
  { Host: "'><script>" },
  { 'Polytope-Mock-Roles': 'local:admin', 'Polytope-Mock-User': 'root' },
  { 'Polytope-Mock-Time': '2020-01-01T00:00:00Z' },
  { 'Idempotency-Key': 'x'.repeat(4000) },
  { 'Idempotency-Key': '\t' },
  { Prefer: many('respond-async', 900, ',') },
  { Cookie: many('a=b', 2000, '; ') },
  { Origin: 'null' },
  { 'Content-Length': '0', 'X-HTTP-Method-Override': 'DELETE' },
  { Upgrade: 'h2c', Connection: 'Upgrade, HTTP2-Settings', 'HTTP2-Settings': 'AAMAAABkAAQCAAAAAAIAAAAA' },
  { Upgrade: 'websocket', Connection: 'Upgrade' },
];

const CREDENTIALS = [
  '',
  ' ',
  'Bearer',
  'Bearer ',
  `Bearer ${'x'.repeat(9000)}`,
  'Basic ????',
  'Basic Og==',
  'EmailKey',
  'EmailKey :',
  `EmailKey x:${SECRETS.owner}`,
  `Bearer ${SECRETS.expired}`,
  `Bearer ${SECRETS.owner} `.toUpperCase(),
  `Token ${SECRETS.owner}`,
  'Negotiate AAAA',
  'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJvd25lciIsInJvbGVzIjpbImFkbWluIl19.',
  many('Bearer x', 300, ', '),
  `${'Basic '.repeat(1000)}`,
];

/** Fills each `{…}` of a template with the same text. */
export const filled = (template: string, text: string): string => template.replace(/\{[^}]+\}/g, text);

/** Routes × what is wrong with them. A path that happens to be good is answered; the others are refused. */
export function hostileRoutes(chooser: Chooser, count: number, templates: readonly string[]): Hostile[] {
  const all: Hostile[] = [];
  for (const template of templates) {
    for (const method of METHODS)
      all.push(hostile('method', `${method} ${template}`, { method, target: filled(template, 'x') }, 'harmless'));
    for (const credentials of CREDENTIALS.slice(0, 4))
      all.push(
        hostile(
          'credentials',
          `${credentials.slice(0, 20)} ${template}`,
          {
            target: filled(template, 'x'),
            headers: { Authorization: credentials },
          },
          'harmless',
        ),
      );
    // What another server would take for a file or a proxy.
    for (const target of [
      `http://127.0.0.1${filled(template, 'x')}`,
      `http://evil.example${filled(template, 'x')}`,
      `/..${filled(template, 'x')}`,
      `/${filled(template, 'x')}//`,
    ])
      all.push(hostile('target', target, { target }, 'harmless'));
  }
  for (const credentials of CREDENTIALS)
    all.push(
      hostile('credentials', credentials.slice(0, 30), {
        target: '/api/v1/requests',
        headers: { Authorization: credentials },
      }),
    );
  while (all.length < count) {
    const template = chooser.from(templates);
    const target = filled(template, chooser.from(SEGMENTS)) + chooser.from(QUERIES);
    const method = chooser.from(['GET', 'GET', 'GET', 'HEAD', 'DELETE', chooser.from(METHODS)]);
    const headers = chooser.random() < 0.5 ? chooser.from(HEADERS) : {};
    all.push(
      hostile('route', `${method} ${target.slice(0, 80)}`, { method, target: encode(target), headers }, 'harmless'),
    );
  }
  return all.slice(0, count);
}

/** Bytes that cannot stand in a request line, percent-encoded; everything else as it is. */
const encode = (target: string): string => target.replace(/[^\x21-\x7e]/g, (char) => encodeURIComponent(char));

/** Requests that are wrong on the wire: framing, injections, smuggling. */
export function hostileWire(): Hostile[] {
  const key = AUTHORIZED.Authorization;
  const head = (first: string, ...lines: readonly string[]): string =>
    [first, 'Host: 127.0.0.1', `Authorization: ${key}`, ...lines, '', ''].join('\r\n');
  const post = 'POST /api/v1/requests/demo HTTP/1.1';
  const wire = (name: string, text: string): Hostile => rawHostile('wire', name, text);
  return [
    wire(
      'TE and CL',
      `${head(post, 'Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`,
    ),
    wire('TE twice', `${head(post, 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n`),
    wire('TE odd', `${head(post, 'Transfer-Encoding: xchunked')}0\r\n\r\n`),
    wire('TE tab', `${head(post, 'Transfer-Encoding:\tchunked, x')}0\r\n\r\n`),
    wire('CL twice', `${head(post, 'Content-Length: 2', 'Content-Length: 3')}{}`),
    wire('CL negative', head(post, 'Content-Length: -1')),
    wire('CL plus', `${head(post, 'Content-Length: +2')}{}`),
    wire('CL hex', `${head(post, 'Content-Length: 0x2')}{}`),
    wire('CL list', `${head(post, 'Content-Length: 2, 2')}{}`),
    wire('CL huge', head(post, 'Content-Length: 99999999999999999999999')),
    wire('CL over the limit', head(post, 'Content-Length: 300000')),
    wire('CL over the limit, waiting', head(post, 'Content-Length: 300000', 'Expect: 100-continue')),
    wire('expectation', `${head(post, 'Content-Length: 2', 'Expect: 200-maybe')}{}`),
    wire('chunk size', `${head(post, 'Transfer-Encoding: chunked')}FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n`),
    wire('chunk not hex', `${head(post, 'Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`),
    wire('chunk extension', `${head(post, 'Transfer-Encoding: chunked')}2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    wire(
      'chunks beyond the limit',
      `${head(post, 'Transfer-Encoding: chunked')}50000\r\n${' '.repeat(0x50000)}\r\n0\r\n\r\n`,
    ),
    wire('folded header', head('GET /api/v1/requests HTTP/1.1', 'X-A: 1\r\n folded')),
    wire('bare CR', head('GET /api/v1/requests HTTP/1.1', 'X-A: 1\rX-B: 2')),
    wire('bare LF', 'GET /api/v1/requests HTTP/1.1\nHost: x\n\n'),
    wire('NUL in a header', head('GET /api/v1/requests HTTP/1.1', 'X-A: \0')),
    wire('blank before colon', head('GET /api/v1/requests HTTP/1.1', 'X-A : 1')),
    wire('no colon', head('GET /api/v1/requests HTTP/1.1', 'nothing here')),
    wire('empty name', head('GET /api/v1/requests HTTP/1.1', ': 1')),
    wire('65 headers', head('GET /api/v1/requests HTTP/1.1', ...Array.from({ length: 65 }, (_, at) => `X-${at}: 1`))),
    wire('2500 headers', head('GET /api/v1/requests HTTP/1.1', ...Array.from({ length: 2500 }, (_, at) => `X${at}: `))),
    wire('20 KB header', head('GET /api/v1/requests HTTP/1.1', `X-A: ${'a'.repeat(20_000)}`)),
    wire('20 KB target', head(`GET /${'a'.repeat(20_000)} HTTP/1.1`)),
    wire('9 KB target', head(`GET /api/v1/requests?${'a'.repeat(9000)} HTTP/1.1`)),
    wire('no host', 'GET /api/v1/requests HTTP/1.1\r\n\r\n'),
    wire('two hosts', 'GET /api/v1/requests HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'),
    wire('HTTP/9.9', head('GET / HTTP/9.9')),
    wire('HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    wire('TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(200, '\x00')),
    wire('noise', Array.from({ length: 300 }, (_, at) => String.fromCharCode((at * 73 + 11) % 256)).join('')),
    wire('CR LF in the target', head('GET /api/v1/x\r\nX-Injected: 1 HTTP/1.1')),
    wire('blank in the target', head('GET /api/v1/ x HTTP/1.1')),
    wire('unknown method', head('STEAL /api/v1/requests HTTP/1.1')),
    wire('lower-case method', head('get /api/v1/requests HTTP/1.1')),
    wire('CONNECT', head('CONNECT evil.example:443 HTTP/1.1')),
    wire('asterisk', head('OPTIONS * HTTP/1.1')),
  ];
}
