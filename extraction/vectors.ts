/** Stored values to values of the answer: winds along grid axes to true directions, then units, rounded once to float32. */
import type { ParamRef } from '../schemas/vocabulary.js';

/** Component of a wind towards east (`u`) or north (`v`) from components along the grid's axes and the angle's (c, s). */
export function turnedComponent(component: 'u' | 'v', u: number, v: number, c: number, s: number): number {
  return component === 'u' ? c * u - s * v : s * u + c * v;
}

/** value * scale + offset in float64, rounded once; a value without conversion keeps its bits. */
export function inUnits(param: ParamRef, value: number): number {
  return param.scale === 1 && param.offset === 0 ? value : Math.fround(value * param.scale + param.offset);
}
