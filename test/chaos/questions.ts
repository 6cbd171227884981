/** What the clients of a chaos run ask of the demo run, and the oracle: the same question without any service. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../paths.js';

export interface Question {
  readonly name: string;
  readonly request: Readonly<Record<string, unknown>>;
}

const KEYS = { class: 'rd', expver: '0001', domain: 'g', stream: 'oper', type: 'fc' };
const NEWLINE = 0x0a;
const DATES = ['20250115', '20250116'];
const TIMES = ['0000', '1200'];

/** Questions of different sizes: series at a point, profiles, areas, areas of several dates (which are worked on in parts). */
export function questions(count: number): Question[] {
  return Array.from({ length: count }, (_, n) => ({ name: `q${n}`, request: request(n) }));
}

function request(n: number): Record<string, unknown> {
  const base = { ...KEYS, date: DATES[n % 2], time: TIMES[(n >> 1) % 2] };
  const [lat, lon] = [41 + (n % 17) * 0.5, -79 + (n % 31) * 0.5];
  switch (n % 5) {
    case 0:
      return {
        ...base,
        levtype: 'sfc',
        param: '2t',
        feature: { type: 'timeseries', points: [[lat, lon]], range: { start: 0, end: 24 }, time_axis: 'step' },
      };
    case 1:
      return {
        ...base,
        levtype: 'pl',
        param: 't/q',
        step: String(n % 25),
        levelist: '1000/925/850/700/500/250',
        feature: { type: 'verticalprofile', points: [[lat, lon]] },
      };
    case 2:
      return {
        ...base,
        levtype: 'sfc',
        param: '2t/msl',
        step: '0/to/24',
        feature: {
          type: 'boundingbox',
          points: [
            [lat + 1, lon],
            [lat, lon + 2],
          ],
        },
      };
    case 3:
      return {
        ...KEYS,
        date: DATES.join('/'),
        time: TIMES.join('/'),
        levtype: 'sfc',
        param: '2t',
        step: '0/to/6',
        feature: {
          type: 'boundingbox',
          points: [
            [lat + 1, lon],
            [lat, lon + 2],
          ],
        },
      };
    default:
      return {
        ...base,
        levtype: 'pl',
        param: 't',
        levelist: '500/850',
        step: '0/to/24/by/3',
        feature: {
          type: 'polygon',
          shape: [
            [40.2, -79],
            [49, -78],
            [48, -62],
            [41, -61],
          ],
        },
      };
  }
}

/** SHA-256 of an answer's text without the line ends behind it, which a command and a service may write differently. */
export function hashOf(text: Uint8Array): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === NEWLINE) end -= 1;
  return createHash('sha256').update(text.subarray(0, end)).digest('hex');
}

/** SHA-256 of each right answer, by `polyfst query`. */
export async function answers(asked: readonly Question[], data: string, folder: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const { name, request } of asked) {
    const file = join(folder, `${name}.json`);
    await writeFile(file, JSON.stringify(request));
    const program = join(root, 'dist', 'cli', 'main.js');
    const options = { encoding: 'buffer', maxBuffer: 1 << 28 } as const;
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'query', file, '--data', data], options);
    hashes.set(name, hashOf(stdout));
  }
  return hashes;
}
