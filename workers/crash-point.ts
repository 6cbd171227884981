/**
 * Named places where a process can be made to die, for the chaos tests: `POLYFST_CRASH_AT=name` kills this process
 * the first time that it comes past `name`, `name:3` the third time. Without the variable a crash point costs one
 * comparison. Children do not inherit the setting unless it is prefixed with `child:`.
 */

/** Every place, in the order that a request passes them. */
export const CRASH_POINTS = [
  'journal.before-write',
  'journal.after-write',
  'journal.after-sync',
  'queue.before-add',
  'queue.after-add',
  'queue.before-reply',
  'run.before-start',
  'run.after-start',
  'result.before-write',
  'result.during-write',
  'result.after-write',
  'part.before-publish',
  'part.after-publish',
  'parts.before-join',
  'outcome.before-publish',
  'outcome.after-publish',
  'outcome.before-complete',
  'cancel.before-journal',
  'cancel.after-journal',
  'cancel.before-broadcast',
  'replay.before-add',
  'replay.after-add',
  'sweep.before-remove',
  'sweep.after-remove',
  'segment.before-delete',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

interface Armed {
  readonly name: string;
  left: number;
}

let armed: Armed | undefined = arm(process.env['POLYFST_CRASH_AT'], process.send !== undefined);

function arm(setting: string | undefined, isChild: boolean): Armed | undefined {
  if (setting === undefined || setting === '') return undefined;
  const forChild = setting.startsWith('child:');
  if (forChild !== isChild) return undefined;
  const [name = '', count = '1'] = (forChild ? setting.slice('child:'.length) : setting).split(':');
  return { name, left: Number(count) };
}

/** Arms a crash point of this process; undefined disarms. For tests. */
export function armCrashPoint(setting: string | undefined): void {
  armed = arm(setting, false);
}

/** Dies here, as from a power switch, when this point is armed. */
export function crashPoint(name: CrashPoint): void {
  if (armed === undefined || armed.name !== name) return;
  armed.left -= 1;
  if (armed.left <= 0) process.kill(process.pid, 'SIGKILL');
}
