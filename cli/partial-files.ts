/** Files under temporary names that a killed command left: `.` and eight digits before the name that they were to get. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PARTIAL = /^\.[0-9a-f]{8}\./;

/** Removes them from a folder that only one command writes to. */
export async function clearPartial(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (PARTIAL.test(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
