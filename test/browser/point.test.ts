import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { axe, type Bench, holds, mapShown, noBrowser, POINT, readAt, startBench, textOf } from './browser.js';
import { codeOf, downloads } from './steps.js';

/** Value of the demo run at the point, as the service answers `query`: kelvin for 2t. */
async function asked(bench: Bench, param: string, step: number): Promise<number> {
  const { body } = await bench.service.ask('demo', {
    class: 'rd',
    stream: 'oper',
    type: 'fc',
    expver: '0001',
    domain: 'g',
    date: '20250116',
    time: '1200',
    levtype: 'sfc',
    param,
    step: String(step),
    feature: { type: 'timeseries', points: [[POINT.lat, POINT.lon]] },
  });
  const { coverages } = body as { coverages: { ranges: Record<string, { values: number[] }> }[] };
  return coverages[0]!.ranges[param]!.values[0]!;
}

/** Where the place of the link is on the screen: the page puts a spot there when it opens with it. */
async function placeOf(page: Page): Promise<{ x: number; y: number }> {
  const box = (await page.locator('path.spot').boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

describe('the page: points', { skip: noBrowser }, () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench[Symbol.asyncDispose]());

  const link = `#c=demo-sfc&p=2t&t=2025-01-16T18:00Z&f=pt:${POINT.lat},${POINT.lon}`;

  it('5 reads the value under the pointer as a query does', async () => {
    await using opened = await bench.open(link);
    const { page, complaints } = opened;
    await mapShown(page);
    const { x, y } = await placeOf(page);
    const shown = Number.parseFloat(await readAt(page, x, y));
    assert.ok(Math.abs(shown - ((await asked(bench, '2t', 6)) - 273.15)) < 0.051, String(shown));
    assert.deepEqual(complaints, []);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`6 shows a meteogram of the values of a query, ${colorScheme}`, async () => {
      await using opened = await bench.open('#c=demo-sfc&p=2t&t=2025-01-16T18:00Z', { colorScheme });
      const { page, complaints } = opened;
      await mapShown(page);
      const map = (await page.locator('#map').boundingBox())!;
      await page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
      await page.waitForSelector('.met .uplot canvas');
      const canvas = (await page.locator('.met [data-plot=temperature] canvas').boundingBox())!;
      assert.ok(canvas.width >= 150 && canvas.height >= 60);
      assert.deepEqual(await axe(page), []);
      await page.evaluate(`location.hash = ${JSON.stringify(`${link}&tab=data`)}`);
      await page.waitForSelector('#panel h1:has-text("45.50° N, 73.50° W")');
      await page.waitForSelector('.table tbody tr');
      const heads = await page.locator('.table thead th').allInnerTexts();
      const column = heads.findIndex((head) => head.startsWith('2t'));
      for (const step of [0, 6, 24]) {
        const time = new Date(Date.UTC(2025, 0, 16, 12 + step)).toISOString();
        const row = page.locator('.table tbody tr', {
          hasText: new RegExp(`${Number(time.slice(8, 10))} Jan ${time.slice(11, 16)} UTC`),
        });
        const cell = Number.parseFloat(await textOf(row.locator('th, td').nth(column)));
        assert.ok(Math.abs(cell - ((await asked(bench, '2t', step)) - 273.15)) < 0.051, `${step}: ${cell}`);
      }
      assert.deepEqual(complaints, []);
    });
  }

  it('9 draws profile and skew-T with points at their pixels', async () => {
    await using opened = await bench.open(`${link}&tab=prof`);
    const { page, complaints } = opened;
    await page.waitForSelector('.profile .mark-temperature');
    const read = async (): Promise<{ level: number; x: number; y: number }[]> =>
      (await page.evaluate(
        `[...document.querySelectorAll('.mark-temperature')].map((mark) => ({ level: +mark.dataset.level, x: +mark.getAttribute('cx'), y: +mark.getAttribute('cy') }))`,
      )) as { level: number; x: number; y: number }[];
    const straight = await read();
    assert.deepEqual(
      straight.map(({ level }) => level),
      [1000, 925, 850, 700, 500, 250],
    );
    // height is the logarithm of pressure
    const share = (one: number, other: number): number => Math.log(one / other);
    const [a, b, c] = [straight[0]!, straight[2]!, straight[4]!];
    assert.ok(Math.abs((a.y - b.y) / (a.y - c.y) - share(1000, 850) / share(1000, 500)) < 0.005);
    await page.click('text=Skew-T');
    await page.waitForSelector('.profile .dry');
    const skewed = await read();
    // 40 degrees are half of the width; 0.86 pixels to the right for each pixel up
    const frame = (await page.evaluate(
      `(({ x, y, width, height }) => ({ x: +x.baseVal.value, y: +y.baseVal.value, width: +width.baseVal.value, height: +height.baseVal.value }))(document.querySelector('.plot-edge'))`,
    )) as { x: number; y: number; width: number; height: number };
    for (const { level, x, y } of skewed) {
      const celsius = 10 + 0.1 * POINT.lat - 0.05 * POINT.lon + 0.25 * 6 - 0.01 * (1000 - level) + 2 * 1.5;
      const expected = frame.x + ((celsius + 40) / 80) * frame.width + 0.86 * (frame.y + frame.height - y);
      assert.ok(Math.abs(x - expected) < 0.3, `${level}: ${x} is not ${expected}`);
    }
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(complaints, []);
  });

  it('6 draws an ensemble as bands, members or boxes', async () => {
    await using opened = await bench.open(link);
    const { page, complaints } = opened;
    const picture = `document.querySelector('[data-plot=temperature] canvas').toDataURL()`;
    await page.evaluate('window.pictures = []');
    for (const view of ['spread', 'members', 'boxes']) {
      await page.click(`[data-view=${view}]`);
      await page.waitForSelector(`[data-view=${view}][aria-checked=true]`);
      await holds(page, `!window.pictures.includes(${picture})`);
      await page.evaluate(`window.pictures.push(${picture})`);
    }
    assert.deepEqual(complaints, []);
  });

  it('16 copies texts that run', async () => {
    await using opened = await bench.open(link);
    const { page, complaints } = opened;
    await page.waitForSelector('#code-text');
    await codeOf(page, 'EDR');
    await page.click('.copy');
    await page.waitForSelector('.toast:has-text("Copied.")');
    const url = (await page.evaluate('navigator.clipboard.readText()')) as string;
    const edr = (await (await fetch(url)).json()) as { ranges: Record<string, { values: number[] }> };
    assert.ok(Math.abs(edr.ranges['2t']!.values.at(-1)! - (await asked(bench, '2t', 24))) < 1e-4);
    const text = await codeOf(page, 'curl');
    const body = /-d '(\{[\s\S]*\})'/.exec(text)![1]!;
    const answer = await fetch(/'(http[^']*)'\s*$/.exec(text)![1]!, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    assert.equal(answer.status, 200);
    assert.match(await codeOf(page, 'Python'), /user_key="anonymous"/);
    assert.deepEqual(complaints, []);
  });

  it('15 downloads in every format that the server lists', async () => {
    await using opened = await bench.open(link);
    const { page, complaints } = opened;
    await downloads(page);
    assert.deepEqual(complaints, []);
  });

  it('outside of the grid it says so', async () => {
    await using opened = await bench.open('#c=demo-sfc&p=2t&f=pt:10,20');
    const { page } = opened;
    await page.waitForSelector('#tab-body:has-text("outside the grid")');
    await page.waitForSelector('path.spot.hollow', { state: 'attached' });
    assert.deepEqual(opened.complaints, []);
  });
});
