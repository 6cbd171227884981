/**
 * Makes names in a folder survive the loss of power. Many results are published under one folder at a time: whoever asks
 * while a sync is under way shares the next one with all others who do.
 */
import { open } from 'node:fs/promises';

interface Syncing {
  readonly now: Promise<void>;
  /** begins when `now` is over */
  next: Promise<void> | undefined;
}

const syncing = new Map<string, Syncing>();

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Resolves after a sync of the folder that began after this call. */
export function syncFolderTogether(folder: string): Promise<void> {
  const under = syncing.get(folder);
  if (under !== undefined) {
    under.next ??= under.now.then(
      () => syncFolderTogether(folder),
      () => syncFolderTogether(folder),
    );
    return under.next;
  }
  const now = syncFolder(folder).finally(() => syncing.delete(folder));
  syncing.set(folder, { now, next: undefined });
  return now;
}
