/** Cloud-optimised GeoTIFF of a Grid with even rows and columns in longitude and latitude: a band a field, north first. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ucumOf } from '../schemas/params.js';
import { FeatureError } from '../schemas/problem.js';
import { isoTime } from './float-text.js';
import { type BandInfo, TiffWriter } from './geotiff/write.js';
import type { OgcAnswer, OgcDomain } from './ogc-coverage.js';

const WGS84 = 4326;

/** The one distance of neighbours; undefined when it varies, or when there is only one value. */
export function evenStep(values: Float64Array): number | undefined {
  const step = (values.at(-1)! - values[0]!) / (values.length - 1);
  if (!(step > 0)) return undefined;
  const even = values.every((value, n) => Math.abs(value - (values[0]! + n * step)) <= 1e-3 * step);
  return even ? step : undefined;
}

interface Band extends BandInfo {
  readonly values: Float32Array;
}

/** Bands in the order member, field, time, level. */
function bandsOf({ coverages }: OgcAnswer): readonly Band[] {
  return coverages.flatMap(({ domain, ranges, metadata }) => {
    const [nx, ny] = [domain.x!.length, domain.y!.length];
    const times = domain.t === undefined ? [undefined] : [...domain.t];
    const levels = domain.z === undefined ? [undefined] : [...domain.z];
    return ranges.flatMap(({ param, values }) =>
      times.flatMap((time, t) =>
        levels.map((level, z): Band => {
          const start = (t * levels.length + z) * nx * ny;
          const north = new Float32Array(nx * ny);
          for (let row = 0; row < ny; row++) {
            north.set(values.subarray(start + (ny - 1 - row) * nx, start + (ny - row) * nx), row * nx);
          }
          const items = {
            ...(time === undefined ? {} : { valid_time: isoTime(time) }),
            ...(level === undefined ? {} : { level: String(level) }),
            ...(coverages.length === 1 ? {} : { number: String(metadata['number'] ?? 0) }),
          };
          const description = [param.name, ...Object.values(items)].join(' ');
          return { description, units: ucumOf(param.unit), items, values: north };
        }),
      ),
    );
  });
}

function stepsOf(domain: OgcDomain | undefined): readonly [dx: number, dy: number] {
  const [dx, dy] = domain?.type === 'Grid' ? [evenStep(domain.x!), evenStep(domain.y!)] : [undefined, undefined];
  if (dx !== undefined && dy !== undefined) return [dx, dy];
  throw new FeatureError(
    'unsupported_format',
    'f: GeoTIFF needs at least two even rows and columns; ask for a larger box, or give scale-size.',
  );
}

/** The file as bytes. Throws FeatureError `unsupported_format` for what has no rows and columns. */
export async function writeOgcGeotiff(answer: OgcAnswer, title: string): Promise<Uint8Array> {
  const domain = answer.coverages[0]?.domain;
  const [dx, dy] = stepsOf(domain);
  const bands = bandsOf(answer);
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-geotiff-'));
  const path = join(folder, 'answer.tif');
  const writer = new TiffWriter(path, {
    width: domain!.x!.length,
    height: domain!.y!.length,
    crs: { kind: 'geographic', epsg: WGS84 },
    west: domain!.x![0]! - dx / 2,
    north: domain!.y!.at(-1)! + dy / 2,
    dx,
    dy,
    bands,
    resampling: 'nearest',
    items: { title },
  });
  try {
    for (const { values } of bands) await writer.add(values);
    await writer.finish();
    return await readFile(path);
  } finally {
    await writer.close();
    await rm(folder, { recursive: true, force: true });
  }
}
