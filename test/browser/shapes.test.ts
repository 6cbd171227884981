import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { axe, type Bench, freshLink, holds, mapShown, noBrowser, startBench, textOf } from './browser.js';
import { isPrice, isSubmit, repeatAndReload, typeShape } from './steps.js';

/** Middle of the map and a length that is well inside it. */
async function middle(page: Page): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await page.locator('#map').boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

const SURFACE = '#c=demo-sfc&p=2t&t=2025-01-16T18:00Z';
const POLY = 'poly:44,-74;46,-74;46,-70;44.5,-69';

describe('the page: areas and tracks', { skip: noBrowser }, () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench[Symbol.asyncDispose]());

  it('10 extracts a polygon drawn by clicks', async () => {
    await using opened = await bench.open(SURFACE);
    const { page, complaints } = opened;
    await mapShown(page);
    const { x, y } = await middle(page);
    await page.click('[data-tool=poly]');
    await page.waitForSelector('[data-tool=poly][aria-pressed=true]');
    const corners = [
      [-120, -80],
      [100, -110],
      [130, 90],
      [-60, 120],
    ] as const;
    for (const [n, [dx, dy]] of corners.entries()) {
      await page.mouse.click(x + dx, y + dy);
      await holds(page, `document.querySelectorAll('path.corner').length === ${n + 1}`);
    }
    await page.mouse.dblclick(x - 140, y + 20);
    await page.waitForSelector('#extract');
    assert.match(await textOf(page.locator('#extract')), /Extract \d+ points × 25 steps/);
    await page.click('#extract');
    await page.waitForSelector('.job[data-state=processed]');
    await page.waitForSelector('.histogram');
    const points = Number(await textOf(page.locator('.numbers dd').first()));
    assert.ok(points > 10);
    assert.match(await textOf(page.locator('#extract')), new RegExp(`Extract ${points} points`));
    await holds(page, `location.hash.includes('&job=')`);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(complaints, []);
  });

  it('11 makes the same request by the form, with keys only', async () => {
    await using drawn = await bench.open(`${SURFACE}&f=${POLY}`);
    const [first] = await Promise.all([drawn.page.waitForRequest(isSubmit), drawn.page.click('#extract')]);
    await using typed = await bench.open(SURFACE);
    const { page, complaints } = typed;
    await mapShown(page);
    await typeShape(page, '44, -74\n46, -74\n46, -70\n44.5, -69');
    const sent = page.waitForRequest(isSubmit);
    await page.locator('#extract').press('Enter');
    assert.equal((await sent).postData(), first.postData());
    assert.deepEqual(complaints, []);
  });

  for (const [name, feature] of [
    ['box', 'box:43,-74,46,-70'],
    ['circle', 'circ:45,-72,150'],
    ['frame', 'frame:42,-76,48,-66/44,-72,46,-70'],
  ] as const) {
    it(`12 asks the price of a ${name}`, async () => {
      await using opened = await bench.open(SURFACE);
      const { page, complaints } = opened;
      await mapShown(page);
      const price = page.waitForResponse((answer) => isPrice(answer.request()));
      await page.evaluate(`location.hash = ${JSON.stringify(`${SURFACE}&f=${feature}`)}`);
      const answer = await price;
      assert.equal(answer.status(), 200);
      assert.ok(((await answer.json()) as { points: number }).points > 5);
      assert.deepEqual(complaints, []);
    });
  }

  it('13 draws the section of a track', async () => {
    await using opened = await bench.open(
      '#c=demo-pl&p=t&z=850&t=2025-01-16T18:00Z&f=track:42,-78@+0h;46,-70@+6h;48,-64@+9h/z=1000,850,500',
    );
    const { page, complaints } = opened;
    await page.click('#extract');
    await page.waitForSelector('.section rect[fill]');
    const labels = await page.locator('.section text').allTextContents();
    for (const label of ['1000', '850', '500']) assert.ok(labels.includes(label), label);
    assert.ok(
      labels.some((label) => /^\d\d:\d\d$/.test(label)),
      'times along the track',
    );
    assert.ok((await page.locator('.section .section-barb').count()) >= 6, 'barbs');
    await page.click('[data-axis=log]');
    await page.waitForSelector('[data-axis=log][aria-checked=true]');
    await page.click('.track-table summary');
    await page.fill('[data-vertex="1"]', '7.5');
    await page.keyboard.press('Tab');
    await holds(page, `location.hash.includes('46,-70@+7.5h')`);
    await page.click('[data-track-level="850"]');
    await holds(page, `location.hash.includes('/z=1000,500')`);
    await page.click('#fill-speed');
    await holds(page, `!location.hash.includes('@+7.5h')`);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(complaints, []);
  });

  it('14 keeps its list of requests over a reload; repeats and removes', async () => {
    await using opened = await bench.open(`${SURFACE}&f=${POLY}`);
    const { page, complaints } = opened;
    await repeatAndReload(page);
    assert.deepEqual(await axe(page), []);
    await page.locator('#jobs [aria-label=Remove]').first().click();
    await holds(page, `document.querySelectorAll('#jobs .job').length === 1`);
    await page.click('#jobs >> text=Show');
    await page.waitForSelector('.histogram');
    assert.deepEqual(complaints, []);
  });

  it('17 opens a link as it was copied', async () => {
    await using opened = await bench.open(`${SURFACE}&f=${POLY}&u=temperature:F&tz=local&lang=fr&theme=dark&crs=5937`);
    const { page, complaints } = opened;
    await mapShown(page);
    const link = await freshLink(page);
    await using again = await bench.open(link);
    await mapShown(again.page);
    assert.equal(await freshLink(again.page), link);
    assert.equal(await again.page.getAttribute('html', 'lang'), 'fr');
    assert.match(await textOf(again.page.locator('#credit')), /Stéréographique polaire/);
    assert.deepEqual([...complaints, ...again.complaints], []);
  });

  it('names the parts of a link that it does not understand', async () => {
    await using opened = await bench.open('#p=2t&z=high&nonsense=1');
    const { page, complaints } = opened;
    await page.waitForSelector('.toast:has-text("z, nonsense")');
    await mapShown(page);
    assert.deepEqual(complaints, []);
  });

  it('14 cancels a request that is queued', async () => {
    await using idle = await bench.another({ workers: { enabled: false } });
    await using opened = await idle.open(`${SURFACE}&f=${POLY}`);
    const { page, complaints } = opened;
    await page.click('#extract');
    await page.waitForSelector('.job[data-state=queued]');
    await page.click('.job >> text=Cancel');
    await page.waitForSelector('.job[data-state=cancelled]');
    assert.equal(await page.locator('.job >> text=Repeat').count(), 1);
    assert.deepEqual(complaints, []);
  });

  it('10 moves and removes corners by keys, and tells where edges cross', async () => {
    await using opened = await bench.open(`${SURFACE}&f=${POLY}`);
    const { page, complaints } = opened;
    await page.waitForSelector('#extract');
    const corner = page.locator('.vertex').nth(1);
    await corner.focus();
    await page.keyboard.press('Shift+ArrowUp');
    await holds(page, `!location.hash.includes('46,-74;46,-70')`);
    const moved = /f=poly:44,-74;([\d.]+),-74;46,-70;/.exec((await page.evaluate('location.hash')) as string);
    assert.ok(Number(moved?.[1]) > 46, String(moved));
    assert.equal(await page.evaluate(`document.activeElement.classList.contains('vertex')`), true);
    await page.keyboard.press('Delete');
    await holds(page, `document.querySelectorAll('.vertex').length === 3`);
    await page.evaluate(`location.hash = ${JSON.stringify(`${SURFACE}&f=poly:44,-74;46,-70;46,-74;44,-70`)}`);
    await page.waitForSelector('path.shape.wrong');
    assert.deepEqual(complaints, []);
  });
});
