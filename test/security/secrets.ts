/** Looks through everything that the service said and wrote for what must never be there. */
import { SECRETS, type Served } from './served.js';

/** A line of a stack trace. */
const STACK = /\bat [^\n]{0,200}?[\w/.-]+\.[jt]s:\d+:\d+/;
const TOKEN = /token=[0-9a-z]{1,9}-[A-Za-z0-9_-]{20}/;
const SQL = /\b(SELECT .{1,200} FROM|INSERT INTO|bullmq\.)/;

/** Findings in answers: keys, paths of this machine, stacks, words of the database. */
export function secretsInAnswers(served: Served, seen: readonly string[]): string[] {
  const found: string[] = [];
  for (const text of seen) {
    for (const [name, secret] of Object.entries(SECRETS))
      if (text.includes(secret)) found.push(`the key of ${name} in an answer`);
    if (text.includes(served.folder)) found.push(`a path of the service in an answer: ${text.slice(0, 200)}`);
    if (STACK.test(text)) found.push(`a stack in an answer: ${text.slice(0, 200)}`);
    if (SQL.test(text)) found.push(`words of the database in an answer: ${text.slice(0, 200)}`);
  }
  return found;
}

/** Findings in the log: keys and download tokens. */
export function secretsInLog(served: Served): string[] {
  const log = served.log();
  const found: string[] = [];
  for (const [name, secret] of Object.entries(SECRETS))
    if (log.includes(secret)) found.push(`the key of ${name} in the log`);
  const token = TOKEN.exec(log);
  if (token !== null)
    found.push(`a download token in the log: …${log.slice(Math.max(0, token.index - 80), token.index + 20)}…`);
  return found;
}
