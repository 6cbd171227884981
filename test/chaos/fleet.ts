/** The processes of a chaos run: `serve` and `work` as they are installed, started, killed by process id, started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../paths.js';
import { freePort } from '../redis.js';

export interface FleetOptions {
  readonly data: string;
  readonly state: string;
  readonly queue: string;
  /** API processes; with workers inside when `workers` is 0 */
  readonly servers: number;
  readonly workers: number;
  /** configuration file, with the keys of the users */
  readonly config: string;
  /** file for everything that the processes write */
  readonly log: string;
}

export interface Member {
  readonly name: string;
  readonly role: 'serve' | 'work';
  readonly port: number;
  child: ChildProcess | undefined;
}

/** Time that a process which was stopped may take to get through what has piled up. */
const THAW_MS = 1000;
const READY_MS = 30_000;

export class Fleet implements AsyncDisposable {
  readonly members: readonly Member[];
  readonly #options: FleetOptions;
  /** ms from each start of a server to its first answer */
  readonly readyMs: number[] = [];
  readonly stops: { readonly from: number; readonly to: number }[] = [];

  private constructor(options: FleetOptions, members: readonly Member[]) {
    this.#options = options;
    this.members = members;
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const members: Member[] = [];
    for (let n = 0; n < options.servers; n++) {
      members.push({ name: `serve${n}`, role: 'serve', port: await freePort(), child: undefined });
    }
    for (let n = 0; n < options.workers; n++)
      members.push({ name: `work${n}`, role: 'work', port: 0, child: undefined });
    const fleet = new Fleet(options, members);
    for (const member of members) await fleet.begin(member);
    return fleet;
  }

  get urls(): readonly string[] {
    return this.members.filter((one) => one.role === 'serve').map((one) => `http://127.0.0.1:${one.port}`);
  }

  /** Starts a member; a server is waited for. */
  async begin(member: Member): Promise<void> {
    const { data, state, queue, config, log, workers } = this.#options;
    const shared = ['--data', data, '--state', state, '--queue', queue, '--config', config];
    const own = member.role === 'serve' ? ['--port', String(member.port), ...(workers > 0 ? ['--no-work'] : [])] : [];
    const program = join(root, 'dist', 'cli', 'main.js');
    const child = spawn(process.execPath, [program, member.role, ...shared, ...own], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = createWriteStream(log, { flags: 'a' });
    child.stdout.pipe(out, { end: false });
    child.stderr.pipe(out, { end: false });
    member.child = child;
    if (member.role === 'serve') await this.#ready(member);
  }

  async #ready(member: Member): Promise<void> {
    const begun = performance.now();
    while (performance.now() - begun < READY_MS) {
      if (member.child?.exitCode !== null) throw new Error(`${member.name} ended at start; see the log of the run`);
      const answer = await fetch(`http://127.0.0.1:${member.port}/api/v1/test`).catch(() => undefined);
      if (answer?.status === 200) {
        this.readyMs.push(performance.now() - begun);
        return;
      }
      await sleep(25);
    }
    throw new Error(`${member.name} is not ready after ${READY_MS} ms`);
  }

  async kill(member: Member): Promise<void> {
    const { child } = member;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Stops a member for a while, as a machine that swaps or a debugger does. */
  async freeze(member: Member, ms: number): Promise<void> {
    const from = Date.now();
    member.child?.kill('SIGSTOP');
    await sleep(ms);
    member.child?.kill('SIGCONT');
    this.stops.push({ from, to: Date.now() + THAW_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => this.kill(member)));
  }
}
