/** The charts of a meteogram: from its rows to what the plots over the time axis draw. */
import type uPlot from 'uplot';
import { look, type TimeChart } from '../charts/time-chart.js';
import { blockSums } from '../model/stats.js';
import { numberText, shown, type Unit } from '../model/units.js';
import type { Line, MetRows, Plume, Row } from './met-series.js';
import { boxesOf, drawBoxes } from './plume-boxes.js';

const HOUR = 3_600_000;

/** How an ensemble is drawn: quantiles as bands, every member as a line, or a box each 6 hours. */
export type PlumeView = 'spread' | 'members' | 'boxes';

/** Range with a little room, or around a constant. */
function rangeOf(values: readonly number[], least: number): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = Math.max((high - low) * 0.1, least);
  return finite.length === 0 ? [0, 1] : [low - room, high + room];
}

const aligned = (xs: readonly number[], line: Line, unit: Unit): (number | null)[] => {
  const known = new Map(line.times.map((time, n) => [time, line.values[n]!]));
  return xs.map((x) => (known.has(x) ? shown(known.get(x)!, unit) : null));
};

/** What all charts of a meteogram have in common. */
export type Base = Pick<TimeChart, 'from' | 'to' | 'nights' | 'lang' | 'zone' | 'shown' | 'onTime' | 'onCursor'>;

const join = (...lines: readonly (readonly number[])[]): number[] =>
  [...new Set(lines.flat())].sort((one, other) => one - other);

/** Quantiles of a plume as five lines, or its members; boxes are not lines. */
function plumeLines(plume: Plume | undefined, view: PlumeView): Line[] {
  if (plume === undefined || (plume.quantiles.length > 0 && view === 'boxes')) return [];
  if (plume.quantiles.length === 0 || view === 'members') return [...plume.members];
  return [0, 1, 2, 3, 4].map((n) => ({ times: plume.times, values: plume.quantiles.map((row) => row[n]!) }));
}

export function temperatureChart(
  base: Base,
  row: Row,
  dew: Row | undefined,
  unit: Unit,
  labels: boolean,
  view: PlumeView,
): TimeChart {
  const { of } = look();
  const plumes = plumeLines(row.plume, view);
  const isBand = (row.plume?.quantiles.length ?? 0) > 0 && view === 'spread';
  const boxes = view === 'boxes' && row.plume !== undefined ? boxesOf(row.plume, 6 * HOUR) : [];
  const xs = join(row.line.times, dew?.line.times ?? [], row.plume?.times ?? []);
  const zero = shown(row.unit === 'K' ? 273.15 : 0, unit);
  const gradient = (plot: uPlot): CanvasGradient | string => {
    const { top, height } = plot.bbox;
    const stop = (plot.valToPos(zero, 'y', true) - top) / height;
    if (!(stop > 0 && stop < 1)) return stop >= 1 ? of('temp') : of('cold');
    const made = plot.ctx.createLinearGradient(0, top, 0, top + height);
    made.addColorStop(0, of('temp'));
    made.addColorStop(stop, of('temp'));
    made.addColorStop(stop, of('cold'));
    made.addColorStop(1, of('cold'));
    return made;
  };
  const faint = {
    stroke: isBand ? 'transparent' : `${of('temp')}66`,
    width: 1,
    points: { show: false },
    spanGaps: true,
  };
  const extremes = boxes.flatMap(({ numbers }) => [shown(numbers[0], unit), shown(numbers[6], unit)]);
  const values = [row.line, ...plumes, ...(dew ? [dew.line] : [])].flatMap((line) =>
    line.values.map((value) => shown(value, unit)),
  );
  return {
    ...base,
    height: labels ? 164 : 130,
    labels,
    xs,
    series: [
      ...plumes.map(() => faint),
      { stroke: gradient as uPlot.Series.Stroke, width: 2.2, points: { show: false }, spanGaps: true },
      ...(dew ? [{ stroke: of('dew'), width: 1.6, dash: [4, 3], points: { show: false }, spanGaps: true }] : []),
    ],
    data: [...plumes, row.line, ...(dew ? [dew.line] : [])].map((line) => aligned(xs, line, unit)),
    bands: isBand
      ? [
          { series: [5, 1], fill: `${of('temp')}22` },
          { series: [4, 2], fill: `${of('temp')}33` },
        ]
      : [],
    range: rangeOf([...values, ...extremes], 1),
    format: (value) => numberText(value, undefined, base.lang),
    under: (plot) => {
      dashedLine(plot, zero, of('cold'));
      drawBoxes(plot, boxes, unit, of('temp'));
    },
  };
}

function dashedLine(plot: uPlot, value: number, colour: string): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, 'y', true);
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.2 * devicePixelRatio;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

export function rainChart(base: Base, rain: NonNullable<MetRows['rain']>, unit: Unit, labels: boolean): TimeChart {
  const { of, text, font } = look();
  const amounts = rain.amounts.map((one) => ({ ...one, value: shown(one.value, unit) }));
  const highest = Math.max(0, ...amounts.map(({ value }) => value));
  const top = highest > 0 ? highest * 1.35 : 1;
  return {
    ...base,
    height: labels ? 104 : 74,
    labels,
    xs: [base.from, base.to],
    series: [{ show: false }],
    data: [[0, 0]],
    range: [0, top],
    format: (value) => numberText(value, undefined, base.lang),
    over: (plot) => {
      const { ctx } = plot;
      const ground = plot.valToPos(0, 'y', true);
      ctx.save();
      ctx.fillStyle = of('rain');
      for (const { from, to, value } of amounts) {
        const [left, right] = [plot.valToPos(from / 1000, 'x', true), plot.valToPos(to / 1000, 'x', true)];
        const y = plot.valToPos(value, 'y', true);
        if (value > 0) ctx.fillRect(left + 0.8, y, Math.max(1, right - left - 1.6), ground - y);
      }
      ctx.fillStyle = text;
      ctx.font = font.replace('11px', `600 ${11 * devicePixelRatio}px`);
      ctx.textAlign = 'center';
      for (const { from, to, value } of blockSums(amounts, 6 * HOUR)) {
        const x = plot.valToPos((from + to) / 2000, 'x', true);
        if (value >= (0.05 * unit.scale) / 1000)
          ctx.fillText(
            numberText(value, unit.text === 'mm' ? 1 : 2, base.lang),
            x,
            plot.bbox.top + 11 * devicePixelRatio,
          );
      }
      ctx.restore();
    },
  };
}

export function windChart(
  base: Base,
  wind: { readonly line: Line },
  gust: Row | undefined,
  unit: Unit,
  labels: boolean,
): TimeChart {
  const { of } = look();
  const xs = join(wind.line.times, gust?.line.times ?? []);
  const lines = [wind.line, ...(gust ? [gust.line] : [])];
  const high = Math.max(
    1,
    ...lines.flatMap((line) => line.values.map((value) => shown(value, unit))).filter(Number.isFinite),
  );
  return {
    ...base,
    height: labels ? 104 : 74,
    labels,
    xs,
    series: [
      { stroke: of('wind'), width: 1.9, fill: `${of('wind')}1f`, points: { show: false }, spanGaps: true },
      ...(gust ? [{ stroke: of('gust'), width: 1.4, dash: [2, 3], points: { show: false }, spanGaps: true }] : []),
    ],
    data: lines.map((line) => aligned(xs, line, unit)),
    range: [0, high * 1.15],
    format: (value) => numberText(value, undefined, base.lang),
  };
}

export function pressureChart(base: Base, row: Row, unit: Unit, labels: boolean): TimeChart {
  const { of } = look();
  const plumes = row.plume === undefined ? [] : row.plume.members;
  const xs = join(row.line.times, row.plume?.times ?? []);
  const lines = [...plumes, row.line];
  return {
    ...base,
    height: labels ? 106 : 72,
    labels,
    xs,
    series: [
      ...plumes.map(() => ({ stroke: `${of('press')}4d`, width: 1, points: { show: false }, spanGaps: true })),
      { stroke: of('press'), width: 1.9, points: { show: false }, spanGaps: true },
    ],
    data: lines.map((line) => aligned(xs, line, unit)),
    range: rangeOf(
      lines.flatMap((line) => line.values.map((value) => shown(value, unit))),
      unit.text === 'hPa' ? 2 : 0.05,
    ),
    format: (value) => numberText(value, undefined, base.lang).replace(/[\u00a0\u202f,](?=\d{3}$)/, ''),
  };
}
