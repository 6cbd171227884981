/** Names and attributes of CF: variable names, level classes, what accumulates, and how names that clash are told apart. */

/** Class of a vertical coordinate. `none`: no vertical dimension. */
export type LevelClass = 'pl' | 'ml' | 'hl' | 'asl' | 'theta' | 'depth' | 'code' | 'none';

/** Suffix of a class where names clash. */
export const CLASS_SUFFIX: Readonly<Record<LevelClass, string>> = {
  pl: '_pl',
  ml: '_ml',
  hl: '_hl',
  asl: '_asl',
  theta: '_th',
  depth: '_dep',
  code: '_code',
  none: '_sfc',
};

export interface LevelNames {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** values ascend; otherwise they run from the highest pressure or the lowest place */
  readonly ascending: boolean;
}

/** Vertical coordinates that need no table of coefficients. */
export const LEVELS: Readonly<Record<Exclude<LevelClass, 'ml' | 'none'>, LevelNames>> = {
  pl: {
    name: 'pres',
    attributes: { standard_name: 'air_pressure', long_name: 'pressure', units: 'hPa', positive: 'down', axis: 'Z' },
    ascending: false,
  },
  hl: {
    name: 'height',
    attributes: { standard_name: 'height', long_name: 'height above ground', units: 'm', positive: 'up', axis: 'Z' },
    ascending: true,
  },
  asl: {
    name: 'altitude',
    attributes: {
      standard_name: 'altitude',
      long_name: 'height above sea level',
      units: 'm',
      positive: 'up',
      axis: 'Z',
    },
    ascending: true,
  },
  theta: {
    name: 'theta',
    attributes: {
      standard_name: 'air_potential_temperature',
      long_name: 'potential temperature',
      units: 'K',
      units_metadata: 'temperature: on_scale',
      positive: 'up',
      axis: 'Z',
    },
    ascending: true,
  },
  depth: {
    name: 'depth',
    attributes: {
      standard_name: 'depth',
      long_name: 'depth below the surface',
      units: 'm',
      positive: 'down',
      axis: 'Z',
    },
    ascending: true,
  },
  code: {
    name: 'sfclevel',
    attributes: { long_name: 'arbitrary code', units: '1', positive: 'down', axis: 'Z' },
    ascending: true,
  },
};

/** Variables that accumulate from the base time unless their record says another interval. */
const ACCUMULATED = new Set('PR PC RN SN FR PE N0 AD N4 AH AV O1 PB PY PZ'.split(' '));
const EXTREMES: Readonly<Record<string, string>> = { T5: 'minimum', T9: 'maximum', WGX: 'maximum' };

/** What was done over an interval of time: `sum`, `minimum`, `maximum`; undefined for instantaneous variables. */
export function timeMethod(nomvar: string): string | undefined {
  return ACCUMULATED.has(nomvar) ? 'sum' : EXTREMES[nomvar];
}

/** A name that every reader takes: letters, digits and underscores, not starting with a digit. */
export function legalName(text: string): string {
  const name = text.trim().replace(/[^A-Za-z0-9_]/g, '_');
  if (name === '') return 'v_';
  return /^[0-9_]/.test(name) ? `v_${name}` : name;
}

/** A number as part of a name. */
export function numberName(value: number): string {
  return String(value).replace('.', 'p').replace('-', 'm').replace('+', '');
}
