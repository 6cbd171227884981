/** The examples run as they are documented, and say what they should. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from './paths.js';

const folder = mkdtempSync(join(tmpdir(), 'polyfst-examples-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SAYS: Readonly<Record<string, RegExp>> = {
  'write-and-read': /TT 500 hPa, valid 2026-11-21T06:00:00\.000Z[\s\S]*at 45\.5 N 73\.6 W: 7\.25/,
  'many-files': /6 records of 3 files[\s\S]*002 500 mean 29\.950 missing 0/,
  'metadata-table': /2 rows, \d+ columns\nlevels 500 850/,
  errors: /file_not_found -2[\s\S]*record_not_found -10[\s\S]*unsupported_type -15[\s\S]*bad_dimensions -11/,
};

test('every example is run here', () => {
  const names = readdirSync(join(root, 'examples'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length));
  assert.deepEqual(names.sort(), Object.keys(SAYS).sort());
});

for (const [name, expected] of Object.entries(SAYS)) {
  test(`example ${name}`, () => {
    const ran = spawnSync(process.execPath, [join(root, 'dist', 'examples', `${name}.js`)], {
      encoding: 'utf8',
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
    });
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, expected);
  });
}
