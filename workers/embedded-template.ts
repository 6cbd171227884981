/**
 * Program: makes the pristine database of the embedded queue in the folder given. A process of its own, because making
 * one takes three times the memory of using it.
 */
import { PGlite } from '@electric-sql/pglite';
import { runMigrations } from 'bullmq';
import { PglitePool, START_PARAMS } from './pglite-pool.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: embedded-template FOLDER');
const db = await PGlite.create(folder, { startParams: [...START_PARAMS] });
await runMigrations(await new PglitePool(db).connect());
await db.close();
