/** `polyfst ip …` and `polyfst date …`: encoded levels and CMC date stamps, both ways, one line an argument. */
import { ipDecodeLine, ipEncodeLine } from '../extraction/fst/ip.js';
import { dateAddLine, dateDecodeLine, dateEncodeLine } from '../extraction/fst/time.js';
import { EXIT, LineWriter, UsageError } from './output.js';

interface Options {
  json?: boolean;
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`${name} ${text}: not a number`);
  return value;
}

function integer(name: string, text: string): number {
  const value = number(name, text);
  if (!Number.isInteger(value)) throw new UsageError(`${name} ${text}: not a whole number`);
  return value;
}

async function print(lines: readonly object[], options: Options): Promise<number> {
  const out = new LineWriter();
  for (const line of lines) {
    if (options.json === true) await out.json(line);
    else
      await out.line(
        Object.entries(line)
          .map(([key, value]) => `${key} ${value}`)
          .join('  '),
      );
  }
  await out.flush();
  return EXIT.ok;
}

export function ipDecode(ips: readonly string[], options: Options): Promise<number> {
  return print(
    ips.map((ip) => ipDecodeLine(integer('IP', ip))),
    options,
  );
}

export function ipEncode(value: string, kind: string, options: Options & { old?: boolean }): Promise<number> {
  return print([ipEncodeLine(number('VALUE', value), integer('KIND', kind), options.old ?? false)], options);
}

export function dateDecode(stamps: readonly string[], options: Options): Promise<number> {
  return print(
    stamps.map((stamp) => dateDecodeLine(integer('STAMP', stamp))),
    options,
  );
}

export function dateEncode(isos: readonly string[], options: Options): Promise<number> {
  return print(isos.map(dateEncodeLine), options);
}

export function dateAdd(stamp: string, hours: string, options: Options): Promise<number> {
  return print([dateAddLine(integer('STAMP', stamp), number('HOURS', hours))], options);
}
