/** Boxes and whiskers of an ensemble: the least, p10, p25, the median, p75, p90 and the greatest value of each interval. */
import type uPlot from 'uplot';
import { quantiles } from '../model/stats.js';
import { shown, type Unit } from '../model/units.js';
import type { Plume } from './met-series.js';

type Seven = readonly [number, number, number, number, number, number, number];

export interface PlumeBox {
  /** end of the interval, ms: that is where the box stands */
  readonly to: number;
  readonly numbers: Seven;
}

const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];

/** Boxes of all values of all members within intervals of a length that end at whole multiples of it. */
export function boxesOf({ members }: Pick<Plume, 'members'>, length: number): readonly PlumeBox[] {
  const intervals = new Map<number, number[]>();
  for (const { times, values } of members) {
    for (const [n, time] of times.entries()) {
      const to = Math.ceil(time / length) * length;
      const list = intervals.get(to) ?? [];
      if (Number.isFinite(values[n]!)) list.push(values[n]!);
      intervals.set(to, list);
    }
  }
  return [...intervals]
    .filter(([, values]) => values.length > 0)
    .sort(([one], [other]) => one - other)
    .map(([to, values]) => ({ to, numbers: quantiles(values, SHARES) as unknown as Seven }));
}

/** Whiskers to the extremes, a pale box of p10 to p90, a strong one of p25 to p75, a line at the median. */
export function drawBoxes(plot: uPlot, boxes: readonly PlumeBox[], unit: Unit, colour: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 2 * ratio, bbox.width + 8 * ratio, bbox.height + 4 * ratio);
  ctx.clip();
  for (const { to, numbers } of boxes) {
    const x = plot.valToPos(to / 1000, 'x', true);
    const [least, p10, p25, median, p75, p90, most] = numbers.map((value) =>
      plot.valToPos(shown(value, unit), 'y', true),
    ) as unknown as Seven;
    const bar = (upper: number, lower: number, half: number, alpha: string): void => {
      ctx.fillStyle = colour + alpha;
      ctx.fillRect(x - half * ratio, upper, 2 * half * ratio, Math.max(1, lower - upper));
    };
    ctx.strokeStyle = colour;
    ctx.lineWidth = ratio;
    ctx.beginPath();
    ctx.moveTo(x, least);
    ctx.lineTo(x, most);
    ctx.stroke();
    bar(p90, p10, 4, '55');
    bar(p75, p25, 7, '88');
    bar(median - ratio, median + ratio, 7, '');
  }
  ctx.restore();
}
