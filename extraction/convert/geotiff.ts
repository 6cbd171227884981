/** FST → GeoTIFF: a file a record, or records that differ in level, time or member as the bands of one file. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BandInfo, TiffWriter } from '../../formats/geotiff/write.js';
import { nativeParam } from '../../schemas/params.js';
import { FeatureError } from '../../schemas/problem.js';
import { shortestDecimal } from '../fst/decimal.js';
import type { FstRecord } from '../fst/record.js';
import type { Grid } from '../grid/grid.js';
import { toEarth, WIND_PAIRS } from '../grid/winds.js';
import { fieldValues, recordOf, skippedOf } from './field-stream.js';
import type { Converter, ConvertOptions, ConvertProgress, ConvertReport, SkippedRecord } from './formats.js';
import { isTurned } from './grib2-grid.js';
import { optionWord } from './option-values.js';
import { type RasterGroup, rasterGroups } from './raster-groups.js';
import { nativePlace, type RasterPlace, warpedPlace } from './raster-place.js';
import { isGeotiff, readGeotiff } from './read-geotiff.js';
import type { SelectedRecords } from './records.js';
import { partnerOf } from './wind-partner.js';

/** Directions and codes have no mean. */
const NO_MEAN = new Set(['WD', 'VG', 'VEG', 'KC']);
const DEGREES = 'EPSG:4326';

interface RasterOptions {
  readonly crs: string;
  readonly nearest: boolean;
  readonly bilinear: boolean;
  /** values in the units of the SI */
  readonly si: boolean;
}

class RasterExport {
  readonly skipped: SkippedRecord[] = [];
  records = 0;
  bytes = 0;
  readonly #places = new Map<string, RasterPlace>();

  constructor(
    readonly selection: SelectedRecords,
    readonly options: RasterOptions,
    readonly signal: AbortSignal,
    readonly told: () => void,
  ) {}

  async #place(grid: Grid): Promise<RasterPlace> {
    let place = this.#places.get(grid.id);
    if (place === undefined) {
      place = await this.#newPlace(grid);
      this.#places.clear();
      this.#places.set(grid.id, place);
    }
    return place;
  }

  async #newPlace(grid: Grid): Promise<RasterPlace> {
    const { crs } = this.options;
    const own = crs === 'native' || crs === '' ? nativePlace(grid) : undefined;
    if (own !== undefined && (own.wkt === undefined || crs === 'native')) return own;
    if (crs === 'native') {
      throw new FeatureError(
        'unsupported_grid',
        `a grid of type ${grid.def.grtyp} has no even rows and columns that GeoTIFF can place; leave crs=native out to interpolate.`,
      );
    }
    return warpedPlace(grid, crs === '' ? DEGREES : crs);
  }

  /** Values of a field; components of a wind that is interpolated point to true east and north. */
  async #values(row: number, grid: Grid, warped: boolean): Promise<Float32Array> {
    const values = await fieldValues(this.selection, row, this.signal);
    const { nomvar, nk } = recordOf(this.selection, row);
    if (nk > 1) throw new FeatureError('unsupported_type', 'a record with nk above 1 makes no raster.');
    const pair = WIND_PAIRS[nomvar];
    if (!warped || pair === undefined || !isTurned(grid)) return values;
    const partner = partnerOf(this.selection, row);
    if (partner === undefined) {
      throw new FeatureError(
        'record_not_found',
        'its partner component is not there, so it cannot be turned to true directions.',
      );
    }
    const other = await fieldValues(this.selection, partner, this.signal);
    const isU = pair.component === 'u';
    const turns = await grid.rotation(Uint32Array.from(values, (_, k) => k));
    const { east, north } = toEarth(isU ? values : other, isU ? other : values, turns);
    return Float32Array.from(isU ? east : north);
  }

  #inUnits(row: number, values: Float32Array): Float32Array {
    const { unit, scale, offset } = nativeParam(recordOf(this.selection, row).nomvar).cf;
    if (!this.options.si || unit === 'unknown' || (scale === 1 && offset === 0)) return values;
    return values.map((value) => value * scale + offset);
  }

  /** One file. Records that cannot be bands are listed; nothing is written when none is left. */
  async file(path: string, group: RasterGroup): Promise<boolean> {
    const rows: number[] = [];
    let place: RasterPlace | undefined;
    let grid: Grid | undefined;
    for (const row of group.rows) {
      await this.#listed(row, async () => {
        grid = await this.selection.gridOf(row);
        place = await this.#place(grid);
        rows.push(row);
      });
    }
    if (place === undefined || grid === undefined) return false;
    const first = recordOf(this.selection, rows[0]!);
    const nearest = this.options.nearest || (!this.options.bilinear && NO_MEAN.has(first.nomvar));
    const { crs, width, height, west, north, dx, dy } = place;
    const items = this.#gridItems(first, place);
    const bands = rows.map((row) => bandOf(recordOf(this.selection, row), this.options.si));
    const resampling = nearest ? ('nearest' as const) : ('mean' as const);
    const writer = new TiffWriter(path, { crs, width, height, west, north, dx, dy, bands, resampling, items });
    try {
      for (const row of rows) {
        this.signal.throwIfAborted();
        const missing = new Float32Array(width * height).fill(Number.NaN);
        let raster: Float32Array | undefined;
        await this.#listed(row, async () => {
          const own = this.#inUnits(row, await this.#values(row, grid!, place!.warped));
          raster = await place!.raster(own, nearest);
          this.records++;
        });
        if (raster === undefined && rows.length === 1) return false;
        await writer.add(raster ?? missing);
        this.told();
      }
      this.bytes += await writer.finish();
      if (place.wkt !== undefined) await writeFile(`${path}.aux.xml`, auxiliary(place.wkt));
      return true;
    } finally {
      await writer.close();
    }
  }

  async #listed(row: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FeatureError) || this.signal.aborted) throw error;
      this.skipped.push(skippedOf(this.selection, row, error.code, error.message));
    }
  }

  #gridItems({ grtyp, ig1, ig2, ig3, ig4, ni, nj }: FstRecord, place: RasterPlace): Record<string, string> {
    if (place.warped) return { fst_interpolated: '1' };
    return { fst_grtyp: grtyp, fst_ig: `${ig1} ${ig2} ${ig3} ${ig4}`, fst_shape: `${ni} ${nj}` };
  }
}

const auxiliary = (wkt: string): string =>
  `<PAMDataset>\n  <SRS dataAxisToSRSAxisMapping="1,2">${wkt.replaceAll('"', '&quot;')}</SRS>\n</PAMDataset>\n`;

/** What a band is called and what it needs to become a record again. */
function bandOf(record: FstRecord, si: boolean): BandInfo {
  const { nomvar, typvar, etiket, ip1, ip2, ip3, deet, npas, dateo, datyp, nbits, level } = record;
  const native = nativeParam(nomvar);
  const unit = si ? native.cf.unit : native.unit;
  const levelText = level === null ? '' : `${shortestDecimal(level.value)} ${level.name}`.trim();
  const time = record.validity?.toISOString().replace('.000', '') ?? '';
  return {
    description: [nomvar, levelText, time].filter((part) => part !== '').join(' '),
    units: unit === 'unknown' ? '' : unit,
    items: {
      fst_nomvar: nomvar,
      fst_typvar: typvar,
      fst_etiket: etiket,
      fst_ip: `${ip1} ${ip2} ${ip3}`,
      fst_time: `${dateo} ${deet} ${npas}`,
      fst_packing: `${datyp} ${nbits}`,
      level: levelText,
      time,
    },
  };
}

async function write(
  selection: SelectedRecords,
  out: string,
  options: ConvertOptions,
  signal: AbortSignal,
  progress?: ConvertProgress,
): Promise<ConvertReport> {
  const resample = optionWord(options, 'resample', ['nearest', 'bilinear']);
  const groups = rasterGroups(selection, optionWord(options, 'bands', ['level', 'time', 'number']));
  let done = 0;
  const told = (): void => progress?.(++done, selection.rows.length);
  const crs = options.get('crs') ?? '';
  const si = optionWord(options, 'units', ['native', 'si']) === 'si';
  const rasterOptions = { crs, si, nearest: resample === 'nearest', bilinear: resample === 'bilinear' };
  const run = new RasterExport(selection, rasterOptions, signal, told);
  if (groups.length === 1) await run.file(out, groups[0]!);
  else {
    await mkdir(out);
    for (const group of groups) await run.file(join(out, `${group.name}.tif`), group);
  }
  return { records: run.records, skipped: run.skipped, lost: [], bytes: run.bytes };
}

export const geotiff: Converter = {
  options: ['crs', 'resample', 'bands', 'units', 'exact', 'datyp', 'nbits', 'etiket', 'nomvar'],
  write,
  recognises: (_path, head) => isGeotiff(head),
  read: readGeotiff,
};
