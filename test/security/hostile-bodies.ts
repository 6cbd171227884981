/** Bodies that attack the parsers: nesting, size, aliases, encodings, numbers, names that are special to JavaScript. */
import { deflateSync, gzipSync } from 'node:zlib';
import { type Chooser, type Hostile, hostile } from './hostile.js';

export const SUBMITS = ['/api/v1/requests/demo', '/api/v2/demo/requests'] as const;

const JSON_TYPE = { 'Content-Type': 'application/json' } as const;
const DEPTHS = [33, 40, 64, 100, 1000, 2000, 5000, 20_000, 60_000];

const nested = (depth: number): readonly (readonly [string, string])[] => [
  ['arrays', '['.repeat(depth) + ']'.repeat(depth)],
  ['open arrays', '['.repeat(depth)],
  ['objects', `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
  ['in a request', `{"verb":"retrieve","request":${'['.repeat(depth)}${']'.repeat(depth)}}`],
  ['in a text', JSON.stringify({ verb: 'retrieve', request: '['.repeat(depth) + ']'.repeat(depth) })],
  ['in a feature', `{"feature":{"type":"polygon","shape":${'['.repeat(depth)}1,2${']'.repeat(depth)}}}`],
  ['flow maps', `${'{a: '.repeat(depth)}1${'}'.repeat(depth)}`],
  ['dashes', `${'- '.repeat(depth)}a`],
  ['block maps', Array.from({ length: Math.min(depth, 600) }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ['questions', `${'? '.repeat(depth)}a`],
];

/** A document of aliases that would expand to 9^9 items. */
function aliasBomb(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let n = 1; n < 9; n++)
    lines.push(
      `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join(',')}]`,
    );
  return lines.join('\n');
}

const PLAIN: readonly (readonly [string, string | Buffer])[] = [
  ['empty', ''],
  ['blank', '   \n\n  '],
  ['not a map', '[1,2,3]'],
  ['a text', '"abc"'],
  ['null', 'null'],
  ['cut', '{"verb":"retrieve","request":{"class":"rd"'],
  ['alias bomb', aliasBomb()],
  ['alias bomb in a text', JSON.stringify({ verb: 'retrieve', request: aliasBomb() })],
  ['self alias', 'a: &a [*a]'],
  ['merge', 'a: &a {b: 1}\nc:\n  <<: *a'],
  ['tag', 'a: !!js/function "function(){}"'],
  ['binary tag', 'a: !!binary "AAAA"'],
  ['duplicate keys', '{"param":"2t","param":"10u"}'],
  ['two documents', 'a: 1\n---\nb: 2'],
  ['directive', '%YAML 9.9\n---\na: 1'],
  ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
  ['overlong UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
  ['lone surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['UTF-16', Buffer.from('{"verb":"retrieve"}', 'utf16le')],
  ['NUL', '{"param":"2t\u0000"}'],
  ['tabs', '\t\ta:\t1'],
  ['__proto__', '{"__proto__":{"isAdmin":true},"verb":"retrieve","request":{"__proto__":{"x":1}}}'],
  ['constructor', '{"constructor":{"prototype":{"x":1}},"verb":"retrieve","request":{"constructor":1}}'],
  ['many keys', JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`k${at}`, at])))],
  ['many unknown keys', `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join(',')}}`],
  ['many items', JSON.stringify({ param: Array(11_000).fill('2t') })],
  ['long text', JSON.stringify({ param: 'x'.repeat(5000) })],
  ['long key', JSON.stringify({ ['k'.repeat(5000)]: 1 })],
  ['slashes', JSON.stringify({ param: '1/'.repeat(2000) })],
  ['colons', `a${': '.repeat(30_000)}`],
  ['quotes', `"${'\\"'.repeat(60_000)}`],
  ['commas', `[${','.repeat(100_000)}]`],
  ['number', '1'.repeat(100_000)],
  ['exponent', '{"a":1e999999}'],
];

function packed(): readonly Hostile[] {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
  const flat = deflateSync(Buffer.alloc(20_000_000, 0x5b));
  const coded = (name: string, encoding: string, body: Buffer): Hostile =>
    hostile('encoding', name, {
      method: 'POST',
      target: SUBMITS[0],
      headers: { ...JSON_TYPE, 'Content-Encoding': encoding },
      body,
    });
  return [
    coded('gzip bomb', 'gzip', bomb),
    coded('deflate bomb', 'deflate', flat),
    coded('gzip cut', 'gzip', bomb.subarray(0, 200)),
    coded('gzip of noise', 'gzip', Buffer.from('not gzip at all')),
    coded('unknown', 'zstd', Buffer.from('{}')),
    coded('twice', 'gzip, gzip', gzipSync(gzipSync('{}'))),
    coded('nonsense', 'x'.repeat(200), Buffer.from('{}')),
  ];
}

/** Every plain case on every submit route, then damaged copies of good bodies. */
export function hostileBodies(chooser: Chooser, count: number, good: readonly object[]): Hostile[] {
  const post = (target: string, name: string, body: string | Buffer, type = 'application/json'): Hostile =>
    hostile('body', name, { method: 'POST', target, headers: { 'Content-Type': type }, body });
  const all: Hostile[] = [...packed()];
  for (const target of SUBMITS) {
    for (const [name, body] of PLAIN) all.push(post(target, name, body));
    for (const depth of DEPTHS)
      for (const [name, body] of nested(depth)) all.push(post(target, `${name} ${depth}`, body));
    for (const type of [
      'text/html',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'a',
      '*/*',
    ])
      all.push(post(target, `type ${type}`, '{"verb":"archive"}', type));
  }
  while (all.length < count) {
    const target = chooser.from(SUBMITS);
    const bytes = Buffer.from(JSON.stringify({ verb: 'retrieve', request: chooser.from(good) }));
    const at = chooser.whole(bytes.length);
    const way = chooser.whole(3);
    if (way === 0) bytes[at] = chooser.whole(256);
    const body = way === 1 ? bytes.subarray(0, at) : way === 2 ? Buffer.concat([bytes.subarray(0, at), bytes]) : bytes;
    all.push({ ...post(target, `damaged ${way}`, body), expect: 'harmless' });
  }
  return all.slice(0, count);
}
