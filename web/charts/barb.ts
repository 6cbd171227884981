/** Wind barbs as paths: half a feather 5 kt, a feather 10, a pennant 50, rounded to 5; below 2.5 kt a circle. Pure. */

export interface Barb {
  /** path with the station at 0,0 and the shaft upwards; turn it to where the wind comes from */
  readonly strokes: string;
  readonly pennants: string;
  readonly calm: boolean;
}

const GAP = 0.17;
const FEATHER = 0.42;

/** `southern`: feathers on the other side. Length of the shaft in pixels. */
export function barbOf(knots: number, length: number, southern = false): Barb {
  if (!(knots >= 2.5)) return { strokes: '', pennants: '', calm: true };
  const side = southern ? -1 : 1;
  const out = side * FEATHER * length;
  const rise = 0.16 * length;
  let rest = Math.round(knots / 5) * 5;
  let y = -length;
  let strokes = `M0 0V${-length}`;
  let pennants = '';
  for (; rest >= 50; rest -= 50) {
    pennants += `M0 ${y}L${out} ${y + GAP * length * 0.5}L0 ${y + GAP * length * 1.4}Z`;
    y += GAP * length * 1.7;
  }
  for (; rest >= 10; rest -= 10) {
    strokes += `M0 ${y}L${out} ${y - rise}`;
    y += GAP * length;
  }
  if (rest >= 5) {
    // a half feather alone stands a little inside, so that it is not taken for a bent shaft
    if (y === -length) y += GAP * length;
    strokes += `M0 ${y}L${out / 2} ${y - rise / 2}`;
  }
  return { strokes, pennants, calm: false };
}
