/** Isolines of a field: its values on a lattice of the plane, levels by family, highs and lows where they have a meaning. */
import { samplePlaces } from '../../extraction/maps/map-field.js';
import { type ContourPlan, drawContours } from '../../formats/render/contour-map.js';
import type { Scale } from '../../schemas/styles.js';
import { type Drawing, inksOf, placeLattice } from './drawing.js';
import type { ChosenField } from './field-choice.js';
import { askedScale, scaleOfField } from './scales.js';

/** Pixels between places of the lattice, and how many places there are at most. */
const STEP = 5;
const MOST_PLACES = 80_000;
const MOST_LEVELS = 150;

function planOf(scale: Scale, low: number, high: number): ContourPlan {
  const { step, thick } = scale.contours;
  const extremes = scale.family === 'pressure' || scale.family === 'height';
  if (step === undefined) {
    const isThick = (level: number): boolean => level === 0 || scale.breaks.indexOf(level) % thick === thick - 1;
    return { levels: scale.breaks, isThick, extremes };
  }
  const first = Math.ceil(low / step);
  const count = Math.min(MOST_LEVELS, Math.floor(high / step) - first + 1);
  const levels = Array.from({ length: Math.max(0, count) }, (_, k) => (first + k) * step);
  return { levels, isThick: (level) => Math.round(level / step) % thick === 0, extremes };
}

export async function drawIsolines(drawing: Drawing, chosen: ChosenField): Promise<void> {
  const { deps, query, picture, look, canvas } = drawing;
  const scale = askedScale(await scaleOfField(deps.fields, chosen), query);
  const coarsest = Math.sqrt((picture.width * picture.height) / MOST_PLACES);
  const lattice = placeLattice(picture, Math.max(STEP * look.pixelRatio, coarsest), 2);
  const values = await samplePlaces(deps, chosen.field, lattice.places);
  let [low, high] = [Infinity, -Infinity];
  for (let n = 0; n < values.length; n++) {
    const value = values[n]! * scale.scale + scale.offset;
    values[n] = value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low < high)) return;
  const { columns, rows } = lattice;
  const plan = planOf(scale, low, high);
  drawContours(canvas, { columns, rows, values }, lattice, plan, { ...inksOf(look), pixelRatio: look.pixelRatio });
}
