/** Records for tests of GRIB2: every name of the table, and the shapes of time, members and missing points. */

import type { FstField } from '../extraction/fst/field.js';
import { openFst } from '../extraction/fst/file.js';
import { encodeIp, KIND } from '../extraction/fst/ip.js';
import { GRIB_PARAMETERS } from '../formats/grib2/parameters.js';

const NI = 24;
const NJ = 12;
const ORIGIN = '2026-11-21T00:00:00Z';

/** Smooth values that fill 12 bits of a common exponent. */
export function wave(seed: number, missing = false): Float32Array {
  return Float32Array.from({ length: NI * NJ }, (_, k) =>
    missing && k % 7 === 0 ? Number.NaN : 20 + (seed % 8) + 2.5 * Math.sin((k + seed) / 9),
  );
}

const shared = { ni: NI, nj: NJ, grtyp: 'A', typvar: 'P', dateo: ORIGIN, datyp: 6, nbits: 12 } as const;

const hours = (value: number): number => encodeIp(value, KIND.hours);

/** Levels that the names of some parameters depend on. */
const HEIGHTS: Readonly<Record<string, number>> = { T9: 2, T5: 2, WGX: 10, WGE: 10, UV: 10, WD: 10 };
const ON_PRESSURE = new Set([
  'TT',
  'UU',
  'VV',
  'GZ',
  'HU',
  'HR',
  'WW',
  'WZ',
  'QQ',
  'QR',
  'DD',
  'PV',
  'FN',
  'QC',
  'O3',
  'TD',
  'TW',
  'ES',
  'TH',
  'PX',
]);

/** A record of every nomvar that can be written. */
export async function writeNames(path: string): Promise<void> {
  await using file = await openFst(path, { create: 'xdf' });
  const names = [...new Set(GRIB_PARAMETERS.map(({ nomvar }) => nomvar))].filter(
    (name) => name !== 'I0' && name !== 'I1',
  );
  const fields = names.map((nomvar, at): FstField => {
    const height = HEIGHTS[nomvar];
    const ip1 = height !== undefined ? encodeIp(height, KIND.heightAboveGround) : ON_PRESSURE.has(nomvar) ? 850 : 0;
    return { ...shared, nomvar, ip1, deet: 3600, npas: 3, ip2: 3, values: wave(at) };
  });
  await file.write(fields);
}

/** Intervals, half hours, members, missing points and constants; what ecCodes is to say of each. */
export async function writeMade(path: string): Promise<Record<string, string | number>[]> {
  await using file = await openFst(path, { create: 'rsf' });
  const told: Record<string, string | number>[] = [];
  const fields: FstField[] = [];
  const add = (field: Partial<FstField> & { nomvar: string }, keys: Record<string, string | number>): void => {
    fields.push({ ...shared, values: wave(fields.length), ...field });
    told.push(keys);
  };
  add({ nomvar: 'PR', deet: 3600, npas: 3, ip2: 3 }, { stepRange: '0-3', typeOfStatisticalProcessing: 1 });
  add({ nomvar: 'PR', deet: 3600, npas: 6, ip2: hours(6), ip3: hours(3) }, { stepRange: '3-6' });
  add({ nomvar: 'GZ', ip1: 500, deet: 1800, npas: 3 }, { stepRange: '90m', level: 500 });
  add({ nomvar: 'GZ', ip1: 700, deet: 450, npas: 1 }, { stepRange: '450s' });
  add({ nomvar: 'GZ', ip1: 600, datyp: 6 | 64, values: wave(3, true) }, { bitmapPresent: 1, numberOfMissing: 42 });
  add({ nomvar: 'GZ', ip1: 400, values: new Float32Array(NI * NJ).fill(7.5) }, { bitsPerValue: 0, average: '75.0' });
  add({ nomvar: 'GZ', ip1: 300, datyp: 70, values: new Float32Array(NI * NJ).fill(Number.NaN) }, { bitmapPresent: 1 });
  add(
    { nomvar: 'TT', ip1: encodeIp(1.5, KIND.heightAboveGround) },
    { typeOfLevel: 'heightAboveGround', shortName: 't' },
  );
  add({ nomvar: 'P0', typvar: 'A' }, { typeOfProcessedData: 'an', significanceOfReferenceTime: 0 });
  for (const member of [1, 2, 3]) {
    const etiket = `E1_00${member}N`;
    add(
      { nomvar: 'GZ', ip1: 850, etiket, deet: 3600, npas: 6 },
      { number: member, numberOfForecastsInEnsemble: 3, stepRange: 6 },
    );
    add(
      { nomvar: 'PR', etiket, deet: 3600, npas: 6 },
      { number: member, stepRange: '0-6', productDefinitionTemplateNumber: 11 },
    );
  }
  await file.write(fields);
  return told;
}
