/** The pages of docs/ say what the code says: generated pages are up to date, and places that comments point at exist. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PAGES } from '../cli/reference-pages.js';
import { CODES } from '../schemas/problem.js';
import { root } from './paths.js';

const page = (path: string): string => readFileSync(join(root, path), 'utf8');

for (const [path, made] of Object.entries(PAGES)) {
  test(`${path} is what npm run docs writes`, () => {
    assert.equal(page(path), made(), `run npm run docs to bring ${path} up to date`);
  });
}

test('the page of errors lists the codes of the table, all of them and no others', () => {
  const listed = [...page('docs/errors.md').matchAll(/^\| `([a-z0-9_]+)` \| (\d+) \| (-?\d*) \|/gm)];
  assert.deepEqual(
    listed.map(([, code]) => code),
    Object.keys(CODES),
  );
  for (const [, code, status, errno] of listed) {
    const row: { readonly status: number; readonly errno?: number } = CODES[code as keyof typeof CODES];
    assert.deepEqual([Number(status), errno === '' ? undefined : Number(errno)], [row.status, row.errno], code);
  }
});

const FOLDERS = ['schemas', 'native', 'formats', 'extraction', 'workers', 'api', 'client', 'cli', 'bench'];

function* sources(): Generator<string> {
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const inBuild = entry.parentPath.includes('/build');
      if (entry.isFile() && !inBuild && /\.(ts|h|cc)$/.test(entry.name)) yield join(entry.parentPath, entry.name);
    }
  }
}

/** Anchors of a page as a renderer makes them of its headings, and those that it sets itself. */
function anchors(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)]);
}

/** Pages that must be there; others are looked into where they are. */
const PAGES_CITED = ['xdf', 'rsf', 'packing', 'encoding', 'grids'].map((name) => `docs/formats/${name}.md`);

test('pages and anchors that comments cite are there', () => {
  for (const path of [...PAGES_CITED, 'docs/library.md']) assert.ok(existsSync(join(root, path)), path);
  const missing: string[] = [];
  for (const path of sources()) {
    for (const [cited, file, anchor] of readFileSync(path, 'utf8').matchAll(/(docs\/[\w/-]+\.md)(?:#([\w-]+))?/g)) {
      const known = existsSync(join(root, file!));
      if (!known) continue;
      if (anchor !== undefined && !anchors(page(file!)).has(anchor)) {
        missing.push(`${path.slice(root.length)}: ${cited}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});
