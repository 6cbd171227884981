/** Sends the hostile corpus, a few at a time, and judges every answer. What is judged slow is sent again by itself first. */
import type { Hostile } from './hostile.js';
import type { Served } from './served.js';
import { type Answer, exchange } from './wire.js';

/** A refusal takes no longer, ms. */
const REFUSAL_MS = 100;
const AT_A_TIME = 4;
const SECOND_LOOKS = 4;

export interface AttackReport {
  readonly sent: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** of refusals, delayed ones (401) left out */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly broken: readonly string[];
  /** all bodies and headers seen, for the search for secrets */
  readonly seen: readonly string[];
}

/** What is wrong with an answer; undefined when it is as it must be. */
function judge(attack: Hostile, answer: Answer): string | undefined {
  const { status } = answer;
  // Node closes a connection that it cannot make sense of after its answer; no answer at all is not clear.
  if (status === 0) return 'no answer';
  if (status >= 500 && status !== 529) return `status ${status}`;
  if (attack.expect === 'refused' && (status < 400 || status > 499)) return `status ${status} instead of a refusal`;
  if (status >= 400 && status !== 529 && !attack.isHead && !isClear(answer))
    return `status ${status} without a sentence`;
  return undefined;
}

/** A refusal says in words what is wrong: a message, a detail, or an exception text. An absent Zarr key is an empty 404. */
function isClear({ status, headers, body }: Answer): boolean {
  const text = body.toString('utf8');
  const type = headers.get('content-type') ?? '';
  if (status === 404 && headers.get('content-length') === '0') return true;
  if (/xml/.test(type)) return /<ServiceException[^>]*>[^<]{10}/.test(text);
  if (!/json/.test(type)) return false;
  const { message, detail, reason } = JSON.parse(text) as Record<string, unknown>;
  return [message, detail, reason].some((words) => typeof words === 'string' && words.length >= 10);
}

const isDelayed = (answer: Answer): boolean => answer.status === 401;

/** Time of the refusal; a slow one is asked again, because the machine may have been busy with something else. */
async function refusalMs(port: number, attack: Hostile, first: Answer): Promise<number> {
  let best = first.ms;
  for (let look = 0; look < SECOND_LOOKS && best > REFUSAL_MS; look++) {
    best = Math.min(best, (await exchange(port, attack.bytes, attack.isHead)).ms);
  }
  return best;
}

export async function attackAll(served: Served, corpus: readonly Hostile[]): Promise<AttackReport> {
  const statuses: Record<string, number> = {};
  const broken: string[] = [];
  const seen: string[] = [];
  const times: number[] = [];
  const slow: { attack: Hostile; answer: Answer }[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let attack = corpus[next++]; attack !== undefined && served.isAlive(); attack = corpus[next++]) {
      const answer = await exchange(served.port, attack.bytes, attack.isHead);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      seen.push([...answer.headers].map((pair) => pair.join(': ')).join('\n'), answer.body.toString('latin1'));
      const verdict = judge(attack, answer);
      if (verdict !== undefined) broken.push(`${attack.family} "${attack.name}": ${verdict}`);
      if (answer.status < 400 || answer.status > 499 || isDelayed(answer)) continue;
      times.push(answer.ms);
      if (answer.ms > REFUSAL_MS) slow.push({ attack, answer });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  for (const { attack, answer } of slow) {
    const ms = await refusalMs(served.port, attack, answer);
    if (ms > REFUSAL_MS) broken.push(`${attack.family} "${attack.name}": refused after ${Math.round(ms)} ms`);
  }
  if (!served.isAlive()) broken.push(`the service ended at request ${next}`);
  times.sort((one, other) => one - other);
  const at = (share: number): number => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 10) / 10;
  return { sent: next - AT_A_TIME, statuses, p50Ms: at(0.5), p99Ms: at(0.99), slowestMs: at(1), broken, seen };
}
