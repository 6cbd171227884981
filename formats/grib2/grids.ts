/** Grid definitions of GRIB2 (section 3): templates 3.0, 3.1, 3.20 and 3.40, written and read. Degrees and metres. */
import { FeatureError } from '../../schemas/problem.js';
import { OctetReader, OctetWriter } from './octets.js';

interface Extents {
  readonly ni: number;
  readonly nj: number;
}

/** Places of the first and last point, in the frame of the grid. */
interface Corners {
  readonly lat1: number;
  readonly lon1: number;
  readonly lat2: number;
  readonly lon2: number;
}

export interface RegularGrid extends Extents, Corners {
  readonly kind: 'regular';
  readonly di: number;
  readonly dj: number;
  /** geographic place of the south pole of a rotated frame */
  readonly southPole?: { readonly lat: number; readonly lon: number; readonly angle: number };
}

export interface GaussianGrid extends Extents, Corners {
  readonly kind: 'gaussian';
  readonly di: number;
  /** rows between a pole and the equator */
  readonly rows: number;
}

export interface StereographicGrid extends Extents {
  readonly kind: 'stereographic';
  readonly south: boolean;
  /** geographic place of the first point */
  readonly lat1: number;
  readonly lon1: number;
  /** latitude of true scale, negative in the south; longitude of the meridian that runs straight up */
  readonly trueLat: number;
  readonly upright: number;
  readonly dx: number;
  readonly dy: number;
  /** earth radius, m */
  readonly radius: number;
}

export type GribGrid = (RegularGrid | GaussianGrid | StereographicGrid) & {
  /** rows run from south to north (of the frame) as they are stored */
  readonly northward: boolean;
  /** wind components lie along the axes of the grid */
  readonly gridRelative: boolean;
};

const MICRO = 1e6;
const SPHERE_RADIUS = 6371000;
/** Shape 6: sphere of 6371229 m; shape 1: a sphere whose radius is given. */
const SHAPE = { custom: 1, standard: 6 } as const;
const MISSING = 0xffffffff;
const INCREMENTS_GIVEN = 0x30;
const GRID_RELATIVE = 0x08;
const NORTHWARD = 0x40;
const SOUTH_CENTRE = 0x80;

const angle = (degrees: number): number => Math.round(degrees * MICRO);
const turn = (degrees: number): number => ((angle(degrees) % 360e6) + 360e6) % 360e6;

function putShape(out: OctetWriter, radius: number | undefined): void {
  out.u8(radius === undefined ? SHAPE.standard : SHAPE.custom);
  out.u8(radius === undefined ? 255 : 0);
  out.u32(radius === undefined ? MISSING : Math.round(radius));
  for (let axis = 0; axis < 2; axis++) {
    out.u8(255);
    out.u32(MISSING);
  }
}

function putLatLon(out: OctetWriter, grid: (RegularGrid | GaussianGrid) & GribGrid, step: number): void {
  putShape(out, undefined);
  out.u32(grid.ni);
  out.u32(grid.nj);
  out.u32(0);
  out.u32(MISSING);
  out.s32(angle(grid.lat1));
  out.u32(turn(grid.lon1));
  out.u8(INCREMENTS_GIVEN | (grid.gridRelative ? GRID_RELATIVE : 0));
  out.s32(angle(grid.lat2));
  out.u32(turn(grid.lon2));
  out.u32(angle(grid.di));
  out.u32(step);
  out.u8(grid.northward ? NORTHWARD : 0);
}

function putStereographic(out: OctetWriter, grid: StereographicGrid & GribGrid): void {
  putShape(out, grid.radius);
  out.u32(grid.ni);
  out.u32(grid.nj);
  out.s32(angle(grid.lat1));
  out.u32(turn(grid.lon1));
  out.u8(grid.gridRelative ? GRID_RELATIVE : 0);
  out.s32(angle(grid.trueLat));
  out.u32(turn(grid.upright));
  out.u32(Math.round(grid.dx * 1000));
  out.u32(Math.round(grid.dy * 1000));
  out.u8(grid.south ? SOUTH_CENTRE : 0);
  out.u8(grid.northward ? NORTHWARD : 0);
}

function templateOf(grid: GribGrid): number {
  if (grid.kind === 'gaussian') return 40;
  if (grid.kind === 'stereographic') return 20;
  return grid.southPole === undefined ? 0 : 1;
}

/** Octets 6 on of section 3. */
export function gridSection(grid: GribGrid): Uint8Array {
  const out = new OctetWriter(96);
  out.u8(0);
  out.u32(grid.ni * grid.nj);
  out.u8(0, 0);
  out.u16(templateOf(grid));
  if (grid.kind === 'stereographic') putStereographic(out, grid);
  else putLatLon(out, grid, grid.kind === 'gaussian' ? grid.rows : angle(grid.dj));
  if (grid.kind === 'regular' && grid.southPole !== undefined) {
    out.s32(angle(grid.southPole.lat));
    out.u32(turn(grid.southPole.lon));
    out.f32(grid.southPole.angle);
  }
  return out.take();
}

const EARTHS: Readonly<Record<number, number>> = { 0: 6367470, 6: 6371229, 8: 6371200 };

/** Radius of the sphere of a section. Ellipsoids come out as the sphere of the records: positions do not depend on it in degrees. */
function radiusOf(section: OctetReader): number {
  const shape = section.u8(15);
  if (shape === SHAPE.custom) return section.u32(17) / 10 ** section.u8(16);
  return EARTHS[shape] ?? SPHERE_RADIUS;
}

function readLatLon(section: OctetReader, template: number): GribGrid {
  const basic = section.u32(39);
  const divisions = section.u32(43);
  const unit = basic === 0 || basic === MISSING || divisions === MISSING ? 1 / MICRO : basic / divisions;
  const at = (octet: number): number => section.s32(octet) * unit;
  const [ni, nj] = [section.u32(31), section.u32(35)];
  const scan = section.u8(72);
  checkScan(scan, ni);
  const shared = {
    ni,
    nj,
    lat1: at(47),
    lon1: at(51),
    lat2: at(56),
    lon2: at(60),
    northward: (scan & NORTHWARD) !== 0,
    gridRelative: (section.u8(55) & GRID_RELATIVE) !== 0,
  };
  const east = (((shared.lon2 - shared.lon1) % 360) + 360) % 360;
  const given = section.u32(64);
  const di = given === MISSING || given === 0 ? (ni > 1 ? east / (ni - 1) : 0) : given * unit;
  if (template === 40) return { kind: 'gaussian', ...shared, di, rows: section.u32(68) };
  const step = section.u32(68);
  const dj = step === MISSING || step === 0 ? Math.abs(shared.lat2 - shared.lat1) / Math.max(1, nj - 1) : step * unit;
  if (template === 0) return { kind: 'regular', ...shared, di, dj };
  return { kind: 'regular', ...shared, di, dj, southPole: { lat: at(73), lon: at(77), angle: section.f32(81) } };
}

function checkScan(scan: number, ni: number): void {
  if (ni === MISSING) {
    throw new FeatureError('unsupported_grid', 'A reduced grid (rows of different length) has no FST form; regrid it.');
  }
  if ((scan & ~NORTHWARD) !== 0) {
    throw new FeatureError(
      'unsupported_grid',
      `Scanning mode ${scan}: points run along columns or backwards; rewrite the file with rows from west to east.`,
    );
  }
}

function readStereographic(section: OctetReader): GribGrid {
  const [ni, nj, scan] = [section.u32(31), section.u32(35), section.u8(65)];
  checkScan(scan, ni);
  return {
    kind: 'stereographic',
    ni,
    nj,
    south: (section.u8(64) & SOUTH_CENTRE) !== 0,
    lat1: section.s32(39) / MICRO,
    lon1: section.u32(43) / MICRO,
    trueLat: section.s32(48) / MICRO,
    upright: section.u32(52) / MICRO,
    dx: section.u32(56) / 1000,
    dy: section.u32(60) / 1000,
    radius: radiusOf(section),
    northward: (scan & NORTHWARD) !== 0,
    gridRelative: (section.u8(47) & GRID_RELATIVE) !== 0,
  };
}

/** Grid of a whole section 3. Throws FeatureError `unsupported_grid`, `damaged_file`. */
export function readGrid(bytes: Uint8Array): GribGrid {
  const section = new OctetReader(bytes);
  const template = section.u16(13);
  if (section.u8(11) !== 0) {
    throw new FeatureError('unsupported_grid', 'A reduced grid (rows of different length) has no FST form; regrid it.');
  }
  if (template === 0 || template === 1 || template === 40) return readLatLon(section, template);
  if (template === 20) return readStereographic(section);
  throw new FeatureError(
    'unsupported_grid',
    `Grid template 3.${template} is not read; 3.0, 3.1, 3.20 and 3.40 are. Regrid the file with grib_set or cdo.`,
  );
}
