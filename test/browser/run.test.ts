/** The page on the reference run: a rotated grid with winds along its axes, hourly for a day. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { shared, skipWithout } from '../paths.js';
import { axe, type Bench, freshLink, holds, mapShown, noBrowser, readAt, startBench, textOf } from './browser.js';
import { codeOf, coloursAgree, downloads, isPrice, isSubmit, plays, repeatAndReload, typeShape } from './steps.js';

const run = shared('fst', 'run');
const AT = [33.2, -88.4] as const;
const UPPER = '#c=default-pl&p=TT&z=850&t=2026-11-21T06:00Z';
const CORNERS = '30, -95\n36, -95\n36, -85\n30, -85';
const POLY = 'poly:30,-95;36,-95;36,-85;30,-85';

describe('the page on the reference run', { skip: noBrowser || skipWithout(run, 'fst/run') }, () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench([run!]);
  });
  after(() => bench[Symbol.asyncDispose]());

  /** Values of a query at the point, as the service delivers them. */
  async function asked(
    keys: Record<string, string>,
    step: string,
    place: readonly [number, number] = AT,
  ): Promise<Record<string, { values: number[] }>> {
    const { status, body } = await bench.service.ask('default', {
      date: '20261121',
      time: '0000',
      ...keys,
      step,
      feature: { type: 'timeseries', points: [[...place]] },
    });
    assert.equal(status, 200, JSON.stringify(body));
    return (body as { coverages: { ranges: Record<string, { values: number[] }> }[] }).coverages[0]!.ranges;
  }

  it('1 and 5 opens, and the value under the pointer is that of a query', async () => {
    // a grid point: the pixel of any other place may be nearer to the next one
    const position = `${bench.url}/edr/collections/default-pl/position?coords=POINT(${AT[1]} ${AT[0]})&parameter-name=TT&z=850`;
    const { domain } = (await (await fetch(position)).json()) as {
      domain: { axes: { x: { values: number[] }; y: { values: number[] } } };
    };
    const place = [domain.axes.y.values[0]!, domain.axes.x.values[0]!] as const;
    await using opened = await bench.open(
      `#c=default-pl&p=TT&z=850&t=%2B6h&f=pt:${place[0].toFixed(4)},${place[1].toFixed(4)}`,
    );
    const { page, complaints } = opened;
    await mapShown(page);
    await page.waitForSelector('.met .uplot');
    const spot = (await page.locator('path.spot').boundingBox())!;
    const text = await readAt(page, spot.x + spot.width / 2, spot.y + spot.height / 2);
    const shown = Number.parseFloat(text.replace('−', '-'));
    const ranges = await asked({ levtype: 'pl', levelist: '850', param: 'TT' }, '6', place);
    const [value] = Object.values(ranges)[0]!.values;
    assert.ok(Math.abs(shown - (value! > 150 ? value! - 273.15 : value!)) < 0.051, `${shown} ${value}`);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(complaints, []);
  });

  it('6 has the series of queries in its table', async () => {
    await using opened = await bench.open(`#c=default-sfc&p=PN&t=%2B6h&f=pt:${AT[0]},${AT[1]}&tab=data`);
    const { page, complaints } = opened;
    await page.waitForSelector('.table tbody tr');
    const heads = await page.locator('.table thead th').allInnerTexts();
    const column = heads.findIndex((head) => head.startsWith('PN'));
    const cells = await page.locator(`.table tbody tr > :nth-child(${column + 1})`).allInnerTexts();
    const { values } = Object.values(await asked({ levtype: 'sfc', param: 'PN' }, '0/to/24'))[0]!;
    assert.equal(cells.length, 25);
    for (const [n, cell] of cells.entries()) {
      const hectopascals = values[n]! > 2000 ? values[n]! / 100 : values[n]!;
      assert.ok(Math.abs(Number(cell.replace(/[\s,]/g, '')) - hectopascals) < 0.051, `${n}: ${cell} ${values[n]}`);
    }
    assert.deepEqual(complaints, []);
  });

  it('9 draws the profile of its eight levels', async () => {
    await using opened = await bench.open(`#c=default-pl&p=TT&z=850&t=%2B6h&f=pt:${AT[0]},${AT[1]}&tab=prof`);
    const { page, complaints } = opened;
    await page.waitForSelector('.profile .mark-temperature');
    const { records } = JSON.parse(readFileSync(join(run!, '2026112100_006.json'), 'utf8')) as {
      records: { nomvar: string; level: { value: number } | null }[];
    };
    const levels = records.filter(({ nomvar }) => nomvar.trim() === 'TT').map(({ level }) => level!.value);
    const marks = await page.evaluate(
      `[...document.querySelectorAll('.mark-temperature')].map((mark) => +mark.dataset.level)`,
    );
    assert.deepEqual(
      marks,
      levels.sort((one, other) => other - one),
    );
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(complaints, []);
  });

  it('10 and 13 extract a polygon, and a track with its section', async () => {
    await using area = await bench.open('#c=default-pl&p=TT&z=850&t=%2B6h&f=poly:30,-95;36,-95;36,-85;30,-85');
    await area.page.click('#extract');
    await area.page.waitForSelector('.histogram');
    assert.deepEqual(area.complaints, []);
    await using track = await bench.open(
      '#c=default-pl&p=TT&z=850&t=%2B6h&f=track:30,-95@+0h;36,-85@+6h/z=1000,850,500,250',
    );
    await track.page.click('#extract');
    await track.page.waitForSelector('.section rect[fill]');
    // the surface pressure of this run reaches down to 950 hPa
    await track.page.waitForSelector('.section .ground');
    assert.ok((await track.page.locator('.section .section-barb').count()) >= 6, 'barbs');
    assert.deepEqual(track.complaints, []);
  });

  it('2, 3, 4, 7 and 17 changes field, level, run, zone and units by its means, and links to all of it', async () => {
    await using opened = await bench.open(UPPER);
    const { page, complaints } = opened;
    await mapShown(page);
    await page.keyboard.press('/');
    await page.keyboard.type('height');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#title h1:has-text("Geopotential height")');
    await page.click('[data-level="500"]');
    await holds(page, `/p=GZ&z=500&t=2026-11-21T06:00Z/.test(location.hash)`);
    assert.match(await textOf(page.locator('#title h1')), /500 hPa/);
    await page.fill('#find', '');
    await page.click('[data-key=TT]');
    await page.click('.toggle >> text=Local');
    await page.waitForSelector('.now b:has-text("01:00 EST")');
    await page.click('summary[aria-label=Units]');
    await page.selectOption('[data-unit=temperature]', 'F');
    await page.waitForSelector('#legend b:has-text("°F")');
    await page.selectOption('#pick-run', '20261121T000000Z');
    await page.keyboard.press('Escape');
    const link = await freshLink(page);
    assert.match(link, /u=temperature:F&tz=local/);
    await using again = await bench.open(link);
    await mapShown(again.page);
    assert.equal(await freshLink(again.page), link);
    assert.deepEqual([...complaints, ...again.complaints], []);
  });

  it('8 plays without an empty frame', async () => {
    await using opened = await bench.open(`${UPPER}&o=none`);
    const { page, complaints } = opened;
    await mapShown(page);
    await plays(page, 6);
    assert.deepEqual(complaints, []);
  });

  it('11 and 12 takes a polygon by the form, and prices box, circle and frame', async () => {
    await using drawn = await bench.open(`${UPPER}&f=${POLY}`);
    const [first] = await Promise.all([drawn.page.waitForRequest(isSubmit), drawn.page.click('#extract')]);
    await using typed = await bench.open(UPPER);
    const { page, complaints } = typed;
    await mapShown(page);
    await typeShape(page, CORNERS);
    const sent = page.waitForRequest(isSubmit);
    await page.locator('#extract').press('Enter');
    assert.equal((await sent).postData(), first.postData());
    for (const shape of ['box:30,-95,36,-85', 'circ:33,-90,300', 'frame:28,-98,38,-82/31,-94,35,-86']) {
      const price = page.waitForResponse((answer) => isPrice(answer.request()));
      await page.evaluate(`location.hash = ${JSON.stringify(`${UPPER}&f=${shape}`)}`);
      const answer = await price;
      assert.equal(answer.status(), 200);
      assert.ok(((await answer.json()) as { points: number }).points > 5);
    }
    assert.deepEqual(complaints, []);
  });

  it('14 repeats a request, keeps the list over a reload, and cancels', async () => {
    await using opened = await bench.open(`${UPPER}&f=${POLY}`);
    const { page, complaints } = opened;
    await repeatAndReload(page);
    assert.deepEqual(complaints, []);
    await using idle = await bench.another({ workers: { enabled: false } });
    await using waiting = await idle.open(`${UPPER}&f=${POLY}`);
    await waiting.page.click('#extract');
    await waiting.page.waitForSelector('.job[data-state=queued]');
    await waiting.page.click('.job >> text=Cancel');
    await waiting.page.waitForSelector('.job[data-state=cancelled]');
    assert.deepEqual(waiting.complaints, []);
  });

  it('15 and 16 downloads every format, and copies texts that run', async () => {
    await using opened = await bench.open(`${UPPER}&f=pt:${AT[0]},${AT[1]}`);
    const { page, complaints } = opened;
    await downloads(page);
    const edr = (await (await fetch(await codeOf(page, 'EDR'))).json()) as Record<string, unknown>;
    const { values } = (edr['ranges'] as Record<string, { values: number[] }>)['TT']!;
    const ranges = await asked({ levtype: 'pl', levelist: '850', param: 'TT' }, '0/to/24/by/1');
    assert.ok(values.length > 1);
    assert.ok(Math.abs(values[0]! - Object.values(ranges)[0]!.values[0]!) < 1e-4);
    const [, body] = /-d '(\{[\s\S]*\})'/.exec(await codeOf(page, 'curl'))!;
    const answer = await bench.service.ask('default', JSON.parse(body!));
    assert.equal(answer.status, 200);
    assert.deepEqual(complaints, []);
  });

  it('18 has the colour of the value on the map in each projection', async () => {
    for (const crs of ['5937', '3857', '84']) {
      await using opened = await bench.open(`${UPPER}&crs=${crs}&o=none`);
      await mapShown(opened.page);
      assert.ok((await coloursAgree(opened.page, 10)) >= 3, crs);
      assert.deepEqual(opened.complaints, []);
    }
  });

  it('19 and 20 says on a phone what is too large, in French', async () => {
    await using small = await bench.another({ limits: { values: 40 } });
    await using opened = await small.open(`${UPPER}&f=box:30,-90,31,-89&lang=fr`, {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    });
    const { page } = opened;
    await page.waitForSelector('#tab-body [role=alert] code:has-text("too_large")');
    await holds(page, 'document.documentElement.scrollWidth === 390');
    await page.locator('#fewer').tap();
    await page.waitForSelector('#extract:has-text("Extraire")');
    assert.deepEqual(await axe(page), []);
  });
});
