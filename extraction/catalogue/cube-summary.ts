/** What a collection offers, for pages and listings: runs, variables and the values of their axes. */
import { marsParam, nativeParam } from '../../schemas/params.js';
import type { Levtype } from '../../schemas/vocabulary.js';
import type { CubeRun, Datacube } from '../datacube.js';
import { type GridKey, type LabelSet, LEVTYPES, type RunIndex } from '../run-index.js';
import { tableOf } from '../select/params.js';
import { rowsOfVariable, variablesOf } from './field-block.js';

/** One variable on one level type in one run. */
export interface VariableSummary {
  readonly nomvar: string;
  readonly levtype: Levtype | null;
  /** MARS short name on this level type, where there is one */
  readonly shortName: string | undefined;
  readonly description: string;
  /** unit of the stored values */
  readonly unit: string;
  /** as stored: hPa, hybrid, m …; by decreasing pressure or increasing height; empty for surface fields */
  readonly levels: readonly number[];
  /** seconds, ascending */
  readonly steps: readonly number[];
  /** members, ascending; empty without members */
  readonly numbers: readonly number[];
  /** whether fields that are no member exist */
  readonly deterministic: boolean;
  /** numbers in `cube.grids` */
  readonly grids: readonly number[];
  readonly fields: number;
}

export interface RunSummary {
  /** `YYYYMMDDTHHMMSSZ`, or `undated` */
  readonly id: string;
  /** base time, ms; NaN for the undated run */
  readonly base: number;
  readonly records: number;
  readonly files: number;
  readonly labels: readonly LabelSet[];
  readonly variables: readonly VariableSummary[];
}

export interface CollectionSummary {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly grids: readonly GridKey[];
  /** ascending base time */
  readonly runs: readonly RunSummary[];
}

interface Sets {
  readonly levels: Set<number>;
  readonly steps: Set<number>;
  readonly numbers: Set<number>;
  readonly grids: Set<number>;
  fields: number;
}

const ascending = (one: number, other: number): number => one - other;
const descending = (one: number, other: number): number => other - one;

/** Sets of axis values by level type. */
function gather({ columns }: RunIndex, rows: Uint32Array): Map<number, Sets> {
  const byLevtype = new Map<number, Sets>();
  for (const row of rows) {
    const levtype = columns.levtype[row]!;
    let sets = byLevtype.get(levtype);
    if (sets === undefined) {
      sets = { levels: new Set(), steps: new Set(), numbers: new Set(), grids: new Set(), fields: 0 };
      byLevtype.set(levtype, sets);
    }
    sets.levels.add(columns.level[row]!);
    sets.steps.add(columns.step[row]!);
    sets.numbers.add(columns.number[row]!);
    sets.grids.add(columns.grid[row]!);
    sets.fields++;
  }
  return byLevtype;
}

function variable(cube: Datacube, run: CubeRun, nomvar: string, number: number, sets: Sets): VariableSummary {
  const levtype = LEVTYPES[number] ?? null;
  const table = tableOf(cube);
  const native = nativeParam(nomvar, table);
  const upwards = levtype === 'hl' || levtype === 'pt';
  return {
    nomvar,
    levtype,
    shortName: marsParam(nomvar, levtype ?? undefined, table)?.shortName,
    description: native.description,
    unit: native.unit,
    levels: levtype === 'sfc' || levtype === null ? [] : [...sets.levels].sort(upwards ? ascending : descending),
    steps: [...sets.steps].sort(ascending),
    numbers: [...sets.numbers].filter((member) => member >= 0).sort(ascending),
    deterministic: sets.numbers.has(-1),
    grids: [...sets.grids].map((grid) => run.gridNumbers[grid]!).sort(ascending),
    fields: sets.fields,
  };
}

const summaries = new WeakMap<Datacube, CollectionSummary>();

/** Summary of a cube; made once for each. */
export function summarize(cube: Datacube): CollectionSummary {
  const known = summaries.get(cube);
  if (known !== undefined) return known;
  const { collection, version, grids } = cube;
  const runs = cube.runs.map((run): RunSummary => {
    const { id, base, count, files, labels } = run.index;
    const variables = variablesOf(run.index).flatMap((nomvar) =>
      [...gather(run.index, rowsOfVariable(run.index, nomvar))]
        .sort(([one], [other]) => one - other)
        .map(([number, sets]) => variable(cube, run, nomvar, number, sets)),
    );
    return { id, base, records: count, files: files.length, labels, variables };
  });
  const { name, title = name, description = '' } = collection;
  const summary: CollectionSummary = { name, title, description, version, grids, runs };
  summaries.set(cube, summary);
  return summary;
}
