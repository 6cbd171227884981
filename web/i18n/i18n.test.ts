import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { en, type Key } from './en.js';
import { fr } from './fr.js';

const keys = Object.keys(en) as Key[];
const named = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

/** Sources of the page: the compiled test lies in dist/web-test/web/i18n. */
const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'web');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'i18n' ? [] : sources(path);
    return /(?<!\.test)\.ts$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

test('every key has words in both languages, with the same values to fill in', () => {
  assert.deepEqual(Object.keys(fr).sort(), [...keys].sort());
  for (const key of keys) {
    assert.ok(en[key].trim() !== '' && fr[key].trim() !== '', key);
    assert.deepEqual(named(fr[key]), named(en[key]), key);
  }
});

test('French sentences are not English ones left over', () => {
  const alike = keys.filter((key) => fr[key] === en[key] && /[a-z]{4,} [a-z]{3,}/i.test(en[key]));
  assert.deepEqual(alike, []);
});

test('every key is used by the page', () => {
  const text = sources(web).join('\n');
  const used = (key: string): boolean => text.includes(`'${key}'`) || text.includes(`\`${key.replace(/\..*/, '.')}`);
  assert.deepEqual(
    keys.filter((key) => !used(key) && !/^crs\d+$/.test(key)),
    [],
  );
});
