/**
 * The files of the embedded queue's database: made once by a short-lived process (making them takes 700 MB of memory,
 * using them 200), opened, and moved aside when they cannot be trusted. Nothing is lost with them: the journal is the
 * truth and refills the queue. PGlite never syncs its files, so they are trusted only within one boot of the machine.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { PglitePool, START_PARAMS } from './pglite-pool.js';

/** Present while the database is being opened: found at start, the last opening did not come to its end. */
const OPENING = 'opening';
/** Holds the boot under which the database was last written. */
const BOOT = 'boot';
const FILES = 'pgdata';

export interface OpenDatabase {
  readonly db: PGlite;
  readonly pool: PglitePool;
  /** the queue was empty and must be refilled from the journal */
  readonly isNew: boolean;
}

export async function openEmbeddedDatabase(folder: string): Promise<OpenDatabase> {
  await mkdir(folder, { recursive: true });
  const boot = await bootId();
  const trusted = (await isThere(join(folder, FILES))) && (await readText(join(folder, BOOT))) === boot;
  if (trusted && !(await isThere(join(folder, OPENING)))) {
    try {
      return { ...(await open(folder)), isNew: false };
    } catch {
      // Falls through: whatever is wrong with the files, a fresh database and the journal put it right.
    }
  }
  await moveAside(folder);
  await makeFiles(folder);
  await writeFile(join(folder, BOOT), boot);
  return { ...(await open(folder)), isNew: true };
}

async function open(folder: string): Promise<Omit<OpenDatabase, 'isNew'>> {
  await writeFile(join(folder, OPENING), '');
  const db = await PGlite.create(join(folder, FILES), { relaxedDurability: true, startParams: [...START_PARAMS] });
  const pool = new PglitePool(db);
  await pool.query('SELECT count(*) FROM bullmq.job');
  await rm(join(folder, OPENING), { force: true });
  return { db, pool };
}

async function moveAside(folder: string): Promise<void> {
  await rm(join(folder, OPENING), { force: true });
  const files = join(folder, FILES);
  if (!(await isThere(files))) return;
  const aside = join(folder, 'aside');
  await rm(aside, { recursive: true, force: true });
  await rename(files, aside);
}

/** A copy of the pristine database, which is made on the first start. */
async function makeFiles(folder: string): Promise<void> {
  const template = join(folder, 'template');
  if (!(await isThere(template))) {
    const making = `${template}.making`;
    await rm(making, { recursive: true, force: true });
    await promisify(execFile)(process.execPath, [
      fileURLToPath(new URL('./embedded-template.js', import.meta.url)),
      making,
    ]);
    await rename(making, template);
  }
  const copy = join(folder, `${FILES}.making`);
  await rm(copy, { recursive: true, force: true });
  await cp(template, copy, { recursive: true });
  await rename(copy, join(folder, FILES));
}

async function bootId(): Promise<string> {
  return (await readText('/proc/sys/kernel/random/boot_id')) ?? 'unknown';
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
