/**
 * The history checker: reads what clients saw and the oracle's hashes, nothing else, and names every broken promise.
 * It knows nothing of the service's insides, and it is itself tested with forged histories (checker.test.ts).
 */
import type { HistoryEvent } from './history.js';

export type ViolationKind =
  | 'lost'
  | 'stuck'
  | 'failed'
  | 'duplicated'
  | 'changed'
  | 'foreign'
  | 'wrong bytes'
  | 'cut'
  | 'risen'
  | 'forgotten revocation'
  | 'late refusal'
  | 'bad status';

export interface Violation {
  readonly kind: ViolationKind;
  readonly id: string;
  readonly detail: string;
}

export interface Oracle {
  /** SHA-256 of the right answer, by question */
  readonly sha256: ReadonlyMap<string, string>;
  /** longest time until a refusal, ms */
  readonly refusalMs: number;
  /** times during which a process that answers was stopped by the run itself: nobody is in time then */
  readonly stops: readonly { readonly from: number; readonly to: number }[];
  /** error codes that a job may end with (killed twice: worker_lost); anything else is a violation */
  readonly allowedFailures: ReadonlySet<string>;
}

interface Story {
  readonly id: string;
  readonly user: string;
  readonly question: string;
  readonly events: HistoryEvent[];
}

/** Statuses that no client of a sound service sees, whatever is killed. */
const IMPOSSIBLE = new Set([408, 429, 500, 502, 503, 504]);

/** Every broken promise in a history, which may be in any order. */
export function checkHistory(history: readonly HistoryEvent[], oracle: Oracle): Violation[] {
  const ordered = [...history].sort((a, b) => a.t1 - b.t1 || a.seq - b.seq);
  const found: Violation[] = [];
  const stories = collect(ordered, found);
  for (const event of ordered) checkStatus(event, oracle, found);
  for (const story of stories.values()) {
    checkFate(story, oracle, found);
    checkBytes(story, oracle, found);
    checkOrder(story, found);
  }
  checkOwners(ordered, stories, found);
  return found;
}

function collect(ordered: readonly HistoryEvent[], found: Violation[]): Map<string, Story> {
  const stories = new Map<string, Story>();
  for (const event of ordered) {
    if (event.op !== 'submit' || event.id === undefined) continue;
    if (stories.has(event.id)) {
      found.push({ kind: 'duplicated', id: event.id, detail: 'one id was given to two submits' });
      continue;
    }
    stories.set(event.id, { id: event.id, user: event.user, question: event.question, events: [] });
  }
  for (const event of ordered) {
    if (event.op === 'submit' || event.op === 'list') continue;
    const story = stories.get(event.id);
    if (story !== undefined && story.user === event.user) story.events.push(event);
  }
  return stories;
}

function checkStatus(event: HistoryEvent, oracle: Oracle, found: Violation[]): void {
  const id = 'id' in event ? (event.id ?? '') : '';
  if (IMPOSSIBLE.has(event.status)) {
    found.push({ kind: 'bad status', id, detail: `${event.op} was answered ${event.status}` });
  }
  const wasStopped = oracle.stops.some((stop) => stop.from < event.t1 && stop.to > event.t0);
  if (event.status === 529 && event.t1 - event.t0 > oracle.refusalMs && !wasStopped) {
    found.push({ kind: 'late refusal', id, detail: `${event.op} was refused after ${event.t1 - event.t0} ms` });
  }
}

/** An accepted request ends, and as it should. */
function checkFate(story: Story, oracle: Oracle, found: Violation[]): void {
  const { id } = story;
  const polls = story.events.filter((event) => event.op === 'poll');
  const last = polls.filter((poll) => poll.state !== 'refused' && poll.state !== 'unknown').at(-1);
  const wasRevoked = story.events.some((event) => event.op === 'revoke');
  if (polls.some((poll) => poll.state === 'missing')) {
    found.push({ kind: 'lost', id, detail: 'a poll was answered "not found" after the request was accepted' });
  } else if (last === undefined || last.state === 'pending') {
    found.push({ kind: 'stuck', id, detail: 'the request has no final state at the end of the run' });
  }
  if (last?.state === 'gone' && !wasRevoked) {
    found.push({ kind: 'lost', id, detail: 'a poll was answered "gone" and nobody revoked the request' });
  }
  if (last?.state === 'failed' && !oracle.allowedFailures.has(last.code ?? '')) {
    found.push({ kind: 'failed', id, detail: `the request failed with ${last.code ?? 'no code'}` });
  }
}

function checkBytes(story: Story, oracle: Oracle, found: Violation[]): void {
  const { id } = story;
  const right = oracle.sha256.get(story.question);
  const hashes = new Set<string>();
  const tags = new Set<string>();
  for (const event of story.events) {
    if (event.op !== 'download' || event.sha256 === undefined) continue;
    hashes.add(event.sha256);
    if (event.etag !== undefined) tags.add(event.etag);
    if (event.length !== undefined && event.length !== event.bytes) {
      found.push({ kind: 'cut', id, detail: `${event.bytes} bytes came, ${event.length} were promised` });
    } else if (event.sha256 !== right) {
      found.push({ kind: 'wrong bytes', id, detail: `the answer to ${story.question} is not the oracle's` });
    }
  }
  if (hashes.size > 1 || tags.size > 1) found.push({ kind: 'changed', id, detail: 'two downloads differ' });
}

/** What was final stays final; what was revoked stays revoked. */
function checkOrder(story: Story, found: Violation[]): void {
  const { id } = story;
  let end: { readonly state: string; readonly at: number } | undefined;
  let revokedAt: number | undefined;
  for (const event of story.events) {
    if (event.op === 'revoke' && event.status === 200) revokedAt ??= event.t1;
    const isAnswer =
      (event.op === 'poll' && ['done', 'failed', 'pending'].includes(event.state)) ||
      (event.op === 'download' && event.sha256 !== undefined);
    if (isAnswer && revokedAt !== undefined && event.t0 > revokedAt) {
      found.push({ kind: 'forgotten revocation', id, detail: 'the request was answered after it was revoked' });
      return;
    }
    if (event.op !== 'poll' || !['done', 'failed', 'pending'].includes(event.state)) continue;
    if (end !== undefined && event.state !== end.state && event.t0 > end.at) {
      found.push({ kind: 'risen', id, detail: `the request was ${end.state} and then ${event.state}` });
      return;
    }
    if (event.state !== 'pending') end ??= { state: event.state, at: event.t1 };
  }
}

/** Nobody sees another's request, in lists, polls or downloads through them. */
function checkOwners(ordered: readonly HistoryEvent[], stories: ReadonlyMap<string, Story>, found: Violation[]): void {
  for (const event of ordered) {
    const ids = event.op === 'list' ? event.ids : event.op === 'submit' ? [] : [event.id];
    for (const id of ids) {
      const owner = stories.get(id)?.user;
      if (owner === undefined || owner === event.user) continue;
      const saw = event.op === 'list' || (event.op === 'poll' ? event.state !== 'missing' : event.status === 200);
      if (saw && event.status !== 529 && event.status !== 0) {
        found.push({ kind: 'foreign', id, detail: `${event.user} saw a request of ${owner} (${event.op})` });
      }
    }
  }
}
