/** Pictures that come back as they were. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPng } from '../test/wms/png-reader.js';
import { encodePng } from './png.js';

const hex = (rgba: number): string =>
  `#${[0, 8, 16, 24].map((shift) => ((rgba >>> shift) & 0xff).toString(16).padStart(2, '0')).join('')}`;

async function check(width: number, height: number, colourAt: (n: number) => number): Promise<Uint8Array> {
  const rgba = Uint32Array.from({ length: width * height }, (_, n) => colourAt(n) >>> 0);
  const bytes = await encodePng({ width, height, rgba });
  const picture = readPng(bytes);
  assert.deepEqual([picture.width, picture.height], [width, height]);
  for (let n = 0; n < rgba.length; n++) {
    assert.equal(picture.at(n % width, Math.floor(n / width)), hex(rgba[n]!));
  }
  return bytes;
}

describe('PNG', () => {
  it('writes few colours by number, with their opacity', async () => {
    await check(1, 1, () => 0);
    const bytes = await check(33, 17, (n) => (n % 5 === 0 ? 0 : 0xff000000 + 1000 * (n % 200)));
    assert.ok(Buffer.from(bytes).includes('PLTE'));
    assert.ok(Buffer.from(bytes).includes('tRNS'));
  });

  it('writes 256 colours by number and more as they are', async () => {
    const few = await check(64, 8, (n) => 0xff000000 + 77 * (n % 256));
    assert.ok(Buffer.from(few).includes('PLTE') && !Buffer.from(few).includes('tRNS'));
    const many = await check(64, 8, (n) => 0x80000000 + 7919 * n);
    assert.ok(!Buffer.from(many).includes('PLTE'));
  });
});
