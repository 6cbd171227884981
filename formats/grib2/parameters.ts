/**
 * Which GRIB2 parameter a nomvar is, as data: discipline, category and number, the statistic and the surface that belong to it,
 * and how values change from the unit of the records to the unit that the format prescribes. Read backwards, the first row wins.
 */
import type { UnitChange } from './tokens.js';

/** What is done over an interval. */
export type Statistic = 'mean' | 'sum' | 'max' | 'min';

/** Surface that replaces what ip1 = 0 would say: `column` from the ground to the top of the atmosphere. */
export type FixedSurface = 'ground' | 'column' | 'mean-sea' | 'top' | 'soil';

export interface GribParameter {
  readonly nomvar: string;
  readonly discipline: number;
  readonly category: number;
  readonly number: number;
  readonly change: UnitChange;
  readonly statistic?: Statistic;
  readonly surface?: FixedSurface;
}

const KELVIN = 273.15;
const KNOT = 0.514444;

type Change = 'same' | 'kelvin' | 'knots' | 'sign' | number;
type Row = readonly [nomvar: string, code: string, change: Change, extra?: Statistic | FixedSurface];

/** A number is the decimal scale factor: -2 multiplies by 100. */
const ROWS: readonly Row[] = [
  ['TT', '0.0.0', 'kelvin'],
  ['TD', '0.0.6', 'kelvin'],
  ['ES', '0.0.7', 'same'],
  ['TH', '0.0.2', 'same'],
  ['TW', '0.0.27', 'kelvin'],
  ['TG', '0.0.17', 'same'],
  ['TS', '0.0.17', 'same'],
  ['HU', '0.1.0', 'same'],
  ['HR', '0.1.1', -2],
  ['UU', '0.2.2', 'knots'],
  ['VV', '0.2.3', 'knots'],
  ['UV', '0.2.1', 'knots'],
  ['WD', '0.2.0', 'same'],
  ['WW', '0.2.8', 'same'],
  ['WZ', '0.2.9', 'same'],
  ['GZ', '0.3.5', -1],
  ['PN', '0.3.1', -2, 'mean-sea'],
  ['P0', '0.3.0', -2, 'ground'],
  ['PX', '0.3.0', -2],
  ['QQ', '0.2.10', 'same'],
  ['QR', '0.2.12', 'same'],
  ['DD', '0.2.13', 'same'],
  ['PV', '0.2.14', 6],
  ['PR', '0.1.52', -3, 'sum'],
  ['PC', '0.1.37', -3, 'sum'],
  ['RN', '0.1.65', -3, 'sum'],
  ['SN', '0.1.53', -3, 'sum'],
  ['FR', '0.1.67', -3, 'sum'],
  ['PE', '0.1.68', -3, 'sum'],
  ['RT', '0.1.52', -3],
  ['RC', '0.1.37', -3],
  ['SD', '0.1.11', 2],
  ['DN', '0.1.61', 'same'],
  ['I5', '0.1.60', 'same'],
  ['SNO', '0.1.60', 'same'],
  ['IH', '0.1.64', 'same', 'column'],
  ['NT', '0.6.1', -2, 'column'],
  ['NB', '0.6.3', -2],
  ['NM', '0.6.4', -2],
  ['NH', '0.6.5', -2],
  ['FN', '0.6.32', 'same'],
  ['QC', '0.1.22', 'same'],
  ['TM', '10.3.0', 'same'],
  ['GL', '10.2.0', 'same'],
  ['LG', '10.2.0', 'same'],
  ['I8', '10.2.1', 'same'],
  ['I7', '10.2.8', 'same'],
  ['I0', '2.0.2', 'same', 'soil'],
  ['I1', '2.0.25', 'same', 'soil'],
  ['MG', '2.0.0', 'same', 'ground'],
  ['ME', '0.3.5', 'same', 'ground'],
  ['Z0', '2.0.1', 'same'],
  ['AL', '0.19.1', -2],
  ['VF', '2.0.4', -2],
  ['VG', '2.0.8', 'same'],
  ['H', '0.3.18', 'same'],
  ['FB', '0.4.7', 'same'],
  ['FS', '0.4.9', 'same'],
  ['FI', '0.5.3', 'same'],
  ['SI', '0.5.5', 'same'],
  ['N4', '0.4.7', 'same', 'sum'],
  ['AD', '0.5.3', 'same', 'sum'],
  ['EI', '0.5.4', 'same', 'top'],
  ['EV', '0.4.8', 'same', 'top'],
  ['FC', '0.0.11', 'sign'],
  ['FV', '0.0.10', 'sign'],
  ['UE', '0.2.30', 'same'],
  ['EN', '0.19.11', 'same'],
  ['CAPE', '0.7.6', 'same', 'column'],
  ['CIN', '0.7.7', 'same', 'column'],
  ['VIS', '0.19.0', 'same'],
  ['WGE', '0.2.22', 'same'],
  ['WGX', '0.2.22', 'same', 'max'],
  ['T9', '0.0.0', 'kelvin', 'max'],
  ['T5', '0.0.0', 'kelvin', 'min'],
  ['O3', '0.14.1', 'same'],
  ['SSH', '10.3.1', 'same'],
  ['SALW', '10.4.3', 3],
  // further codes that are read, and not written
  ['PR', '0.1.8', -3, 'sum'],
  ['RT', '0.1.7', -3],
  ['PC', '0.1.10', -3, 'sum'],
  ['IH', '0.1.3', 'same', 'column'],
];

const STATISTICS: ReadonlySet<string> = new Set(['mean', 'sum', 'max', 'min']);

function changeOf(change: Change): UnitChange {
  if (change === 'same') return { kind: 'decimal', digits: 0 };
  if (change === 'kelvin') return { kind: 'offset', add: KELVIN };
  if (change === 'knots') return { kind: 'factor', by: KNOT };
  if (change === 'sign') return { kind: 'factor', by: -1 };
  return { kind: 'decimal', digits: change };
}

export const GRIB_PARAMETERS: readonly GribParameter[] = ROWS.map(([nomvar, code, change, extra]) => {
  const [discipline, category, number] = code.split('.').map(Number) as [number, number, number];
  const statistic = extra !== undefined && STATISTICS.has(extra);
  return {
    nomvar,
    discipline,
    category,
    number,
    change: changeOf(change),
    ...(extra === undefined ? {} : statistic ? { statistic: extra as Statistic } : { surface: extra as FixedSurface }),
  };
});

/** The first row of a name is the one that is written. */
const BY_NOMVAR = new Map([...GRIB_PARAMETERS].reverse().map((row) => [row.nomvar, row]));

export const gribParameter = (nomvar: string): GribParameter | undefined => BY_NOMVAR.get(nomvar);

/** What a message says about its parameter. */
export interface GribCode {
  readonly discipline: number;
  readonly category: number;
  readonly number: number;
  readonly statistic?: Statistic;
  readonly surface?: FixedSurface;
}

/** Parameter of a message: rows whose statistic and surface are the message's come before rows without. */
export function parameterOfCode(code: GribCode): GribParameter | undefined {
  const same = GRIB_PARAMETERS.filter(
    (row) => row.discipline === code.discipline && row.category === code.category && row.number === code.number,
  ).filter((row) => row.statistic === code.statistic);
  return same.find((row) => row.surface === code.surface) ?? same.find((row) => row.surface === undefined) ?? same[0];
}
