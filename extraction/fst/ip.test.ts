import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { shared, skipWithout } from '../../test/paths.js';
import { decodeIp, decodeIps, encodeIp, ipDecodeLine, ipEncodeLine, kindName, sameIp } from './ip.js';
import { decodeTriplet, encodeTriplet } from './ip-triplet.js';

const golden = shared('fst', 'ip.json');
const skip = skipWithout(golden, 'fst/ip.json');

interface Golden {
  encode: {
    value: number;
    kind: number;
    style: 'old' | 'new';
    ip: number;
    decoded_value?: number;
    decoded_kind?: number;
  }[];
  decode: { ip: number; value: number; kind: number; kind_name: string | null }[];
  triplets: { ip1: number; ip2: number; ip3: number; DecodeIp: { rp: [number, number, number][] } }[];
}

function load(): Golden {
  return JSON.parse(readFileSync(golden!, 'utf8')) as Golden;
}

test('encodes as the reference library, both styles', { skip }, () => {
  for (const row of load().encode) {
    if (row.ip < 0) assert.throws(() => encodeIp(row.value, row.kind, row.style), { code: 'bad_value' });
    else {
      assert.equal(encodeIp(row.value, row.kind, row.style), row.ip, JSON.stringify(row));
      const back = decodeIp(row.ip);
      assert.deepEqual([back?.value, back?.kind], [row.decoded_value, row.decoded_kind], JSON.stringify(row));
    }
  }
});

test('decodes as the reference library', { skip }, () => {
  for (const row of load().decode) {
    const got = decodeIp(row.ip);
    if (row.kind < 0) assert.equal(got, null);
    else assert.deepEqual(got, { value: row.value, kind: row.kind, name: row.kind_name }, JSON.stringify(row));
  }
});

test('reads triplets as the reference library', { skip }, () => {
  for (const row of load().triplets) {
    const { level, time, user } = decodeTriplet(row.ip1, row.ip2, row.ip3);
    const got = [level, time, user ?? { from: 0, to: 0, kind: -1 }].map((span) => [span?.from, span?.to, span?.kind]);
    assert.deepEqual(got, row.DecodeIp.rp, JSON.stringify(row));
  }
});

test('well-known levels', () => {
  assert.deepEqual(decodeIp(500), { value: 500, kind: 2, name: 'mb' });
  assert.deepEqual(decodeIp(41394464), { value: 500, kind: 2, name: 'mb' });
  assert.deepEqual(decodeIp(93423264), { value: 1, kind: 5, name: 'hy' });
  assert.deepEqual(decodeIp(76696048), { value: 1.5, kind: 4, name: 'M' });
  assert.equal(encodeIp(0.995, 5), 95366840);
  assert.equal(encodeIp(12, 10), 176280768);
  assert.equal(encodeIp(-5, 0), 8345032);
  assert.equal(encodeIp(10, 21), 88180384);
  assert.equal(encodeIp(0, 2), 0);
});

test('what is no ip decodes to null, what has no ip is refused', () => {
  for (const ip of [-1, 32768, 268435455, 0x10000000, Number.NaN, 1.5e12]) assert.equal(decodeIp(ip), null, String(ip));
  assert.throws(() => encodeIp(1, 8), { code: 'bad_value', message: /kind 8/ });
  assert.throws(() => encodeIp(1200, 2), { code: 'bad_value', message: /0 to 1100/ });
  assert.throws(() => encodeIp(Number.NaN, 2), { code: 'bad_value' });
  assert.throws(() => encodeIp(101, 3, 'old'), { code: 'bad_value' });
});

test('a column decodes as its items', () => {
  const ips = new Int32Array([500, 41394464, 32768, 93423264]);
  const { values, kinds } = decodeIps(ips);
  assert.deepEqual([...kinds], [2, 2, -1, 5]);
  assert.deepEqual([...values], [500, 500, Number.NaN, 1]);
});

test('aliases are the same level', () => {
  assert.ok(sameIp(500, 41394464));
  assert.ok(!sameIp(500, 501));
  assert.ok(!sameIp(12000, 93423264), 'sigma is not hybrid');
});

test('triplets: interval and layer bounds find their places', () => {
  assert.deepEqual(
    encodeTriplet({ from: 1000, to: 1000, kind: 2 }, { from: 24, to: 18 }),
    [39945888, 176400768, 176340768],
  );
  assert.deepEqual(
    encodeTriplet({ from: 850, to: 1000, kind: 2 }, { from: 12, to: 12 }),
    [39945888, 176280768, 41744464],
  );
  assert.deepEqual(
    encodeTriplet({ from: 500, to: 500, kind: 2 }, { from: 12, to: 12 }, 42),
    [41394464, 176280768, 59140256],
  );
  assert.deepEqual(decodeTriplet(500, 6, 3).time, { from: 6, to: 6, kind: 10 });
  assert.deepEqual(decodeTriplet(500, 6, 3).user, { from: 3, to: 3, kind: 3 });
});

test('lines of the command', () => {
  assert.deepEqual(ipDecodeLine(1199), { ip: 1199, value: 1, kind: 3, name: '', style: 'old' });
  assert.deepEqual(ipDecodeLine(32768), { ip: 32768, value: -999999, kind: -1, name: null, style: 'new' });
  assert.deepEqual(ipEncodeLine(850, 2, true), { ip: 850 });
  assert.equal(kindName(9), undefined);
});
