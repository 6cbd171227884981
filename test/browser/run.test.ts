/** The page on the reference run: a rotated grid with winds along its axes, hourly for a day. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { shared, skipWithout } from '../paths.js';
import { axe, type Bench, mapShown, noBrowser, readAt, startBench } from './browser.js';

const run = shared('fst', 'run');
const AT = [33.2, -88.4] as const;

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
    assert.deepEqual(track.complaints, []);
  });
});
