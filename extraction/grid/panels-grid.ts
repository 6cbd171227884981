/**
 * Yin-Yang: two rotated windows that cover the sphere together. Each place belongs to one panel (Yin where both could have
 * it); only points that their own panel owns are ever results (docs/formats/grids.md#u).
 */
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { checkedPoints } from './check-points.js';
import { emptyNearest, type NearestPoints, TIE } from './closest.js';
import { GEOGRAPHIC_CRS } from './crs.js';
import type { Grid, Places } from './grid-type.js';
import { decodeE, type Rotation } from './params.js';
import { DEGREE, EARTH_RADIUS_KM, putUnitVector, wrap180, wrap360 } from './sphere.js';
import { type Weights, WeightsBuilder } from './weights.js';

/** A place on the border of a core belongs to it, whatever its last digit says. */
const SLACK = 1e-9;

/** The core of a panel in its own frame, degrees. */
const inCore = (lat: number, lon: number): boolean =>
  lon >= 45 - SLACK && lon <= 315 + SLACK && Math.abs(lat) <= 45 + SLACK;

function checkPanels(def: GridDef): readonly [GridDef, GridDef] {
  const [yin, yang] = def.panels ?? [];
  const fits = yin && yang && yin.ni === yang.ni && yin.nj === yang.nj && yin.ni === def.ni && 2 * yin.nj === def.nj;
  if (!fits || yin.ref?.grtyp !== 'E' || yang.ref?.grtyp !== 'E') {
    throw new FeatureError('grid_error', `The two panels of a U grid do not fill its ${def.ni} x ${def.nj} points.`);
  }
  return [yin, yang];
}

/** Nearest points of one panel for some of the places. */
interface Candidates {
  readonly found: NearestPoints;
  readonly owned: Uint8Array;
  /** entry of `found` for each place, -1 for none */
  readonly entry: Int32Array;
  /** storage offset of the panel's first point */
  readonly base: number;
}

export class PanelsGrid implements Grid {
  readonly kind = 'panels';
  readonly wrap = 'window';
  readonly periodic = false;
  readonly crs = GEOGRAPHIC_CRS;
  readonly ni: number;
  readonly nj: number;
  readonly size: number;
  readonly columns: number;
  readonly panels: { readonly yin: Grid; readonly yang: Grid; readonly yinFrame: Rotation; readonly yinAxes: Places };
  readonly #half: number;

  constructor(
    readonly def: GridDef,
    readonly id: string,
    openPanel: (def: GridDef) => Grid,
  ) {
    const [yin, yang] = checkPanels(def);
    this.ni = def.ni;
    this.nj = def.nj;
    this.size = def.ni * def.nj;
    this.columns = def.ni;
    this.#half = yin.ni * yin.nj;
    this.panels = {
      yin: openPanel(yin),
      yang: openPanel(yang),
      yinFrame: decodeE(yin.ref!.ig).matrix,
      yinAxes: { lat: yin.ay!, lon: yin.ax! },
    };
  }

  async latlon(points?: Uint32Array): Promise<Places> {
    if (points) checkedPoints(points, this.size);
    const { lat, lon } = await native.gridPoints(this.def, points);
    for (let n = 0; n < lon.length; n++) lon[n] = wrap180(lon[n]!);
    return { lat, lon };
  }

  locate(lat: Float64Array, lon: Float64Array): Promise<Float64Array> {
    return native.locate(this.def, lat, lon);
  }

  rotation(points: Uint32Array): Promise<Float64Array> {
    return native.rotation(this.def, points);
  }

  rotationAt(lat: Float64Array, lon: Float64Array): Float64Array {
    const v = new Float64Array(3);
    const yin = this.panels.yin.rotationAt(lat, lon);
    const yang = this.panels.yang.rotationAt(lat, lon);
    lat.forEach((value, n) => {
      if (!this.#inYinCore(value, lon[n]!, v)) yin.set(yang.subarray(2 * n, 2 * n + 2), 2 * n);
    });
    return yin;
  }

  #inYinCore(lat: number, lon: number, v: Float64Array): boolean {
    putUnitVector(lat, lon, v, 0);
    const m = this.panels.yinFrame;
    const x = m[0] * v[0]! + m[1] * v[1]! + m[2] * v[2]!;
    const y = m[3] * v[0]! + m[4] * v[1]! + m[5] * v[2]!;
    const z = m[6] * v[0]! + m[7] * v[1]! + m[8] * v[2]!;
    return inCore(Math.atan2(z, Math.hypot(x, y)) / DEGREE, wrap360(Math.atan2(y, x) / DEGREE));
  }

  async owned(points: Uint32Array): Promise<Uint8Array> {
    const out = new Uint8Array(points.length);
    const { lat, lon } = this.panels.yinAxes;
    const yang = points.filter((k) => k >= this.#half);
    const at = await this.latlon(yang);
    const v = new Float64Array(3);
    let next = 0;
    points.forEach((k, n) => {
      if (k >= this.#half) {
        out[n] = this.#inYinCore(at.lat[next]!, at.lon[next]!, v) ? 0 : 1;
        next++;
      } else {
        out[n] = inCore(lat[Math.floor(k / this.ni)]!, wrap360(lon[k % this.ni]!)) ? 1 : 0;
      }
    });
    return out;
  }

  /** Nearest point of one panel, for the places that it covers or owns. */
  async #inPanel(
    panel: Grid,
    base: number,
    lat: Float64Array,
    lon: Float64Array,
    own: Uint8Array,
  ): Promise<Candidates> {
    const xy = await panel.locate(lat, lon);
    const places = Uint32Array.from(lat.keys()).filter((n) => own[n] === 1 || !Number.isNaN(xy[2 * n]!));
    const found = await panel.nearest(
      Float64Array.from(places, (n) => lat[n]!),
      Float64Array.from(places, (n) => lon[n]!),
    );
    const owned = await this.owned(found.point.map((k) => k + base));
    const entry = new Int32Array(lat.length).fill(-1);
    places.forEach((n, k) => {
      entry[n] = k;
    });
    return { found, owned, entry, base };
  }

  /** The nearer of each panel's nearest point if that is owned; in the half-cell gaps of the seam, the owner panel's nearest. */
  async nearest(lat: Float64Array, lon: Float64Array): Promise<NearestPoints> {
    const v = new Float64Array(3);
    const yinOwns = Uint8Array.from(lat, (value, n) => (this.#inYinCore(value, lon[n]!, v) ? 1 : 0));
    const yin = await this.#inPanel(this.panels.yin, 0, lat, lon, yinOwns);
    const yang = await this.#inPanel(
      this.panels.yang,
      this.#half,
      lat,
      lon,
      yinOwns.map((own) => 1 - own),
    );
    const out = emptyNearest(lat.length);
    for (let n = 0; n < lat.length; n++) {
      const [a, b] = [yin.entry[n]!, yang.entry[n]!];
      const first = a >= 0 && yin.owned[a] === 1;
      const second = b >= 0 && yang.owned[b] === 1;
      const takeYin =
        first && second
          ? yin.found.distanceKm[a]! <= yang.found.distanceKm[b]! + TIE * EARTH_RADIUS_KM
          : first !== second
            ? first
            : yinOwns[n] === 1;
      const { found, base } = takeYin ? yin : yang;
      const k = takeYin ? a : b;
      out.point[n] = found.point[k]! + base;
      out.lat[n] = found.lat[k]!;
      out.lon[n] = found.lon[k]!;
      out.distanceKm[n] = found.distanceKm[k]!;
      out.inside[n] = 1;
    }
    return out;
  }

  async bilinear(lat: Float64Array, lon: Float64Array): Promise<Weights> {
    const xy = await this.locate(lat, lon);
    const rows = this.nj / 2;
    const builder = new WeightsBuilder(lat.length);
    for (let n = 0; n < lat.length; n++) {
      const x = xy[2 * n]!;
      const y = xy[2 * n + 1]!;
      if (!Number.isNaN(x)) {
        const panel = y > rows + 0.5 ? rows : 0;
        const i = Math.min(Math.floor(x), this.ni - 1) - 1;
        const j = Math.min(Math.floor(y) - panel, rows - 1) - 1;
        builder.addCell((panel + j) * this.ni + i, this.ni, x - 1 - i, y - panel - 1 - j);
      }
      builder.next(!Number.isNaN(x));
    }
    return builder.finish();
  }
}
