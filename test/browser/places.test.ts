import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { axe, type Bench, holds, mapShown, noBrowser, startBench, textOf } from './browser.js';
import { coloursAgree } from './steps.js';

const KEY = 'k'.repeat(24);
const LINK = '#c=demo-sfc&p=2t&t=2025-01-16T18:00Z';

describe('the page: projections, errors, small screens', { skip: noBrowser }, () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench[Symbol.asyncDispose]());

  for (const crs of ['5937', '3857', '84'] as const) {
    it(`18 has the colour of the value on the map in ${crs}`, async () => {
      await using opened = await bench.open(`#c=demo-pl&p=t&z=500&t=2025-01-16T18:00Z&crs=${crs}&o=none`);
      const { page, complaints } = opened;
      await mapShown(page);
      const compared = await coloursAgree(page, 20);
      assert.ok(compared >= 5, `${compared} places compared`);
      assert.deepEqual(complaints, []);
    });
  }

  it('18 takes a click at the pole', async () => {
    await using opened = await bench.open(`${LINK}&crs=5937&v=90,0,3`);
    const { page } = opened;
    await mapShown(page);
    await page.focus('#map');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#panel h1');
    assert.match(await textOf(page.locator('#panel h1')), /^90\.00° N/);
  });

  it('19 says what is too large, in the panel', async () => {
    await using small = await startBench(undefined, { limits: { values: 100 } });
    await using opened = await small.open(`${LINK}&f=box:41,-79,49,-61`);
    const { page } = opened;
    await page.waitForSelector('#tab-body [role=alert] code:has-text("too_large")');
    assert.equal(await page.locator('#fewer').count(), 0, 'not one step fits');
  });

  it('19 says that the server is gone, and goes on when it is back', async () => {
    await using opened = await bench.open(LINK);
    const { page } = opened;
    await mapShown(page);
    await page.context().setOffline(true);
    await page.click('[data-key=tcc]');
    await page.waitForSelector('#strip:has-text("not reachable")');
    assert.ok(await page.locator('#title h1').isVisible());
    await page.context().setOffline(false);
    await page.click('[data-key="2t"]');
    await page.click('[data-key=msl]');
    await page.waitForSelector('#strip:not(:has(.strip))', { state: 'attached' });
  });

  it('19 counts down while the server is busy', async () => {
    await using opened = await bench.open();
    const { page } = opened;
    let [busy, refused] = [true, 0];
    await page.route('**/edr/collections?f=json', (route) => {
      if (!busy) return route.fallback();
      refused++;
      return route.fulfill({ status: 529, headers: { 'Retry-After': '2' }, json: { code: 'busy', detail: 'Busy.' } });
    });
    await page.reload({ waitUntil: 'domcontentloaded' });
    await page.waitForSelector('#strip:has-text("The server is busy. Trying again in")');
    busy = false;
    await mapShown(page);
    await holds(page, `document.querySelector('#strip .strip') === null`);
    assert.ok(refused >= 1);
  });

  it('19 asks for the key of a server that wants one', async () => {
    await using keyed = await bench.another({
      auth: { keys: [{ id: 'one', user: 'ann', sha256: createHash('sha256').update(KEY).digest('hex') }] },
    });
    await using opened = await keyed.open(LINK);
    const { page } = opened;
    await page.fill('#strip input[name=key]', KEY);
    await page.keyboard.press('Enter');
    await mapShown(page);
    await holds(
      page,
      `[...document.querySelectorAll('.fill:not(.waiting) img')].some((tile) => tile.naturalWidth > 0)`,
    );
    assert.doesNotMatch((await page.evaluate('location.href')) as string, /kkkk/);
  });

  for (const [name, options, hash] of [
    ['phone-fr', { colorScheme: 'light' as const }, '&lang=fr'],
    ['phone-dark', { colorScheme: 'dark' as const }, ''],
  ] as const) {
    it(`20 fits a phone: ${name}`, async () => {
      await using opened = await bench.open(`${LINK}&f=pt:45.5,-73.5${hash}`, {
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        hasTouch: true,
        isMobile: true,
        ...options,
      });
      const { page, complaints } = opened;
      await mapShown(page);
      await page.waitForSelector('.met .uplot');
      await holds(page, 'document.documentElement.scrollWidth === 390');
      const [bigger, smaller] = [page.locator('.grab button').first(), page.locator('.grab button').last()];
      const height = `document.getElementById('panel').getBoundingClientRect().height`;
      const stop = await page.evaluate(height);
      await smaller.tap();
      await holds(page, `${height} < ${stop}`);
      await bigger.tap();
      await holds(page, `${height} === ${stop}`);
      await bigger.tap();
      await holds(page, `${height} > 800`);
      await smaller.tap();
      await holds(page, `${height} === ${stop}`);
      const map = (await page.locator('#map').boundingBox())!;
      const finger = await page.context().newCDPSession(page);
      const touchPoints = [{ x: map.x + map.width / 2, y: map.y + 150 }];
      await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
      await page.waitForSelector('[role=menu]');
      await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await page.locator('[role=menuitem]').nth(1).tap();
      await page.waitForSelector('.profile');
      assert.deepEqual(await axe(page), []);
      assert.deepEqual(complaints, []);
    });
  }

  it('20 bears large text, forced colours and reduced motion', async () => {
    await using opened = await bench.open(`${LINK}&f=pt:45.5,-73.5`, {
      forcedColors: 'active',
      reducedMotion: 'reduce',
      viewport: { width: 720, height: 450 },
    });
    const { page, complaints } = opened;
    await page.waitForSelector('.met .uplot');
    assert.ok(await page.locator('#timebar input').isVisible());
    await holds(page, 'document.documentElement.scrollWidth <= 720');
    assert.deepEqual(complaints, []);
  });

  for (const lang of ['en', 'fr'] as const) {
    it(`has no word too long for 320 pixels, ${lang}`, async () => {
      await using opened = await bench.open(`${LINK}&f=pt:45.5,-73.5&lang=${lang}`, {
        viewport: { width: 320, height: 640 },
      });
      const { page, complaints } = opened;
      await page.waitForSelector('.met .uplot');
      await holds(page, 'document.documentElement.scrollWidth === 320');
      const text = await textOf(page.locator('body'));
      assert.doesNotMatch(text, /\{\w+\}/);
      assert.deepEqual(complaints, []);
    });
  }
});
