/** Isolines as a map shows them: thin and thick lines with labels in gaps of their own, and the highs and lows of a field. */
import type { Canvas, Colour } from './canvas.js';
import { type Isoline, isolines, type Lattice } from './isolines.js';
import { Painter } from './painter.js';
import { drawText, numberText, textWidth } from './text.js';

export interface ContourLook {
  readonly line: Colour;
  readonly text: Colour;
  readonly halo: Colour;
  readonly high: Colour;
  readonly low: Colour;
  readonly pixelRatio: number;
}

/** Where the lattice lies in the picture: pixel = origin + step * index. */
export interface LatticePlace {
  readonly x: number;
  readonly y: number;
  readonly step: number;
}

export interface ContourPlan {
  readonly levels: readonly number[];
  readonly isThick: (level: number) => boolean;
  /** whether highs and lows are marked */
  readonly extremes: boolean;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

const THIN = 1;
const THICK = 1.9;
const LABEL_SIZE = 8.2;
const LABEL_EVERY = 300;
const SHORTEST_LABELLED = 90;
const EXTREME_REACH = 80;

const isFree = (taken: readonly Spot[], { x, y, radius }: Spot): boolean =>
  taken.every((one) => Math.hypot(one.x - x, one.y - y) > one.radius + radius);

/** A line in pixels, with the length from its start to each point. */
interface Path {
  readonly level: number;
  readonly points: Float64Array;
  readonly lengths: Float64Array;
}

function pathOf(line: Isoline, place: LatticePlace): Path {
  const points = line.points.map((value, n) => (n % 2 === 0 ? place.x : place.y) + place.step * value);
  const lengths = new Float64Array(points.length / 2);
  for (let k = 1; k < lengths.length; k++) {
    lengths[k] =
      lengths[k - 1]! + Math.hypot(points[2 * k]! - points[2 * k - 2]!, points[2 * k + 1]! - points[2 * k - 1]!);
  }
  return { level: line.level, points, lengths };
}

/** Place at a length along a path. */
function placeAt({ points, lengths }: Path, length: number): readonly [x: number, y: number] {
  let low = 0;
  let high = lengths.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (lengths[middle]! <= length) low = middle;
    else high = middle;
  }
  const share = Math.min(1, Math.max(0, (length - lengths[low]!) / (lengths[high]! - lengths[low]! || 1)));
  return [
    points[2 * low]! + share * (points[2 * high]! - points[2 * low]!),
    points[2 * low + 1]! + share * (points[2 * high + 1]! - points[2 * low + 1]!),
  ];
}

/** The part of a path between two lengths. */
function cut(path: Path, from: number, to: number): number[] {
  const out = [...placeAt(path, from)];
  for (let k = 0; k < path.lengths.length; k++) {
    if (path.lengths[k]! > from && path.lengths[k]! < to) out.push(path.points[2 * k]!, path.points[2 * k + 1]!);
  }
  out.push(...placeAt(path, to));
  return out;
}

interface Label extends Spot {
  readonly turn: number;
  readonly at: number;
}

/** A label on the straightest stretch around a length; undefined where none is straight and free. */
function labelNear(
  path: Path,
  middle: number,
  width: number,
  size: { readonly width: number; readonly height: number },
  taken: readonly Spot[],
): Label | undefined {
  let best: Label | undefined;
  let straightest = 0.93;
  for (let shift = -4; shift <= 4; shift++) {
    const at = middle + shift * width * 0.35;
    if (at < width / 2 || at > path.lengths.at(-1)! - width / 2) continue;
    const [x0, y0] = placeAt(path, at - width / 2);
    const [x1, y1] = placeAt(path, at + width / 2);
    const straight = Math.hypot(x1 - x0, y1 - y0) / width;
    const [x, y] = placeAt(path, at);
    const inside = x > width / 2 && y > width / 2 && x < size.width - width / 2 && y < size.height - width / 2;
    if (!inside || straight <= straightest || !isFree(taken, { x, y, radius: width })) continue;
    straightest = straight;
    let turn = Math.atan2(y1 - y0, x1 - x0);
    if (turn > Math.PI / 2) turn -= Math.PI;
    if (turn <= -Math.PI / 2) turn += Math.PI;
    best = { x, y, radius: width, turn, at };
  }
  return best;
}

/** Local highest and lowest points of a lattice, where nothing within reach is higher or lower. */
function extremesOf(lattice: Lattice, reach: number): { readonly k: number; readonly isHigh: boolean }[] {
  const { columns, rows, values } = lattice;
  const found: { k: number; isHigh: boolean }[] = [];
  const margin = Math.min(reach, 3);
  for (let j = margin; j < rows - margin; j++) {
    for (let i = margin; i < columns - margin; i++) {
      const k = j * columns + i;
      const value = values[k]!;
      const near = [values[k - 1]!, values[k + 1]!, values[k - columns]!, values[k + columns]!];
      const isHigh = near.every((other) => other <= value);
      if (!isHigh && !near.every((other) => other >= value)) continue;
      if (leads(lattice, i, j, reach, isHigh ? 1 : -1)) found.push({ k, isHigh });
    }
  }
  return found;
}

/** Whether no point within reach is further out in the sense; of equal ones the first counts. A rim of missing values refuses. */
function leads({ columns, rows, values }: Lattice, i: number, j: number, reach: number, sense: number): boolean {
  const own = sense * values[j * columns + i]!;
  for (let dj = -reach; dj <= reach; dj++) {
    for (let di = -reach; di <= reach; di++) {
      const [x, y] = [i + di, j + dj];
      if ((di === 0 && dj === 0) || di * di + dj * dj > reach * reach) continue;
      if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
      const other = sense * values[y * columns + x]!;
      if (Number.isNaN(other) ? Math.abs(di) + Math.abs(dj) <= 2 : other > own) return false;
      if (other === own && (dj < 0 || (dj === 0 && di < 0))) return false;
    }
  }
  return true;
}

/** Draws the lines of a lattice over the picture. */
export function drawContours(
  canvas: Canvas,
  lattice: Lattice,
  place: LatticePlace,
  plan: ContourPlan,
  look: ContourLook,
): void {
  const { pixelRatio: ratio } = look;
  const painter = new Painter(canvas);
  const taken: Spot[] = [];
  const marks = plan.extremes ? extremesOf(lattice, Math.round((EXTREME_REACH * ratio) / place.step)) : [];
  const spots = marks.map(({ k, isHigh }) => ({
    x: place.x + place.step * (k % lattice.columns),
    y: place.y + place.step * Math.floor(k / lattice.columns),
    radius: 22 * ratio,
    value: lattice.values[k]!,
    isHigh,
  }));
  taken.push(...spots);
  const labels: { text: string; label: Label }[] = [];
  const paths = isolines(lattice, plan.levels).map((line) => pathOf(line, place));
  for (const path of paths) {
    const own = labelsOf(path, canvas, ratio, taken);
    taken.push(...own);
    labels.push(...own.map((label) => ({ text: numberText(path.level), label })));
    const width = (plan.isThick(path.level) ? THICK : THIN) * ratio;
    const gap = textWidth(numberText(path.level), LABEL_SIZE * ratio) / 2 + 4 * ratio;
    let from = 0;
    for (const { at } of own) {
      painter.line(cut(path, from, at - gap), width);
      from = at + gap;
    }
    painter.line(own.length === 0 ? path.points : cut(path, from, path.lengths.at(-1)!), width);
  }
  painter.paint(look.line);
  const style = { size: LABEL_SIZE * ratio, colour: look.text, halo: look.halo, weight: 0.16 };
  for (const { text, label } of labels) drawText(painter, text, { ...label, anchor: 'middle' }, style);
  for (const { x, y, value, isHigh } of spots) {
    const colour = isHigh ? look.high : look.low;
    const letter = { size: 15 * ratio, colour, halo: look.halo, weight: 0.2 };
    drawText(painter, isHigh ? 'H' : 'L', { x, y, anchor: 'middle' }, letter);
    const number = { size: 8 * ratio, colour, halo: look.halo, weight: 0.19 };
    drawText(painter, numberText(Math.round(value)), { x, y: y + 17 * ratio, anchor: 'middle' }, number);
  }
}

/** Labels of one path, by increasing length, none within reach of another. */
function labelsOf(path: Path, canvas: Canvas, ratio: number, taken: readonly Spot[]): readonly Label[] {
  const total = path.lengths.at(-1)!;
  const text = numberText(path.level);
  const width = textWidth(text, LABEL_SIZE * ratio) + 8 * ratio;
  if (total < Math.max(SHORTEST_LABELLED * ratio, 2 * width)) return [];
  const count = Math.max(1, Math.round(total / (LABEL_EVERY * ratio)));
  const own: Label[] = [];
  for (let n = 0; n < count; n++) {
    const label = labelNear(path, ((n + 0.5) / count) * total, width, canvas, [...taken, ...own]);
    if (label !== undefined && (own.length === 0 || label.at > own.at(-1)!.at + 2 * width)) own.push(label);
  }
  return own;
}
