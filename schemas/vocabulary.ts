/**
 * The nouns of Polyfst: types only, no code. Every layer speaks these words (docs/architecture.md).
 * Records are columns (struct of arrays); a row number is the only record handle.
 */

/** MARS keys that identify a horizontal field. */
export type MarsKey =
  | 'class'
  | 'stream'
  | 'type'
  | 'expver'
  | 'domain'
  | 'date'
  | 'time'
  | 'levtype'
  | 'levelist'
  | 'number'
  | 'step'
  | 'param';

/** RPN record keys that a request may use beside, or instead of, MARS keys. */
export type RawKey =
  | 'nomvar'
  | 'typvar'
  | 'etiket'
  | 'ip1'
  | 'ip2'
  | 'ip3'
  | 'dateo'
  | 'datev'
  | 'grtyp'
  | 'ig1'
  | 'ig2'
  | 'ig3'
  | 'ig4'
  | 'datyp'
  | 'nbits';

/**
 * `datetime` exists only inside a request: base date-times asked for by the range of a timeseries along datetime. It stands
 * for `date` and `time` together, which are then absent.
 */
export type KeyName = MarsKey | RawKey | 'datetime';

/** Canonical level types: surface, pressure (hPa), model (hybrid or sigma), height (m), potential temperature (K), ocean depth. */
export type Levtype = 'sfc' | 'pl' | 'ml' | 'hl' | 'pt' | 'o2d';

/**
 * A value of a key in normal form. Numbers: step in seconds; number; level; ip1-3, ig1-4, datyp, nbits; datetime in ms since
 * the epoch; dateo and datev when given as CMC stamps. Text: date YYYYMMDD; time HHMM; an accumulation interval "a-b" in
 * seconds; dateo and datev when given as dates (`YYYY-MM-DDTHH:MM:SSZ`); everything else. On levtype ml a whole number is a
 * rank from the top and a fraction a hybrid value; the hybrid values 0 and 1 are the texts "0.0" and "1.0".
 */
export type AxisValue = string | number;

/**
 * What a request asks of one key. `range` without `by` means every value available in [from, to] (or [from, to) when
 * `halfOpen`); with `by` every value from, from + by, … must exist. `by` is in seconds for step and datetime, minutes for
 * time, days for date, else in the unit of the key. Values are unique and in the order of the request.
 */
export type KeySelector =
  | { readonly kind: 'values'; readonly values: readonly AxisValue[] }
  | {
      readonly kind: 'range';
      readonly from: AxisValue;
      readonly to: AxisValue;
      readonly by?: number;
      readonly halfOpen?: boolean;
    }
  | { readonly kind: 'glob'; readonly patterns: readonly string[] };

/** Degrees. */
export type LatLon = readonly [lat: number, lon: number];

/** Closed box in degrees; `west <= east`, `east` may exceed 180 or 360 when the box crosses a seam. */
export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/**
 * One filled ring with optional holes (holes: only from GeoJSON input; their edges belong to the polygon). Rings are open
 * (the first vertex is not repeated), longitudes are unwrapped: an edge is the straight segment between its two vertices.
 */
export interface PolygonRings {
  readonly outer: readonly LatLon[];
  readonly holes: readonly (readonly LatLon[])[];
}

export interface TrajectoryVertex {
  readonly lat: number;
  readonly lon: number;
  readonly level?: number;
  /** seconds */
  readonly step?: number;
}

/** Semi-axes of the tube around a trajectory: degrees, degrees, level units, seconds. */
export interface Inflation {
  readonly lat: number;
  readonly lon: number;
  readonly level: number;
  readonly step: number;
}

/** A feature with every accepted spelling already folded into one form (schemas/feature.ts). */
export type Feature =
  | {
      readonly type: 'timeseries';
      readonly points: readonly LatLon[];
      /** which axis becomes `t`: lead time of one run, or base date-times of several runs */
      readonly axis: 'step' | 'datetime' | 'date';
      readonly interpolation: Interpolation;
    }
  | { readonly type: 'verticalprofile'; readonly points: readonly LatLon[]; readonly interpolation: Interpolation }
  | { readonly type: 'position'; readonly points: readonly LatLon[]; readonly interpolation: Interpolation }
  | { readonly type: 'polygon'; readonly polygons: readonly PolygonRings[] }
  | { readonly type: 'boundingbox'; readonly box: Box; readonly levels?: readonly [low: number, high: number] }
  | { readonly type: 'frame'; readonly outer: Box; readonly inner: Box }
  | { readonly type: 'circle'; readonly center: LatLon; readonly radius: number; readonly units: 'degrees' | 'km' }
  | {
      readonly type: 'trajectory';
      readonly vertices: readonly TrajectoryVertex[];
      readonly axes: readonly ('latitude' | 'longitude' | 'levelist' | 'step')[];
      readonly inflation: Inflation;
      readonly inflate: 'round' | 'box';
      /** true when the radius is 0: one nearest point a vertex, in vertex order */
      readonly sample: boolean;
    };

export type FeatureType = Feature['type'];
export type Interpolation = 'nearest' | 'bilinear';

/** Text profiles and file formats that a result can have. `covjson` is the ecmwf profile, `covjson-ogc` the standard's. */
export type OutputFormat =
  | 'covjson'
  | 'covjson-ogc'
  | 'csv'
  | 'geojson'
  | 'parquet'
  | 'arrow'
  | 'netcdf'
  | 'netcdf3'
  | 'zarr'
  | 'geotiff'
  | 'grib2'
  | 'om'
  | 'float32';

/** A validated request: keys of the body and of the feature's range folded together. */
export interface FeatureRequest {
  readonly keys: ReadonlyMap<KeyName, KeySelector>;
  readonly feature: Feature;
  readonly format: OutputFormat;
  /** MARS `expect: any`: missing fields become nulls instead of failing the request. */
  readonly expectAny: boolean;
  /** absent: MARS units for MARS names, native units for nomvars */
  readonly units?: 'native' | 'mars';
  /** remarks on how the request was read, for the metadata of the job; not part of the request's identity */
  readonly notes?: readonly string[];
}

/**
 * One parameter of a request, resolved through the parameter table.
 * value in the answer = stored value * scale + offset (float64, rounded once to float32).
 */
export interface ParamRef {
  /** what the user asked for; key of ranges and parameters in the answer (`2t`, `TT`) */
  readonly name: string;
  readonly nomvar: string;
  readonly paramId?: number;
  readonly standardName?: string;
  readonly description: string;
  /** symbol of the unit of the answer */
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
  /** for components along grid axes that must be turned to true east/north: nomvar of the partner and which of the pair this is */
  readonly rotate?: { readonly partner: string; readonly component: 'u' | 'v' };
}

/** Columns of every record of one file, in directory order. Character columns are fixed-width, blank-padded ASCII. */
export interface RecordTable {
  readonly container: Container;
  readonly count: number;
  /** byte offset of the record's start in the file */
  readonly offset: Float64Array;
  /** total stored bytes of the record */
  readonly bytes: Float64Array;
  readonly payloadOffset: Float64Array;
  readonly payloadBytes: Float64Array;
  /** 4 bytes a row */
  readonly nomvar: Uint8Array;
  /** 2 bytes a row */
  readonly typvar: Uint8Array;
  /** 12 bytes a row */
  readonly etiket: Uint8Array;
  /** 1 byte a row */
  readonly grtyp: Uint8Array;
  readonly ip1: Int32Array;
  readonly ip2: Int32Array;
  readonly ip3: Int32Array;
  readonly ni: Uint32Array;
  readonly nj: Uint32Array;
  readonly nk: Uint32Array;
  readonly deet: Int32Array;
  readonly npas: Int32Array;
  readonly ig1: Int32Array;
  readonly ig2: Int32Array;
  readonly ig3: Int32Array;
  readonly ig4: Int32Array;
  /** stored type with its flags: +64 missing points, +128 turbo */
  readonly datyp: Uint8Array;
  readonly nbits: Uint8Array;
  /** element size in bits of the written array; 0 when the file does not say */
  readonly dasiz: Uint8Array;
  /** CMC stamps, signed */
  readonly dateo: Int32Array;
  readonly datev: Int32Array;
  /** extended JSON metadata (RSF), UTF-8; row r occupies metadata[metadataStart[r] .. metadataStart[r+1]) */
  readonly metadata: Uint8Array;
  readonly metadataStart: Uint32Array;
  /** false while a writer has the file open or the file is cut short: records listed are those committed */
  readonly complete: boolean;
}

export type Container = 'xdf' | 'rsf';

/** The columns that decoding needs, one entry a record. */
export interface RecordBatch {
  readonly container: Container;
  readonly payloadOffset: Float64Array;
  readonly payloadBytes: Float64Array;
  readonly ni: Uint32Array;
  readonly nj: Uint32Array;
  readonly nk: Uint32Array;
  readonly datyp: Uint8Array;
  readonly nbits: Uint8Array;
  readonly dasiz: Uint8Array;
}

/** Where bytes come from: a local file, or ranges that were already fetched. */
export type Source =
  | { readonly path: string }
  | { readonly segments: readonly { readonly offset: number; readonly bytes: Uint8Array }[]; readonly size?: number };

/**
 * Everything that fixes the geometry of a grid: letter, shape, parameters and, where the letter needs them,
 * the values of its descriptor records (promoted to float64).
 * Z, #: ax (ni), ay (nj) on the reference. Y, X, O, M: ax = longitudes, ay = latitudes, ni*nj each.
 * U: panels, two Z-on-E grids. `#`: ax, ay already cut to the tile.
 */
export interface GridDef {
  readonly grtyp: string;
  readonly ni: number;
  readonly nj: number;
  readonly ig: readonly [number, number, number, number];
  /** letter and parameters of the reference that the axes are given on */
  readonly ref?: { readonly grtyp: string; readonly ig: readonly [number, number, number, number] };
  readonly ax?: Float64Array;
  readonly ay?: Float64Array;
  /** U only: Yin, Yang; each with its own ax, ay and E reference */
  readonly panels?: readonly [GridDef, GridDef];
  /** M only: node numbers of the triangles, 0-based */
  readonly triangles?: Uint32Array;
}

/** Values of a batch, records in order: [record][point], ragged when the read has its own points a record. */
export interface Slab {
  readonly read: number;
  readonly values: Float32Array;
  /** 0, or the (negative) error code of the record */
  readonly status: Int32Array;
}
