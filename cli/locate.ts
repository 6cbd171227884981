/** `polyfst locate FILE`: where points lie on the grid of a record and what the record holds there. */
import { probe } from '../extraction/grid/probe.js';
import { scan } from '../native/index.js';
import type { LatLon } from '../schemas/vocabulary.js';
import { EXIT, LineWriter, UsageError } from './output.js';
import { parseRows } from './rows.js';

/** `45.5,-73.6` → degrees; latitude in -90..90, longitude any turn. */
export function parsePlace(text: string): LatLon {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [lat, lon] = parts;
  if (parts.length !== 2 || !Number.isFinite(lat) || !Number.isFinite(lon)) {
    throw new UsageError(`--at ${text}: not a point; write LAT,LON in degrees, for example --at 45.5,-73.6`);
  }
  if (Math.abs(lat!) > 90)
    throw new UsageError(`--at ${text}: latitude ${lat} is beyond 90; write LAT,LON in this order`);
  if (Math.abs(lon!) > 720) throw new UsageError(`--at ${text}: longitude ${lon} is beyond 720; use -180..360`);
  return [lat!, lon!];
}

export async function locate(file: string, options: { row: string; at: string[]; json?: boolean }): Promise<number> {
  if (options.at.length === 0) throw new UsageError(`locate ${file}: say where, with --at LAT,LON`);
  const places = options.at.map(parsePlace);
  const source = { path: file };
  const table = await scan(source);
  const [row] = parseRows([options.row], table.count, file);
  const out = new LineWriter();
  for (const line of await probe({ source, table }, row!, places)) {
    if (options.json === true) await out.json(line);
    else
      await out.line(
        Object.entries(line)
          .map(([key, value]) => `${key} ${value ?? '-'}`)
          .join('  '),
      );
  }
  await out.flush();
  return EXIT.ok;
}
