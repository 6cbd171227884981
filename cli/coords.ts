/** `polyfst coords FILE`: latitudes, then longitudes in [0, 360), of the grid of a record, float64, storage order. */
import { writeFile } from 'node:fs/promises';
import { gridCoordinates } from '../extraction/grid/coords.js';
import { gridOfRow } from '../extraction/grid/probe.js';
import { scan } from '../native/index.js';
import { EXIT } from './output.js';
import { parseRows } from './rows.js';

export async function coords(file: string, options: { row: string; out: string }): Promise<number> {
  const source = { path: file };
  const table = await scan(source);
  const [row] = parseRows([options.row], table.count, file);
  const grid = await gridOfRow({ source, table }, row!);
  const coordinates = await gridCoordinates(grid.def);
  await writeFile(options.out, new Uint8Array(coordinates.buffer, coordinates.byteOffset, coordinates.byteLength));
  return EXIT.ok;
}
