/** Steps that tests take on more than one run: colours against values, playing, downloads. */
import assert from 'node:assert/strict';
import type { Page, Request } from 'playwright-core';
import { holds, readAt } from './browser.js';

export const isSubmit = (request: Request): boolean => request.method() === 'POST' && /\/requests$/.test(request.url());
export const isPrice = (request: Request): boolean => request.method() === 'POST' && request.url().includes('dry-run');

/** Compares the pixel under the pointer with the bin of the value beside it, at places of the map; how many were compared. Temperatures in Celsius. */
export async function coloursAgree(page: Page, places: number): Promise<number> {
  const map = (await page.locator('#map').boundingBox())!;
  const colours = (await page.evaluate(
    `[...document.querySelectorAll('.legend-bin')].map((bin) => bin.getAttribute('fill'))`,
  )) as string[];
  let compared = 0;
  for (let n = 0; n < places; n++) {
    const x = Math.round(map.x + map.width * (0.35 + (0.3 * n) / places));
    const y = Math.round(map.y + map.height * (0.3 + 0.4 * (((n * 7) % places) / places)));
    const value = Number.parseFloat((await readAt(page, x, y)).replace('−', '-'));
    if (Number.isNaN(value) || Math.abs(value / 5 - Math.round(value / 5)) < 0.03) continue;
    const pixel = await page.evaluate(`(async () => {
      for (const tile of document.querySelectorAll('.fill:not(.waiting) img')) {
        const box = tile.getBoundingClientRect();
        const [x, y] = [${x} - box.left, ${y} - box.top];
        if (x < 0 || y < 0 || x >= box.width || y >= box.height) continue;
        const canvas = new OffscreenCanvas(tile.naturalWidth, tile.naturalHeight);
        const context = canvas.getContext('2d');
        context.drawImage(tile, 0, 0);
        const [r, g, b] = context.getImageData(Math.floor(x * tile.naturalWidth / box.width), Math.floor(y * tile.naturalHeight / box.height), 1, 1).data;
        return '#' + [r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('');
      }
    })()`);
    assert.equal(pixel, colours[Math.floor((value + 40) / 5) + 1], `${value} at ${x}, ${y}`);
    compared++;
  }
  return compared;
}

/** Plays until so many frames were shown: none is empty, they come in their order, and are asked for in it. */
export async function plays(page: Page, frames: number): Promise<void> {
  // looked at from within, once a frame: what is on the screen, and which time it is
  await page.evaluate(`(() => {
    window.seen = { samples: 0, empty: 0, times: [] };
    const look = () => {
      const whole = [...document.querySelectorAll('.fill:not(.waiting) img')].some((tile) => tile.complete && tile.naturalWidth > 0);
      window.seen.samples++;
      if (!whole) window.seen.empty++;
      const { shown } = document.body.dataset;
      if (window.seen.times.at(-1) !== shown) window.seen.times.push(shown);
      requestAnimationFrame(look);
    };
    look();
  })()`);
  const asked: string[] = [];
  page.on('request', (request) => {
    const keys = new URL(request.url()).searchParams;
    const time = keys.get('TIME') ?? keys.get('time');
    if (keys.get('width') === '256' && time !== null && !asked.includes(time)) asked.push(time);
  });
  await page.focus('#map');
  await page.keyboard.press('Space');
  await holds(page, `window.seen.samples >= 40 && window.seen.times.length > ${frames}`);
  await page.keyboard.press('Space');
  const { empty, times } = (await page.evaluate('window.seen')) as { empty: number; times: string[] };
  assert.equal(empty, 0);
  for (const list of [times.slice(0, frames + 1), asked.slice(0, frames)]) assert.deepEqual(list, [...list].sort());
}

const STARTS: Readonly<Record<string, RegExp>> = {
  CoverageJSON: /^\{"type"/,
  GeoJSON: /^\{"type":"FeatureCollection"/,
  CSV: /^x,y/,
  NetCDF: /^(CDF|.HDF)/,
  GeoTIFF: /^(II|MM)/,
  GRIB2: /^GRIB/,
  Parquet: /^PAR1/,
};

/** Fetches each link of the download menu: all are there, and are what they say. */
export async function downloads(page: Page): Promise<void> {
  await page.waitForSelector('.downloads a', { state: 'attached' });
  const links = (await page.evaluate(
    `[...document.querySelectorAll('.downloads a')].map((link) => [link.dataset.format, link.href])`,
  )) as [string, string][];
  assert.ok(links.length >= 3);
  for (const [format, href] of links) {
    const answer = await fetch(href);
    const head = Buffer.from(await answer.arrayBuffer())
      .subarray(0, 60)
      .toString('latin1');
    assert.equal(answer.status, 200, `${format}: ${head}`);
    assert.match(head, STARTS[format] ?? /./, format);
  }
}

/** Chooses a dialect of the code block; its text. */
export async function codeOf(page: Page, dialect: string): Promise<string> {
  await page.click(`#code-${dialect}`);
  await page.waitForSelector(`#code-${dialect}[aria-selected=true]`);
  return (await page.locator('#code-text').textContent()) ?? '';
}

/** Draws a shape by the form, with keys only. */
export async function typeShape(page: Page, points: string): Promise<void> {
  await page.keyboard.press('k');
  await page.waitForSelector('#form-kind:focus');
  await page.keyboard.press('Tab');
  await page.keyboard.insertText(points);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#extract');
}

/** Extracts, repeats the request and loads the page anew: the list has both then. */
export async function repeatAndReload(page: Page): Promise<void> {
  await page.click('#extract');
  await page.waitForSelector('.job[data-state=processed]');
  await page.click('.job >> text=Repeat');
  await page.waitForSelector('.job[data-state=processed]');
  await page.reload();
  await page.click('#jobs-button');
  await holds(page, `document.querySelectorAll('#jobs .job[data-state=processed]').length === 2`);
}
