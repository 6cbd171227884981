/**
 * What this process knows of every request, merged from the journals of the state directory: accepted, ended, revoked.
 * Merging does not depend on order, and the first ending that was read stays: an outcome never changes. Revocation
 * overrides every ending.
 */
import type { Job } from '../schemas/job.js';
import type { Ending, JournalLine } from './journal.js';

/** One request. `accepted` is absent while only its ending was read so far. */
export interface Entry {
  readonly id: string;
  readonly accepted?: Accepted;
  readonly end?: Ending;
  readonly revokedAt?: number;
  /** not accepted after all */
  readonly isVoid?: boolean;
}

interface Accepted {
  readonly user: string;
  readonly at: number;
  readonly cost: number;
  /** when this process learned of it, by its own clock */
  readonly seenAt: number;
  /** JSON of the job: a hundred thousand finished jobs are kept, and text takes the least room */
  readonly text: string;
}

type Draft = { -readonly [key in keyof Entry]: Entry[key] } & { segments: Set<string> };

export class Ledger {
  readonly #entries = new Map<string, Draft>();
  readonly #ofUser = new Map<string, Set<string>>();
  readonly #unfinished = new Map<string, Set<string>>();
  readonly #ofSegment = new Map<string, number>();
  #unfinishedCount = 0;

  /** Takes a line in; true when it changed what is known of its request. */
  apply(line: JournalLine, segment: string): boolean {
    const id = line.e === 'accept' ? line.job.id : line.id;
    const entry = this.#draft(id, segment);
    const wasOpen = isOpen(entry);
    const changed = merge(entry, line);
    if (line.e === 'accept' && changed) add(this.#ofUser, line.job.user, id);
    this.#count(entry, wasOpen);
    return changed;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  job(id: string): Job | undefined {
    const accepted = this.#entries.get(id)?.accepted;
    return accepted === undefined ? undefined : (JSON.parse(accepted.text) as Job);
  }

  /** Ids of a user's requests, oldest first. */
  idsOf(user: string): readonly string[] {
    const ids = [...(this.#ofUser.get(user) ?? [])].filter((id) => this.#entries.get(id)?.isVoid !== true);
    return ids.sort((a, b) => this.#acceptedAt(a) - this.#acceptedAt(b));
  }

  get unfinishedCount(): number {
    return this.#unfinishedCount;
  }

  unfinishedOf(user: string): ReadonlySet<string> {
    return this.#unfinished.get(user) ?? new Set();
  }

  /** Values in the unfinished requests of a user. */
  valuesOf(user: string): number {
    let values = 0;
    for (const id of this.unfinishedOf(user)) values += this.#entries.get(id)?.accepted?.cost ?? 0;
    return values;
  }

  /** Requests of a user that were accepted after an instant (ms since the epoch). */
  acceptedSince(user: string, since: number): number {
    let count = 0;
    for (const id of this.#ofUser.get(user) ?? []) if (this.#acceptedAt(id) > since) count += 1;
    return count;
  }

  /** Unfinished requests of every user. */
  *unfinished(): Generator<string> {
    for (const ids of this.#unfinished.values()) yield* ids;
  }

  /** Whether someone other than `user` has unfinished requests that `isRunning` does not name. */
  othersWait(user: string, isRunning: (id: string) => boolean): boolean {
    for (const [other, ids] of this.#unfinished) {
      if (other === user) continue;
      for (const id of ids) if (!isRunning(id)) return true;
    }
    return false;
  }

  *entries(): Generator<Entry> {
    yield* this.#entries.values();
  }

  /** Drops a request that nobody may ask for any more. */
  forget(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (isOpen(entry)) this.#close(entry);
    if (entry.accepted !== undefined) remove(this.#ofUser, entry.accepted.user, id);
    for (const segment of entry.segments) this.#ofSegment.set(segment, (this.#ofSegment.get(segment) ?? 1) - 1);
    this.#entries.delete(id);
  }

  /** Whether a segment of the journal holds nothing that is still known. */
  isDone(segment: string): boolean {
    return (this.#ofSegment.get(segment) ?? 0) <= 0;
  }

  #acceptedAt(id: string): number {
    return this.#entries.get(id)?.accepted?.at ?? 0;
  }

  #draft(id: string, segment: string): Draft {
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = { id, segments: new Set() };
      this.#entries.set(id, entry);
    }
    if (!entry.segments.has(segment)) {
      entry.segments.add(segment);
      this.#ofSegment.set(segment, (this.#ofSegment.get(segment) ?? 0) + 1);
    }
    return entry;
  }

  #count(entry: Draft, wasOpen: boolean): void {
    const open = isOpen(entry);
    if (open && !wasOpen) {
      add(this.#unfinished, entry.accepted!.user, entry.id);
      this.#unfinishedCount += 1;
    } else if (!open && wasOpen) this.#close(entry);
  }

  #close(entry: Draft): void {
    remove(this.#unfinished, entry.accepted!.user, entry.id);
    this.#unfinishedCount -= 1;
  }
}

function isOpen(entry: Entry): boolean {
  return (
    entry.accepted !== undefined && entry.end === undefined && entry.revokedAt === undefined && entry.isVoid !== true
  );
}

function merge(entry: Draft, line: JournalLine): boolean {
  switch (line.e) {
    case 'accept':
      if (entry.accepted !== undefined) return false;
      entry.accepted = {
        user: line.job.user,
        at: line.job.acceptedAt,
        cost: line.job.cost,
        seenAt: performance.now(),
        text: JSON.stringify(line.job),
      };
      return true;
    case 'end':
      if (entry.end !== undefined) return false;
      entry.end = line.end;
      return true;
    case 'revoke':
      if (entry.revokedAt !== undefined) return false;
      entry.revokedAt = line.at;
      return true;
    case 'void':
      if (entry.isVoid === true) return false;
      entry.isVoid = true;
      return true;
  }
}

function add(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, new Set([id]));
  else ids.add(id);
}

function remove(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key);
  if (ids === undefined) return;
  ids.delete(id);
  if (ids.size === 0) map.delete(key);
}
