/** A run on every kind of grid, written for tests of maps: fields whose value at a point follows from where the point is. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoToStamp } from '../../extraction/fst/time.js';
import { append, encode, gridPoints, type NativeField } from '../../native/index.js';
import type { GridDef } from '../../schemas/vocabulary.js';

export const BASE_TIME = '2025-01-15T00:00:00Z';
export const STEPS = [0, 6, 12] as const;

const float = (n: number, value: (k: number) => number): Float64Array =>
  Float64Array.from({ length: n }, (_, k) => Math.fround(value(k)));

const panelAxes = { ax: float(141, (k) => 39 + 2 * k), ay: float(51, (k) => -50 + 2 * k) };
const panel = (ig: GridDef['ig']): GridDef => ({
  grtyp: 'Z',
  ni: 141,
  nj: 51,
  ig: [0, 0, 0, 0],
  ref: { grtyp: 'E', ig },
  ...panelAxes,
});

export type GridName = 'l' | 'across' | 'rotated' | 'polar' | 'yinyang';

/** Half a degree over Europe; a window across 180 E; a rotated one over North America; a polar plane; both panels of the globe. */
export const GRIDS: Readonly<Record<GridName, GridDef>> = {
  l: { grtyp: 'L', ni: 61, nj: 41, ig: [50, 50, 13000, 35000] },
  across: { grtyp: 'L', ni: 81, nj: 61, ig: [50, 50, 7500, 16000] },
  rotated: {
    grtyp: 'Z',
    ni: 180,
    nj: 140,
    ig: [0, 0, 0, 0],
    ref: { grtyp: 'E', ig: [1217, 0, 57986, 57216] },
    ax: float(180, (k) => 150 + k / 3),
    ay: float(140, (k) => -30 + (k * 5) / 12),
  },
  polar: { grtyp: 'N', ni: 121, nj: 111, ig: [600, 500, 2100, 1000] },
  yinyang: {
    grtyp: 'U',
    ni: 141,
    nj: 102,
    ig: [0, 0, 0, 0],
    panels: [panel([900, 0, 43200, 43200]), panel([900, 900, 14400, 0])],
  },
};

/** Degrees Celsius, between -45 and 45: every bin of the temperature scale occurs on a large grid. */
export function temperatureAt(lat: number, lon: number, hours: number): number {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return Math.fround(-12 + 30 * Math.cos(phi) * Math.cos(2 * lambda) + 12 * Math.sin(5 * phi) + 0.25 * hours);
}

const TAGS = [1001, 1002] as const;

function record(values: NativeField['values'], keys: Partial<NativeField>): NativeField {
  return {
    nomvar: 'TT',
    typvar: 'P',
    etiket: 'MAPS',
    grtyp: 'Z',
    ip1: 0,
    ip2: 0,
    ip3: 0,
    ni: values.length,
    nj: 1,
    nk: 1,
    deet: 3600,
    npas: 0,
    ig1: 0,
    ig2: 0,
    ig3: 0,
    ig4: 0,
    dateo: isoToStamp(BASE_TIME),
    datyp: 5,
    nbits: 32,
    values,
    ...keys,
  };
}

/** Words of the one positional record of a U grid: version and kind, then for each panel its extents, reference and axes. */
function panelWords(panels: readonly [GridDef, GridDef]): Float32Array {
  const words: number[] = [1, 2, 1, 1, 0];
  for (const { ni, nj, ref, ax, ay } of panels) {
    const { ig } = ref!;
    words.push(ni, nj, ax![0]!, ax!.at(-1)!, ay![0]!, ay!.at(-1)!, ...cornersOf(ig), ...ax!, ...ay!);
  }
  return Float32Array.from(words);
}

/** lat1, lon1, lat2, lon2 of a rotated reference, from its packed parameters. */
function cornersOf(ig: GridDef['ig']): readonly number[] {
  const g1 = (ig[0] << 2) | (ig[2] & 3);
  let g2 = (ig[1] << 2) | (ig[3] & 3);
  let g3 = ig[2] >> 2;
  if (g2 > 3600) g2 -= 7201;
  if (g3 < 3559) g3 += 16384;
  return [(g1 - 3600) / 40, (g3 - 3600) / 40, g2 / 40, (ig[3] >> 2) / 40];
}

/** Records that describe a grid, and the keys by which fields refer to them. */
function descriptorsOf(def: GridDef): { records: NativeField[]; keys: Partial<NativeField> } {
  const shape = { ni: def.ni, nj: def.nj, grtyp: def.grtyp };
  const [ip1, ip2] = TAGS;
  if (def.panels) {
    const values = panelWords(def.panels);
    const descriptor = record(values, { nomvar: '^>', typvar: 'X', grtyp: 'F', ip1, ip2, ig1: 1, deet: 0 });
    return { records: [descriptor], keys: { ...shape, ig1: ip1, ig2: ip2 } };
  }
  if (!def.ref) {
    const [ig1, ig2, ig3, ig4] = def.ig;
    return { records: [], keys: { ...shape, ig1, ig2, ig3, ig4 } };
  }
  const [ig1, ig2, ig3, ig4] = def.ref.ig;
  const common = { typvar: 'X', grtyp: def.ref.grtyp, ip1, ip2, ig1, ig2, ig3, ig4, deet: 0 };
  return {
    records: [
      record(Float32Array.from(def.ax!), { ...common, nomvar: '>>' }),
      record(Float32Array.from(def.ay!), { ...common, nomvar: '^^', ni: 1, nj: def.nj }),
    ],
    keys: { ...shape, ig1: ip1, ig2: ip2 },
  };
}

/** Writes a folder with fields near the ground at three steps, all with the values of `temperatureAt`. */
export async function writeRun(def: GridDef, names: readonly string[] = ['TT']): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-maps-'));
  await mkdir(folder, { recursive: true });
  const { lat, lon } = await gridPoints(def);
  const { records, keys } = descriptorsOf(def);
  for (const hours of STEPS) {
    const values = Float32Array.from(lat, (value, n) => temperatureAt(value, lon[n]!, hours));
    for (const nomvar of names) records.push(record(values, { ...keys, nomvar, npas: hours, ip2: hours }));
  }
  const encoded = await Promise.all(records.map((one) => encode('xdf', one)));
  await append(join(folder, '2025011500_000'), 'xdf', encoded);
  return folder;
}
