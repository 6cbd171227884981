/**
 * F4: kill -9 at every named crash point, then a restart on the same state directory. Whatever a client was told before
 * the kill must hold after it: accepted requests end with their own answer, revoked ones stay revoked.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CRASH_POINTS, type CrashPoint } from '../../workers/crash-point.js';

const program = fileURLToPath(new URL('./queue-program.js', import.meta.url));

interface Said {
  readonly accepted: readonly string[];
  readonly revoked: readonly string[];
  readonly ended: ReadonlyMap<string, string>;
  readonly signal: NodeJS.Signals | null;
}

async function run(state: string, options: readonly string[], crashAt = ''): Promise<Said> {
  const child = spawn(process.execPath, [program, state, 'embedded', ...options], {
    env: { ...process.env, POLYFST_CRASH_AT: crashAt },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const lines = text.split('\n').map((line) => line.split(' '));
  const ids = (word: string): string[] => lines.filter((line) => line[0] === word).map((line) => line[1]!);
  const ended = lines.filter((line) => line[0] === 'ended').map((line) => [line[1]!, line.slice(2).join(' ')] as const);
  return { accepted: ids('accepted'), revoked: ids('revoked'), ended: new Map(ended), signal };
}

/** Points that a short-lived run does not come past, each with the test that covers it. */
const ELSEWHERE: readonly CrashPoint[] = ['sweep.before-remove', 'sweep.after-remove', 'segment.before-delete'];
/** Points inside of a job process: its parent survives and starts the job again, once. */
const IN_CHILD: readonly CrashPoint[] = [
  ...(['result.before-write', 'result.during-write', 'result.after-write'] as const),
  ...(['part.before-publish', 'part.after-publish', 'parts.before-join'] as const),
];
/** Points that are only passed when something is left to replay. */
const AT_REPLAY: readonly CrashPoint[] = ['replay.before-add', 'replay.after-add'];

describe('F4 crash points', { concurrency: 2 }, () => {
  let folder: string;
  /** a state directory with the database made, to be copied: making it anew takes seconds */
  let pristine: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-crash-'));
    pristine = join(folder, 'pristine');
    await run(pristine, []);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function fresh(name: string): Promise<string> {
    const state = join(folder, name);
    await cp(pristine, state, { recursive: true });
    return state;
  }

  /** After the last restart, everything that was promised holds, and nothing is left over. */
  async function holds(state: string, promised: readonly Said[], mayBeLost = false): Promise<void> {
    const last = await run(state, []);
    assert.equal(last.signal, null);
    for (const said of promised) {
      for (const id of said.revoked) assert.equal(last.ended.get(id), 'cancelled cancelled');
      for (const id of said.accepted) {
        const end = last.ended.get(id);
        // The kill may have come between a revocation and its answer: then either end is right.
        if (end === 'cancelled cancelled') continue;
        // Every new job process is armed anew, so a job may meet its death twice.
        if (mayBeLost && end === 'failed worker_lost') continue;
        assert.ok(!said.revoked.includes(id));
        assert.equal(end, `processed answer of ${id}`);
      }
    }
    const objects = await readdir(join(state, 'store', 'results'), { recursive: true }).catch(() => []);
    const outcomes = objects.filter((name) => name.endsWith('outcome.json'));
    const answers = objects.filter((name) => /\/\d+-[0-9a-f]{8}$/.test(name));
    assert.ok(answers.length <= outcomes.length, 'a lost attempt was left behind');
    const parts = objects.filter((name) => name.includes('/part-'));
    assert.deepEqual(parts, [], 'parts were left behind');
  }

  for (const point of CRASH_POINTS) {
    if (ELSEWHERE.includes(point)) continue;
    it(`at ${point}`, async () => {
      const state = await fresh(point);
      const inChild = IN_CHILD.includes(point);
      if (AT_REPLAY.includes(point)) {
        const before = await run(state, ['--submit', '4'], 'queue.before-add:4');
        assert.equal(before.signal, 'SIGKILL');
        const during = await run(state, [], point);
        assert.equal(during.signal, 'SIGKILL');
        await holds(state, [before, during]);
        return;
      }
      const said = await run(state, ['--submit', '8'], `${inChild ? 'child:' : ''}${point}:2`);
      assert.equal(said.signal, inChild ? null : 'SIGKILL');
      await holds(state, [said], inChild);
    });
  }
});
