/** Keys of the records of a CF variable: from its ticket where there is one, else from its coordinates. */
import type { CfVariable } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import type { FstField } from '../fst/field.js';
import { encodeIp, KIND } from '../fst/ip.js';
import { numberOf, type Scope, textOf, valueAt, valuesOf } from './cf-scope.js';
import { type FieldTime, timeReader } from './cf-times.js';
import { unitChange } from './cf-units.js';

const KIND_OF_STANDARD_NAME: Readonly<Record<string, readonly [kind: number, unit: string]>> = {
  air_pressure: [KIND.pressure, 'hPa'],
  height: [KIND.heightAboveGround, 'm'],
  altitude: [KIND.heightAboveSea, 'm'],
  depth: [KIND.depth, 'm'],
  air_potential_temperature: [KIND.theta, 'K'],
  model_level_number: [KIND.code, '1'],
  atmosphere_sigma_coordinate: [KIND.sigma, '1'],
  atmosphere_hybrid_sigma_pressure_coordinate: [KIND.hybrid, '1'],
  atmosphere_hybrid_height_coordinate: [KIND.galChen, 'm'],
  atmosphere_sleve_coordinate: [KIND.galChen, 'm'],
};

/** What a vertical coordinate counts in. */
function kindOf(level: CfVariable): readonly [kind: number, unit: string] {
  const byName = KIND_OF_STANDARD_NAME[textOf(level, 'standard_name') ?? ''];
  if (byName !== undefined) return byName;
  const units = textOf(level, 'units') ?? '';
  if (unitChange(units, 'hPa') !== undefined && units !== '') return [KIND.pressure, 'hPa'];
  if (level.name.startsWith('level_hyb')) return [KIND.hybrid, '1'];
  if (level.name.startsWith('level_sg')) return [KIND.sigma, '1'];
  if (level.name.startsWith('level_gc')) return [KIND.galChen, 'm'];
  if (unitChange(units, 'm') !== undefined && units !== '') return [KIND.heightAboveGround, 'm'];
  return [KIND.code, units];
}

type AtIndices<T> = (leading: readonly number[]) => Promise<T>;

/** ip1 of each field: as it was, else from the vertical coordinate. */
async function levelReader(scope: Scope, field: CfVariable): Promise<AtIndices<number>> {
  const own = scope.find(`${field.name}_fst_ip1`);
  if (own !== undefined) return (leading) => valueAt(own, field, leading);
  const constant = numberOf(field.attributes, 'fst_ip1');
  if (constant !== undefined) return async () => constant;
  const [level] = scope.beside(field, 'level');
  if (level === undefined) return async () => 0;
  const stored = scope.find(`${level.name}_ip1`);
  if (stored !== undefined) return (leading) => valueAt(stored, field, leading);
  const [kind, unit] = kindOf(level);
  const change = unitChange(textOf(level, 'units') ?? unit, unit) ?? { scale: 1, offset: 0 };
  return async (leading) => encodeIp((await valueAt(level, field, leading)) * change.scale + change.offset, kind);
}

interface Member {
  readonly number: number;
  readonly etiket: string | undefined;
}

async function memberReader(scope: Scope, field: CfVariable): Promise<AtIndices<Member | undefined>> {
  const [member] = scope.beside(field, 'member');
  if (member === undefined) return async () => undefined;
  const labels = scope.find('etiket');
  const inAttributes = textOf(member, 'etiket');
  const texts: readonly string[] =
    labels !== undefined && labels.dtype === 'string'
      ? ((await valuesOf(labels)) as readonly string[])
      : inAttributes?.startsWith('[')
        ? (JSON.parse(inAttributes) as string[])
        : [];
  const at = field.dims.indexOf(member.dims[0] ?? '');
  return async (leading) => ({
    number: await valueAt(member, field, leading),
    etiket: texts[at < 0 ? 0 : (leading[at] ?? 0)],
  });
}

const DEETS = [3600, 1800, 900, 600, 300, 60, 1];

/** Time step and number of steps whose product is the lead time. */
function stepsOf(lead: number): { readonly deet: number; readonly npas: number } {
  if (lead === 0) return { deet: 0, npas: 0 };
  const deet = DEETS.find((seconds) => lead % seconds === 0);
  if (deet === undefined)
    throw new FeatureError('bad_value', `a lead time of ${lead} s is not whole; records hold whole seconds.`);
  return { deet, npas: lead / deet };
}

const hoursIp = (seconds: number): number =>
  seconds % 3600 === 0 && seconds >= 0 ? seconds / 3600 : encodeIp(seconds / 3600, KIND.hours);

function inferredTimes(
  time: FieldTime | undefined,
  intervals: 'length' | 'ip',
): Pick<FstField, 'deet' | 'npas' | 'ip2' | 'ip3'> {
  if (time === undefined) return { deet: 0, npas: 0, ip2: 0, ip3: 0 };
  const { lead, from } = time;
  if (from !== undefined && intervals === 'ip') {
    return { ...stepsOf(lead), ip2: encodeIp(lead / 3600, KIND.hours), ip3: encodeIp(from / 3600, KIND.hours) };
  }
  const length = from === undefined ? 0 : lead - from;
  return { ...stepsOf(lead), ip2: hoursIp(lead), ip3: length % 3600 === 0 && length > 0 ? length / 3600 : 0 };
}

export interface KeyOptions {
  readonly intervals: 'length' | 'ip';
  readonly etiket: string;
}

export type RecordKeys = Pick<FstField, 'typvar' | 'etiket' | 'ip1' | 'ip2' | 'ip3' | 'deet' | 'npas' | 'dateo'> & {
  readonly packing: number | undefined;
};

/** Reads the keys of each record of a field. */
export async function keyReader(scope: Scope, field: CfVariable, options: KeyOptions): Promise<AtIndices<RecordKeys>> {
  const { attributes } = field;
  const ticket = textOf(field, 'fst_nomvar') !== undefined;
  const levelAt = await levelReader(scope, field);
  const memberAt = await memberReader(scope, field);
  const timeAt = timeReader(scope, field);
  const array = (key: string): CfVariable | undefined => scope.find(`${field.name}_fst_${key}`);
  const keyAt = async (
    key: string,
    leading: readonly number[],
    rules: Readonly<Record<string, number>>,
    fallback: number,
  ): Promise<number> => {
    const own = array(key);
    if (own !== undefined) return valueAt(own, field, leading);
    const rule = textOf(field, `fst_${key}`);
    return (rule === undefined ? numberOf(attributes, `fst_${key}`) : rules[rule]) ?? fallback;
  };
  return async (leading) => {
    const time = await timeAt?.(leading);
    const member = await memberAt(leading);
    const guess = inferredTimes(time, options.intervals);
    const lead = time?.lead ?? 0;
    const deet = await keyAt('deet', leading, {}, guess.deet!);
    const npas = await keyAt('npas', leading, deet === 0 ? {} : { 'leadtime/deet': lead / deet }, guess.npas!);
    const label = member === undefined || member.etiket === undefined ? undefined : member.etiket;
    const numbered =
      member === undefined ? options.etiket : `${options.etiket}_${String(member.number).padStart(3, '0')}`;
    return {
      typvar: textOf(field, 'fst_typvar') ?? (lead === 0 ? 'A' : 'P'),
      etiket: (label ?? textOf(field, 'fst_etiket') ?? numbered).slice(0, 12),
      ip1: await levelAt(leading),
      ip2: await keyAt('ip2', leading, { hours: Math.floor(lead / 3600) }, guess.ip2!),
      ip3: await keyAt('ip3', leading, { realization: member?.number ?? 0 }, ticket ? 0 : guess.ip3!),
      deet,
      npas,
      dateo: time === undefined ? 0 : new Date(time.base),
      packing: await packingAt(array('packing'), field, leading),
    };
  };
}

async function packingAt(
  array: CfVariable | undefined,
  field: CfVariable,
  leading: readonly number[],
): Promise<number | undefined> {
  if (array !== undefined) return valueAt(array, field, leading);
  const [datyp, nbits] = [numberOf(field.attributes, 'fst_datyp'), numberOf(field.attributes, 'fst_nbits')];
  return datyp === undefined || nbits === undefined ? undefined : datyp * 256 + nbits;
}
