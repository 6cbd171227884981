/** Writes the reference pages of docs/: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PAGES } from './reference-pages.js';

for (const [path, page] of Object.entries(PAGES)) {
  await writeFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), page());
}
