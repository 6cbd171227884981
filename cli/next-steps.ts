/** What `serve` prints when it is ready: where it is, and two ways to ask it something that work as pasted. */

import { textAt } from '../extraction/catalogue/fixed-text.js';
import type { Catalogue } from '../extraction/catalogue.js';
import type { Datacube } from '../extraction/datacube.js';
import { gridOfCubeRow } from '../extraction/plan/grids.js';
import { FLAG, LEVTYPES } from '../extraction/run-index.js';
import { dayText } from '../schemas/mars-scan.js';

type Body = Record<string, unknown>;

const round = (degrees: number): number => Math.round(degrees * 100) / 100;

/** Row of a field worth showing: air temperature of the newest run when there is one, else its first field. */
function exampleRow(run: Datacube['runs'][number]): number | undefined {
  const { columns, count } = run.index;
  let first: number | undefined;
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0 || columns.levtype[row] === 0) continue;
    if (textAt(columns.nomvar, 4, row) === 'TT') return row;
    first ??= row;
  }
  return first;
}

/** A timeseries in the middle of the grid of that field, over the steps of the run; undefined without such a field. */
export async function exampleRequest(cube: Datacube): Promise<Body | undefined> {
  const run = cube.runs.filter(({ index }) => !Number.isNaN(index.base)).at(-1);
  const row = run === undefined ? undefined : exampleRow(run);
  if (run === undefined || row === undefined) return undefined;
  const { columns, labels, base } = run.index;
  const levtype = LEVTYPES[columns.levtype[row]!]!;
  const grid = await gridOfCubeRow(cube, run.firstRow + row);
  const [lat, lon] = await grid
    .latlon(Uint32Array.of(Math.floor((grid.nj - 1) / 2) * grid.ni + Math.floor((grid.ni - 1) / 2)))
    .then((places) => [places.lat[0]!, places.lon[0]!]);
  const member = columns.number[row]!;
  const hours = columns.step.reduce((most, step) => Math.max(most, step), 0) / 3600;
  return {
    ...labels[columns.labels[row]!],
    date: dayText(base),
    time: new Date(base).toISOString().slice(11, 16).replace(':', ''),
    levtype,
    ...(levtype === 'sfc' ? {} : { levelist: String(columns.level[row]!) }),
    ...(member < 0 ? {} : { number: String(member) }),
    param: textAt(columns.nomvar, 4, row).trim(),
    step: `0/to/${Math.floor(hours)}`,
    feature: { type: 'timeseries', points: [[round(lat!), round(lon!)]] },
  };
}

function python(url: string, collection: string, body: Body): string {
  return [
    'from polytope.api import Client',
    `client = Client(address="${url}", insecure=True, user_key="anonymous", quiet=True)`,
    `client.retrieve("${collection}", ${JSON.stringify(body)}, "answer.covjson")`,
  ].join('\n');
}

function curl(url: string, collection: string, body: Body): string {
  return `curl -fsSL ${url}/api/v2/${collection}/requests -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}

/** Prints to stderr: stdout stays clean. */
export async function printNextSteps(url: string, catalogue: Catalogue): Promise<void> {
  const lines = [`Polyfst answers on ${url}   (Ctrl-C stops it)`];
  for (const { name } of catalogue.collections().slice(0, 1)) {
    const body = await exampleRequest(catalogue.cube(name)).catch(() => undefined);
    if (body === undefined) {
      lines.push(
        `collection ${name} has no forecast fields yet: put FST files there, they are picked up by themselves`,
      );
      continue;
    }
    lines.push('', 'Try it in a shell:', curl(url, name, body), '');
    lines.push('or with ECMWF’s client (pip install polytope-client):', python(url, name, body), '');
    lines.push(`API documentation: ${url}/docs`);
  }
  process.stderr.write(`${lines.join('\n')}\n`);
}
