/** What the page shows, as one immutable value. Data of the server are never in it: they are kept by address (model/cache.ts). */

export type Crs = '5937' | '3857' | '84';
export type Overlay = 'msl' | 'barbs' | 'gh' | 'points';
export type Tab = 'met' | 'prof' | 'area' | 'track' | 'data';
export type UnitFamily = 'temperature' | 'wind' | 'precip' | 'pressure' | 'height';

/** Latitude and longitude, degrees, to 4 decimals. */
export type LatLon = readonly [lat: number, lon: number];
/** South, west, north, east. */
export type Box = readonly [s: number, w: number, n: number, e: number];

/** One vertex of a track: where, when (hours after the start of the run), at which level. */
export interface TrackVertex {
  readonly at: LatLon;
  readonly hours: number;
}

export type Feature =
  | { readonly kind: 'pt'; readonly at: LatLon }
  | { readonly kind: 'poly'; readonly ring: readonly LatLon[] }
  | { readonly kind: 'box'; readonly box: Box }
  | { readonly kind: 'circ'; readonly at: LatLon; readonly km: number }
  | { readonly kind: 'frame'; readonly outer: Box; readonly inner: Box }
  | { readonly kind: 'track'; readonly vertices: readonly TrackVertex[]; readonly levels: readonly number[] };

export type FeatureKind = Feature['kind'];

export interface View {
  readonly lat: number;
  readonly lon: number;
  readonly zoom: number;
}

export interface State {
  /** id of an EDR collection; empty before the first list is there */
  readonly collection: string;
  readonly run: string;
  /** key of a parameter */
  readonly param: string;
  readonly level: number | undefined;
  /** -1: the deterministic run, or the control */
  readonly member: number;
  /** ISO instant, `2025-01-16T18:00Z`, or `+18h` after the start of the run; empty: the first */
  readonly time: string;
  readonly overlays: readonly Overlay[];
  /** first and last break of the scale of colours, in its unit, where somebody chose them */
  readonly scale: readonly [low: number, high: number] | undefined;
  readonly crs: Crs | undefined;
  readonly view: View | undefined;
  readonly feature: Feature | undefined;
  readonly tab: Tab;
  readonly units: Readonly<Partial<Record<UnitFamily, string>>>;
  readonly zone: 'utc' | 'local';
  readonly lang: 'en' | 'fr';
  readonly theme: 'auto' | 'light' | 'dark';
  readonly job: string | undefined;
  readonly playing: boolean;
  readonly tool: FeatureKind | undefined;
}

export const START: State = {
  collection: '',
  run: 'latest',
  param: '',
  level: undefined,
  member: -1,
  time: '',
  overlays: ['msl', 'barbs'],
  scale: undefined,
  crs: undefined,
  view: undefined,
  feature: undefined,
  tab: 'met',
  units: {},
  zone: 'utc',
  lang: 'en',
  theme: 'auto',
  job: undefined,
  playing: false,
  tool: undefined,
};

/** Tabs that have something to show for a shape; the first opens with it. */
export const TABS_OF: Readonly<Record<FeatureKind, readonly Tab[]>> = {
  pt: ['met', 'prof', 'data'],
  poly: ['area', 'data'],
  box: ['area', 'data'],
  circ: ['area', 'data'],
  frame: ['area', 'data'],
  track: ['track', 'data'],
};

export const firstTab = (feature: Feature | undefined): Tab =>
  feature === undefined ? START.tab : TABS_OF[feature.kind][0]!;

/** Units that people may choose of; the first is the default. */
export const UNIT_CHOICES: Readonly<Record<UnitFamily, readonly string[]>> = {
  temperature: ['C', 'F', 'K'],
  wind: ['m/s', 'kt', 'km/h'],
  precip: ['mm', 'in'],
  pressure: ['hPa', 'inHg'],
  height: ['m', 'dam', 'ft'],
};
