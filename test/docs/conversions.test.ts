/** The examples of the page on conversions run, one after the other in one folder, and make what they name. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { convert } from '../../cli/convert.js';
import { ensureDemo } from '../../cli/demo.js';
import { extract } from '../../cli/extract.js';
import { EXIT } from '../../cli/output.js';
import { CONVERT_FORMATS } from '../../extraction/convert/convert.js';
import { root } from '../paths.js';

const page = readFileSync(join(root, 'docs', 'conversions.md'), 'utf8');
const examples = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, body]) => body!).join('');

test('the page names every format that can be written', () => {
  for (const format of CONVERT_FORMATS) assert.ok(page.includes(`\`${format}\``), format);
});

/** Words of a line as a shell splits it: quotes hold blanks together. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);

const ARGUMENTS = {
  format: { type: 'string' },
  where: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
} as const;

test('every conversion of the page runs and makes its file', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-conversions-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  await ensureDemo(join(folder, 'run'));
  const lines = [...examples.matchAll(/^polyfst convert (.*)$/gm)].map(([, line]) => line!);
  assert.ok(lines.length >= 18);
  for (const line of lines) {
    const { values, positionals } = parseArgs({ args: words(line), options: ARGUMENTS, allowPositionals: true });
    const { format, where = [], set = [] } = values;
    const paths = positionals.map((path) => join(folder, path));
    const code = await convert(paths, { where, set, ...(format === undefined ? {} : { format }) });
    assert.ok(code === EXIT.ok || code === EXIT.partial, `exit ${code}: ${line}`);
    assert.ok(existsSync(paths.at(-1)!), line);
  }
});

test('the request of the page is answered in every format that it lists', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'polyfst-conversions-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  await ensureDemo(join(folder, 'run'));
  const request = /^cat > request\.json <<'JSON'\n(.*?)^JSON$/ms.exec(examples)![1]!;
  const suffixes = /^for suffix in ([a-z ]+); do polyfst extract request\.json "series\.\$suffix" --data run; done$/m;
  writeFileSync(join(folder, 'request.json'), request);
  const flags = { data: [join(folder, 'run')], state: join(folder, 'state') };
  for (const suffix of suffixes.exec(examples)![1]!.split(' ')) {
    const out = join(folder, `series.${suffix}`);
    assert.equal(await extract(join(folder, 'request.json'), out, flags), EXIT.ok);
    assert.ok(readFileSync(out).length > 100, suffix);
  }
});
