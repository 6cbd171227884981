/**
 * A power cut, modelled: of what a killed process has written, only that is left which it had synced (and whose names
 * were in a synced folder). The embedded queue's database never syncs, so its files are spoiled altogether, and the
 * machine comes back under another boot. Disks that lie about syncs are not modelled.
 */
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files and folders that were durable before the run, by inode. */
export type Durable = ReadonlyMap<number, number>;

/** Everything below a folder, as durable as after a clean stop. */
export function durableNow(folder: string): Durable {
  const sizes = new Map<number, number>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const found = statSync(join(entry.parentPath, entry.name));
    sizes.set(found.ino, found.size);
  }
  return sizes;
}

interface Synced {
  readonly sizes: Map<number, number>;
  readonly names: Set<string>;
}

function readLog(path: string): Synced {
  const sizes = new Map<number, number>();
  const names = new Set<string>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [kind, first, second, ...rest] = line.split(' ');
    if (kind === 'F') sizes.set(Number(first), Number(second));
    if (kind === 'E') names.add(`${first} ${second} ${rest.join(' ')}`);
  }
  return { sizes, names };
}

/** Takes away what was not synced; returns how many files were cut or lost. */
export function cutPower(state: string, before: Durable, log: string): number {
  const synced = readLog(log);
  let damage = 0;
  const visit = (folder: string, isNew: boolean): void => {
    const { ino: folderInode } = statSync(folder);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const { ino, size } = statSync(path);
      const known = before.has(ino);
      if (!known && !synced.names.has(`${folderInode} ${ino} ${entry.name}`)) {
        rmSync(path, { recursive: true });
        damage += 1;
      } else if (entry.isDirectory()) visit(path, isNew || !known);
      else {
        const durable = synced.sizes.get(ino) ?? before.get(ino) ?? 0;
        if (durable >= size) continue;
        truncateSync(path, durable);
        damage += 1;
      }
    }
  };
  for (const part of ['journal', 'store']) visit(join(state, part), false);
  spoilDatabase(state);
  return damage;
}

function spoilDatabase(state: string): void {
  const files = join(state, 'queue', 'pgdata');
  for (const entry of readdirSync(files, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) truncateSync(path, statSync(path).size >> 1);
  }
  writeFileSync(join(state, 'queue', 'boot'), 'the boot before the power cut');
}
