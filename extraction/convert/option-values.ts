/** Values of `--set` options, checked. */
import { FeatureError } from '../../schemas/problem.js';
import type { ConvertOptions } from './formats.js';

/** One of some words; undefined when the option is not given. Throws FeatureError `bad_value`. */
export function optionWord<W extends string>(
  options: ConvertOptions,
  name: string,
  words: readonly W[],
): W | undefined {
  const value = options.get(name);
  if (value === undefined) return undefined;
  const word = words.find((one) => one === value);
  if (word !== undefined) return word;
  throw new FeatureError('bad_value', `--set ${name}=${value}: choose of ${words.join(', ')}.`);
}

/** A number in a range; undefined when the option is not given. Throws FeatureError `bad_value`. */
export function optionNumber(options: ConvertOptions, name: string, least: number, most: number): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new FeatureError('bad_value', `--set ${name}=${text}: give a number from ${least} to ${most}.`);
}

/** `1`, `true`, `yes` or `0`, `false`, `no`. Throws FeatureError `bad_value`. */
export function optionFlag(options: ConvertOptions, name: string): boolean {
  const word = optionWord(options, name, ['1', 'true', 'yes', '0', 'false', 'no']);
  return word === '1' || word === 'true' || word === 'yes';
}
