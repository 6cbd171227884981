/**
 * Takes the pictures of docs/gallery: `npm run gallery`. The weather is a made-up storm (storm.ts), so they look the same
 * each time; WebP keeps them small. Ends with 1 when the page complained while its picture was taken.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { root } from '../paths.js';
import { type Bench, mapShown, noBrowser, startBench } from './browser.js';
import { writeStorm } from './storm.js';

const MONTREAL = 'pt:45.5,-73.57';
const LABRADOR = 'poly:54,-64;52,-56;47,-57;46.5,-65;50,-69';
const TRACK = 'track:41,-88@+18h;45.5,-73.6@+19.5h;53.3,-60.4@+21.5h/z=1000,925,850,700,500,400,300,250,200';
const VIEW = 'v=53,-78,3.25';
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

interface Shot {
  readonly name: string;
  readonly hash: string;
  readonly options?: BrowserContextOptions;
  /** what is done before the picture is taken */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const seen = (selector: string) => (page: Page) => page.waitForSelector(selector);
const extracted = (selector: string) => async (page: Page) => {
  await page.click('#extract');
  await page.waitForSelector(selector);
};

const SHOTS: readonly Shot[] = [
  { name: 'open', hash: `#t=+18h&${VIEW}` },
  { name: 'meteogram', hash: `#t=+18h&${VIEW}&f=${MONTREAL}`, prepare: seen('.met .uplot') },
  { name: 'meteogram-dark-fr', hash: `#t=+18h&${VIEW}&f=${MONTREAL}&theme=dark&lang=fr`, prepare: seen('.met .uplot') },
  {
    name: 'skew-t',
    hash: `#c=regional-pl&p=t&z=500&t=+18h&o=barbs,gh&${VIEW}&f=${MONTREAL}&tab=prof`,
    prepare: async (page) => {
      await page.waitForSelector('.profile');
      await page.click('text=Skew-T');
    },
  },
  {
    name: 'area',
    hash: `#c=regional-sfc&p=tp&t=+30h&${VIEW}&f=${LABRADOR}`,
    prepare: extracted('.histogram'),
  },
  {
    name: 'section-dark',
    hash: `#c=regional-pl&p=ws&z=250&t=+18h&o=none&${VIEW}&f=${TRACK}&theme=dark`,
    prepare: extracted('.section rect[fill]'),
  },
  { name: 'wind-mercator', hash: '#c=regional-sfc&p=ws&t=+27h&crs=3857&v=50,-72,4.25&lang=fr' },
  {
    name: 'data',
    hash: `#t=+18h&${VIEW}&f=${MONTREAL}&tab=data`,
    prepare: seen('.table tbody tr'),
  },
  {
    name: 'phone-dark',
    hash: `#t=+18h&f=${MONTREAL}&v=49,-72,3.5`,
    options: { ...PHONE, colorScheme: 'dark' },
    prepare: seen('.met .uplot'),
  },
  { name: 'phone-fr', hash: '#t=+24h&lang=fr&v=49,-72,3.5', options: PHONE },
];

/** WebP of what is seen. */
async function picture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 86 });
  return Buffer.from(data, 'base64');
}

async function take(
  bench: Bench,
  folder: string,
  { name, hash, options = {}, prepare }: Shot,
): Promise<readonly string[]> {
  await using opened = await bench.open(hash.replaceAll('+', '%2B'), { timezoneId: 'America/Toronto', ...options });
  const { page, complaints } = opened;
  page.setDefaultTimeout(60_000);
  await mapShown(page);
  await prepare?.(page);
  // the fine coastlines and the overlay come when all else has
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(2500);
  const bytes = await picture(page);
  await writeFile(join(folder, `${name}.webp`), bytes);
  if (process.env['POLYFST_GALLERY_PNG'] !== undefined)
    await page.screenshot({ path: join(process.env['POLYFST_GALLERY_PNG'], `${name}.png`) });
  console.log(`${name}.webp ${Math.round(bytes.length / 1000)} kB`);
  return complaints.map((complaint) => `${name}: ${complaint}`);
}

async function main(): Promise<number> {
  if (noBrowser !== false) {
    console.error(`no pictures: ${noBrowser}`);
    return 77;
  }
  const folder = join(root, 'docs', 'gallery');
  await mkdir(folder, { recursive: true });
  const data = process.env['POLYFST_GALLERY_DATA'] ?? (await mkdtemp(join(tmpdir(), 'polyfst-storm-')));
  const isOwn = process.env['POLYFST_GALLERY_DATA'] === undefined;
  if (isOwn) await writeStorm(data);
  const complaints: string[] = [];
  {
    await using bench = await startBench([data]);
    for (const shot of SHOTS) complaints.push(...(await take(bench, folder, shot)));
  }
  if (isOwn) await rm(data, { recursive: true, force: true });
  for (const complaint of complaints) console.error(complaint);
  return complaints.length === 0 ? 0 : 1;
}

process.exitCode = await main();
