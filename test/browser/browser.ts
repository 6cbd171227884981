/** A browser on a page of a real service over the demo run. Watches the console and refuses requests to anywhere else. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { writeDemo } from '../../cli/demo.js';
import { root } from '../paths.js';
import { startTestService, type TestService } from '../service.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Reason to skip, or false. */
export const noBrowser: string | false =
  CHROMIUM === undefined
    ? 'no Chromium is installed'
    : existsSync(join(root, 'dist', 'web', 'index.html'))
      ? false
      : 'the page is not built (npm run build:web)';

/** Newest run of the demo. */
export const RUN = '20250116T120000Z';
/** A grid point of the demo: its values follow from the formula of the run. */
export const POINT = { lat: 45.5, lon: -73.5 } as const;

/** How long anything is waited for, ms: tests wait for states, and a loaded machine takes its time to reach them. */
const PATIENCE = 120_000;

export interface Bench extends AsyncDisposable {
  readonly url: string;
  readonly service: TestService;
  readonly browser: Browser;
  open(hash?: string, options?: BrowserContextOptions): Promise<Opened>;
  /** another service over the same data, in the same browser */
  another(config: Readonly<Record<string, unknown>>): Promise<Bench>;
}

export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** errors and warnings of the console, and requests that left the origin */
  readonly complaints: string[];
}

async function benchOf(
  browser: Browser,
  data: readonly string[],
  config: Readonly<Record<string, unknown>>,
  end: () => Promise<unknown>,
): Promise<Bench> {
  const service = await startTestService(data, config);
  return {
    url: service.url,
    service,
    browser,
    open: (hash = '', options = {}) => open(browser, service.url, hash, options),
    another: (other) => benchOf(browser, data, other, async () => undefined),
    async [Symbol.asyncDispose]() {
      await end();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** One browser and one service; over the demo run where no folders are given. */
export async function startBench(
  data?: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-page-'));
  if (data === undefined) await writeDemo(folder, 'xdf');
  const browser = await chromium.launch({
    executablePath: CHROMIUM!,
    timeout: PATIENCE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  return benchOf(browser, data ?? [folder], config, async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
}

async function open(browser: Browser, url: string, hash: string, options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-CA',
    timezoneId: 'America/Toronto',
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true,
    ...options,
  });
  const complaints: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await context.route('**/*', (route) => {
    const target = route.request().url();
    if (target.startsWith(`${url}/`) || /^(data|blob):/.test(target)) return route.continue();
    complaints.push(`request to ${target}`);
    return route.abort();
  });
  // not for all pictures: what a test looks for may come and go before them
  await page.goto(`${url}/${hash}`, { waitUntil: 'domcontentloaded' });
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Text of an element; empty without any. */
export const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';

/** Waits until the map shows a whole picture. */
export async function mapShown(page: Page): Promise<void> {
  await page.waitForSelector('body[data-shown]');
}

/** Moves the pointer to whole pixels of the page; the text of the card beside it, once that tells of this very place. */
export async function readAt(page: Page, x: number, y: number): Promise<string> {
  const map = (await page.locator('#map').boundingBox())!;
  const [px, py] = [Math.round(x), Math.round(y)];
  await page.mouse.move(px, py);
  await page.waitForSelector(`#readout[data-at="${Math.round(px - map.x)},${Math.round(py - map.y)}"]:not([hidden])`);
  return textOf(page.locator('#readout'));
}

/**
 * Waits until an expression of the page is true. Not by `waitForFunction`: that evaluates text within the page, which its
 * policy forbids from the second look on.
 */
export async function holds(page: Page, expression: string): Promise<void> {
  const until = Date.now() + PATIENCE;
  while ((await page.evaluate(expression)) !== true) {
    if (Date.now() > until) throw new Error(`never true: ${expression}`);
    await page.waitForTimeout(30);
  }
}

/** The link of what is shown, written anew from the state of the page: an overlay goes and comes back. */
export async function freshLink(page: Page): Promise<string> {
  const before = (await page.evaluate('location.hash')) as string;
  await page.click('[data-overlay=barbs]');
  await holds(page, `/[#&]o=/.test(location.hash) !== ${/[#&]o=/.test(before)}`);
  await page.click('[data-overlay=barbs]');
  await holds(page, `/[#&]o=/.test(location.hash) === ${/[#&]o=/.test(before)}`);
  return (await page.evaluate('location.hash')) as string;
}

let axeSource: Promise<string> | undefined;

/** Findings of axe-core that are serious or critical; contrast over the map is left to the tokens. */
export async function axe(page: Page): Promise<string[]> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(await axeSource);
  return page.evaluate(`axe.run({ exclude: [['#map']] }, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => impact + ' ' + id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join(' | ')))`);
}
