/**
 * The demo run: a small forecast whose every value follows from one formula, so that an answer can be checked by hand.
 *
 *   v = base(nomvar) + 0.1 lat - 0.05 lon + 0.25 hours + number - 0.01 (1000 - level) + 2 days
 *
 * in float64, rounded once to float32 (docs/demo.md). Grid L: latitudes 40..50, longitudes -80..-60, every 0.5 degree.
 */
import { encodeIp } from '../extraction/fst/ip.js';
import { isoToStamp } from '../extraction/fst/time.js';
import type { NativeField } from '../native/index.js';

const NI = 41;
const NJ = 21;
const DEET = 900;
const BASE_TIMES = ['2025-01-15T00:00:00Z', '2025-01-15T12:00:00Z', '2025-01-16T00:00:00Z', '2025-01-16T12:00:00Z'];
const FIRST_BASE = Date.parse(BASE_TIMES[0]!);
const BASE_VALUE: Readonly<Record<string, number>> = {
  TT: 10,
  HU: 5,
  GZ: 100,
  UU: 20,
  VV: -15,
  PN: 1010,
  P0: 990,
  NT: 0,
  PR: 0,
};
const PRESSURES = [1000, 925, 850, 700, 500, 250];
const HYBRIDS = [0.5, 0.7, 0.85, 0.95, 0.995];
const MEMBERS = [0, 1, 2, 3, 4];

/** One file of the run and the fields in it. */
export interface DemoFile {
  readonly name: string;
  readonly fields: readonly NativeField[];
}

interface Moment {
  readonly base: string;
  readonly hours: number;
  /** undefined: the deterministic run */
  readonly member?: number;
}

interface Level {
  readonly ip1: number;
  /** the level that enters the formula */
  readonly value: number;
}

const HEIGHT_ABOVE_GROUND = 4;
const HYBRID = 5;
const HOURS = 10;

function surfaceFields(): [nomvar: string, level: Level][] {
  const at = (ip1: number): Level => ({ ip1, value: 1000 });
  const screen = at(encodeIp(1.5, HEIGHT_ABOVE_GROUND));
  const wind = at(encodeIp(10, HEIGHT_ABOVE_GROUND));
  const ground = at(0);
  return [
    ['TT', screen],
    ['UU', wind],
    ['VV', wind],
    ['PN', ground],
    ['P0', ground],
    ['NT', ground],
    ['PR', ground],
  ];
}

function levelFields(nomvars: readonly string[], levels: readonly Level[]): [nomvar: string, level: Level][] {
  return levels.flatMap((level) => nomvars.map((nomvar): [string, Level] => [nomvar, level]));
}

function fieldsOf(moment: Moment): [nomvar: string, level: Level][] {
  if (!Number.isInteger(moment.hours)) return surfaceFields().filter(([nomvar]) => nomvar === 'PR');
  const pressure = PRESSURES.map((value): Level => ({ ip1: value, value }));
  const hybrid = HYBRIDS.map((value): Level => ({ ip1: encodeIp(value, HYBRID), value: 1000 * value }));
  const common = [...surfaceFields(), ...levelFields(['TT', 'HU', 'GZ', 'UU', 'VV'], pressure)];
  return moment.member === undefined ? [...common, ...levelFields(['TT', 'HU'], hybrid)] : common;
}

function valuesOf(nomvar: string, level: number, moment: Moment): Float32Array {
  const days = (Date.parse(moment.base) - FIRST_BASE) / 86_400_000;
  const values = new Float32Array(NI * NJ);
  for (let j = 0, k = 0; j < NJ; j++) {
    for (let i = 0; i < NI; i++, k++) {
      const lat = 40 + 0.5 * j;
      const lon = -80 + 0.5 * i;
      values[k] =
        BASE_VALUE[nomvar]! +
        0.1 * lat -
        0.05 * lon +
        0.25 * moment.hours +
        (moment.member ?? 0) -
        0.01 * (1000 - level) +
        2 * days;
    }
  }
  return values;
}

function makeField(nomvar: string, level: Level, moment: Moment): NativeField {
  const member = moment.member;
  return {
    nomvar,
    typvar: 'P',
    etiket: member === undefined ? 'R1DEMO__N' : `E1DEMO__N${String(member).padStart(3, '0')}`,
    grtyp: 'L',
    ip1: level.ip1,
    ip2: Number.isInteger(moment.hours) ? moment.hours : encodeIp(moment.hours, HOURS),
    ip3: member ?? 0,
    ni: NI,
    nj: NJ,
    nk: 1,
    deet: DEET,
    npas: (moment.hours * 3600) / DEET,
    ig1: 50,
    ig2: 50,
    ig3: 13000,
    ig4: 28000,
    dateo: isoToStamp(moment.base),
    datyp: 5,
    nbits: 32,
    values: valuesOf(nomvar, level.value, moment),
  };
}

function momentsOf(base: string): Moment[] {
  const moments: Moment[] = [];
  for (let hours = 0; hours <= 24; hours++) {
    moments.push({ base, hours });
    if (hours < 3) for (const part of [0.25, 0.5, 0.75]) moments.push({ base, hours: hours + part });
  }
  for (let hours = 0; hours <= 24; hours += 6) {
    for (const member of MEMBERS) moments.push({ base, hours, member });
  }
  return moments;
}

/** Every file of the run, made one at a time: `YYYYMMDDHH_HHH` (deterministic) and `YYYYMMDDHH_HHH_ens` (members). */
export function* demoFiles(): Generator<DemoFile> {
  for (const base of BASE_TIMES) {
    const files = new Map<string, Moment[]>();
    const stamp = base.replace(/[-T]/g, '').slice(0, 10);
    for (const moment of momentsOf(base)) {
      const hour = String(Math.floor(moment.hours)).padStart(3, '0');
      const name = `${stamp}_${hour}${moment.member === undefined ? '' : '_ens'}`;
      files.set(name, [...(files.get(name) ?? []), moment]);
    }
    for (const [name, moments] of files) {
      const fields = moments.flatMap((moment) =>
        fieldsOf(moment).map(([nomvar, level]) => makeField(nomvar, level, moment)),
      );
      yield { name, fields };
    }
  }
}
