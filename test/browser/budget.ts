/**
 * What the page costs: `npm run test:page` prints each figure beside its bar. Sizes decide the exit code, as they are the
 * same on any machine; times are printed only, as they are those of the machine and of what else it does.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { root } from '../paths.js';
import { type Bench, mapShown, noBrowser, startBench } from './browser.js';

const LINK = '#c=demo-sfc&p=2t&t=2025-01-16T18:00Z';
const PAINTS = 5;

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly bar: number;
  readonly unit: string;
  readonly decides: boolean;
}

const figures: Figure[] = [];

function note(name: string, value: number, bar: number, unit: string, decides = false): void {
  figures.push({ name, value, bar, unit, decides });
}

async function sizes(): Promise<void> {
  const folder = join(root, 'dist', 'web', 'assets');
  const names = await readdir(folder);
  const kb = async (match: (name: string) => boolean): Promise<number> => {
    const files = await Promise.all(names.filter(match).map((name) => readFile(join(folder, name))));
    return files.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0) / 1000;
  };
  note('script, all', await kb((name) => name.endsWith('.js')), 250, 'kB gz', true);
  note('script before the first map', await kb((name) => /^index-.*\.js$/.test(name)), 120, 'kB gz', true);
  note('styles', await kb((name) => name.endsWith('.css')), 15, 'kB gz', true);
}

/** Runs in the page before anything else: shifts of the layout, and tasks that held it up. */
const WATCH = `
  window.shift = 0; window.longest = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value; }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration); }).observe({ type: 'longtask' });
  addEventListener('DOMContentLoaded', () => new MutationObserver((_all, self) => { if (document.body.dataset.shown) { window.mapAt = performance.now(); self.disconnect(); } }).observe(document.body, { attributes: true }));`;

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

async function opening(bench: Bench): Promise<void> {
  const [paints, maps, shifts]: number[][] = [[], [], []];
  for (let n = 0; n < PAINTS; n++) {
    await using opened = await bench.open();
    const { page } = opened;
    await page.addInitScript(WATCH);
    await page.reload();
    await mapShown(page);
    await page.waitForTimeout(300);
    const [paint, map, shift] = (await page.evaluate(
      `[performance.getEntriesByName('first-contentful-paint')[0].startTime, window.mapAt, window.shift]`,
    )) as [number, number, number];
    paints!.push(paint);
    maps!.push(map);
    shifts!.push(shift);
  }
  note('first contentful paint', median(paints!), 1000, 'ms');
  note('first picture of the map', median(maps!), 1500, 'ms');
  note('layout shift', Math.max(...shifts!), 0.02, '');
}

/** Milliseconds from an action until a condition holds, both in the page. */
async function timed(page: Page, action: string, condition: string): Promise<number> {
  return (await page.evaluate(`new Promise((done) => {
    const from = performance.now();
    ${action};
    const look = () => (${condition}) || performance.now() - from > 10000 ? done(performance.now() - from) : requestAnimationFrame(look);
    look();
  })`)) as number;
}

async function working(bench: Bench): Promise<void> {
  await using opened = await bench.open(LINK);
  const { page } = opened;
  await page.addInitScript(WATCH);
  await page.reload();
  await mapShown(page);
  await page.waitForTimeout(1000);
  const press = (key: string): string =>
    `document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true }))`;
  const steps: number[] = [];
  for (let n = 0; n < 8; n++) {
    const before = await page.evaluate('document.body.dataset.shown');
    await page.waitForTimeout(250);
    steps.push(await timed(page, press('.'), `document.body.dataset.shown !== '${before}'`));
  }
  note('step to the next, buffered frame', median(steps), 50, 'ms');
  await page.evaluate('window.longest = 0');
  const slider = (await page.locator('#timebar input').boundingBox())!;
  await page.mouse.move(slider.x + 12, slider.y + 12);
  await page.mouse.down();
  for (let n = 0; n <= 20; n++) await page.mouse.move(slider.x + 12 + (n / 20) * (slider.width - 24), slider.y + 12);
  await page.mouse.up();
  note('longest task while the slider is dragged', (await page.evaluate('window.longest')) as number, 100, 'ms');
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
  const click = async (x: number): Promise<number> => {
    const map = (await page.locator('#map').boundingBox())!;
    const from = performance.now();
    await page.mouse.click(map.x + map.width * x, map.y + map.height * 0.5);
    await page.waitForSelector('.met .uplot canvas');
    return performance.now() - from;
  };
  note('meteogram after the first click', await click(0.5), 300, 'ms');
  await tiles(page);
  await heap(page);
}

async function tiles(page: Page): Promise<void> {
  const list = (await page.evaluate(`performance.getEntriesByType('resource')
    .filter(({ name }) => name.includes('request=GetMap') && name.includes('width=256'))
    .map(({ duration }) => duration)`)) as number[];
  const sorted = list.sort((one, other) => one - other);
  if (sorted.length > 0) note('tile, 95 of 100', sorted[Math.floor(sorted.length * 0.95)]!, 30, 'ms');
}

async function heap(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const used = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  const before = await used();
  await page.focus('#map');
  await page.keyboard.press('Space');
  await page.waitForTimeout(10_000);
  await page.keyboard.press('Space');
  note('growth of the heap in 10 s of play', (await used()) - before, 20, 'MB');
}

async function main(): Promise<number> {
  if (noBrowser !== false) {
    console.error(`not measured: ${noBrowser}`);
    return 77;
  }
  await sizes();
  {
    await using bench = await startBench();
    await opening(bench);
    await working(bench);
  }
  for (const { name, value, bar, unit, decides } of figures) {
    const mark = value <= bar ? 'within' : decides ? 'OVER' : 'over, this time';
    const digits = bar < 1 ? 4 : value < 10 ? 1 : 0;
    console.log(`${name.padEnd(44)} ${value.toFixed(digits).padStart(8)} ${unit.padEnd(5)}  bar ${bar}  ${mark}`);
  }
  return figures.some(({ value, bar, decides }) => decides && value > bar) ? 1 : 0;
}

process.exitCode = await main();
