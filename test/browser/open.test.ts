import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { axe, type Bench, holds, mapShown, noBrowser, RUN, startBench, textOf } from './browser.js';
import { plays } from './steps.js';

describe('the page: opening, parameters, levels, runs, time', { skip: noBrowser }, () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench[Symbol.asyncDispose]());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`1 opens with a map, without a complaint, ${colorScheme}`, async () => {
      await using opened = await bench.open('', { colorScheme });
      const { page, complaints } = opened;
      await mapShown(page);
      assert.match(await page.title(), /Polyfst/);
      assert.equal(await page.getAttribute('html', 'data-theme'), colorScheme);
      assert.equal(await page.locator('main [role=application]').count(), 1);
      assert.equal(await page.locator('#timebar input[type=range]').count(), 1);
      assert.ok((await page.locator('.legend-bar text').count()) >= 5);
      assert.deepEqual(await axe(page), []);
      assert.deepEqual(complaints, []);
    });
  }

  it('2 finds and chooses a parameter by keyboard', async () => {
    await using opened = await bench.open();
    const { page, complaints } = opened;
    await mapShown(page);
    await page.keyboard.press('/');
    await page.keyboard.type('cloud');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#title h1:has-text("Cloud cover")');
    await holds(page, `location.hash.includes('p=tcc')`);
    assert.equal(await page.locator('[role=option][aria-selected=true]').getAttribute('data-key'), 'tcc');
    assert.deepEqual(complaints, []);
  });

  it('3 keeps the time when the level changes', async () => {
    await using opened = await bench.open('#c=demo-pl&p=t&z=850&t=2025-01-16T18:00Z');
    const { page, complaints } = opened;
    await mapShown(page);
    await page.click('[data-level="500"]');
    await holds(page, `location.hash.includes('z=500')`);
    await holds(page, `document.body.dataset.shown === '2025-01-16T18:00Z'`);
    assert.match(await textOf(page.locator('#title h1')), /500 hPa/);
    assert.match((await page.evaluate('location.hash')) as string, /t=2025-01-16T18:00Z/);
    assert.deepEqual(complaints, []);
  });

  it('4 changes the run and the link with it', async () => {
    await using opened = await bench.open('#c=demo-sfc&p=2t');
    const { page, complaints } = opened;
    await mapShown(page);
    await page.selectOption('#pick-run', '20250115T000000Z');
    await holds(page, `location.hash.includes('r=20250115T000000Z')`);
    await page.waitForSelector('.now b:has-text("15 Jan")');
    await page.goBack();
    await holds(page, `!location.hash.includes('r=2025')`);
    assert.notEqual(RUN, '20250115T000000Z');
    assert.deepEqual(complaints, []);
  });

  it('7 changes labels, not data, with zone and units', async () => {
    await using opened = await bench.open('#c=demo-sfc&p=2t&t=2025-01-16T18:00Z&f=pt:45.5,-73.5');
    const { page, complaints } = opened;
    await page.waitForSelector('.met .uplot');
    const head = page.locator('.met .row-head', { hasText: 'Temperature' }).locator('b');
    const celsius = Number.parseFloat(await textOf(head));
    await page.click('.toggle >> text=Local');
    await page.waitForSelector('.now b:has-text("13:00 EST")');
    await page.click('summary[aria-label=Units]');
    await page.selectOption('[data-unit=temperature]', 'F');
    await holds(page, `document.querySelector('.met').textContent.includes('°F')`);
    const fahrenheit = Number.parseFloat(await textOf(head));
    assert.ok(Math.abs(fahrenheit - (celsius * 1.8 + 32)) < 0.15, `${celsius} ${fahrenheit}`);
    await holds(page, `location.hash.includes('u=temperature:F') && location.hash.includes('tz=local')`);
    assert.deepEqual(complaints, []);
  });

  it('lists its keys, and leaves letters alone when told so', async () => {
    await using opened = await bench.open('#c=demo-sfc&p=2t');
    const { page, complaints } = opened;
    await mapShown(page);
    await page.focus('#map');
    await page.keyboard.press('?');
    await page.waitForSelector('#help [role=dialog]');
    assert.deepEqual(await axe(page), []);
    await page.uncheck('#help input');
    await page.keyboard.press('Escape');
    await holds(page, `document.querySelector('#help [role=dialog]') === null`);
    await page.reload();
    await mapShown(page);
    await page.focus('#map');
    await page.keyboard.press('g');
    assert.equal(await page.getAttribute('[data-tool=poly]', 'aria-pressed'), 'false');
    assert.deepEqual(complaints, []);
  });

  it('opens a menu at a place of the map', async () => {
    await using opened = await bench.open('#c=demo-sfc&p=2t');
    const { page, complaints } = opened;
    await mapShown(page);
    await page.click('#map', { button: 'right' });
    await page.waitForSelector('[role=menu] [role=menuitem]:focus');
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.profile .mark-temperature');
    await holds(page, `document.querySelector('[role=menu]') === null`);
    assert.deepEqual(complaints, []);
  });

  it('changes the range of the colours, on the map and in the link, and shows grid points', async () => {
    await using opened = await bench.open('#c=demo-sfc&p=2t&t=2025-01-16T18:00Z');
    const { page, complaints } = opened;
    await mapShown(page);
    const asked = page.waitForRequest((request) => request.url().includes('COLORSCALERANGE=0%2C20'));
    await page.click('.range summary');
    await page.fill('.range [name=low]', '0');
    await page.fill('.range [name=high]', '20');
    await page.keyboard.press('Enter');
    await asked;
    await holds(page, `location.hash.includes('&s=0,20')`);
    const [first] = await page.locator('.legend-bar text').allTextContents();
    assert.equal(first, '0');
    await page.click('.range summary');
    assert.deepEqual(await axe(page), []);
    await page.click('#range-reset');
    await holds(page, `!location.hash.includes('&s=')`);
    const points = page.waitForResponse((answer) => answer.url().includes('/radius?'));
    await page.click('[data-overlay=points]');
    assert.equal((await points).status(), 200);
    await holds(page, `Number(document.querySelector('canvas[data-points]')?.dataset.points) > 20`);
    assert.deepEqual(complaints, []);
  });

  it('8 plays without an empty frame', async () => {
    await using opened = await bench.open('#c=demo-sfc&p=2t');
    const { page, complaints } = opened;
    await mapShown(page);
    await plays(page, 12);
    assert.deepEqual(complaints, []);
  });
});
