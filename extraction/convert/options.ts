/** `--set` options as values. An option that is wrong is an error that names the choices. */
import { FeatureError } from '../../schemas/problem.js';
import type { ConvertOptions } from './formats.js';

function refuse(name: string, value: string, choices: string): never {
  throw new FeatureError('bad_value', `--set ${name}=${value.slice(0, 40)}: give ${choices}.`);
}

export function choice<T extends string>(options: ConvertOptions, name: string, choices: readonly T[], fallback: T): T {
  const value = options.get(name);
  if (value === undefined) return fallback;
  const found = choices.find((one) => one === value);
  return found ?? refuse(name, value, choices.join(' or '));
}

export function flag(options: ConvertOptions, name: string, fallback: boolean): boolean {
  const value = options.get(name);
  if (value === undefined) return fallback;
  if (['1', 'true', 'on', 'yes'].includes(value)) return true;
  if (['0', 'false', 'off', 'no'].includes(value)) return false;
  return refuse(name, value, '1 or 0');
}

export function whole(options: ConvertOptions, name: string, least: number, most: number): number | undefined {
  const value = options.get(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
  return refuse(name, value, `a whole number from ${least} to ${most}`);
}
