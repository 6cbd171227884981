/** One plot over time, in uPlot: axis, night, the instant of the map, and what its caller draws. All share one x scale. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockText, dayText, minuteOfDay, type Zone } from '../model/times.js';

export interface ChartLook {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly night: string;
  readonly accent: string;
  readonly font: string;
}

/** Colours of the page as they are now. */
export function look(): ChartLook & { readonly of: (name: string) => string } {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    of,
    text: of('text'),
    muted: of('muted'),
    line: of('line'),
    night: of('night'),
    accent: of('accent'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
}

export interface TimeChart {
  readonly from: number;
  readonly to: number;
  readonly nights: readonly (readonly [number, number])[];
  readonly lang: string;
  readonly zone: Zone;
  readonly height: number;
  /** whether the hours stand below */
  readonly labels: boolean;
  /** ms */
  readonly xs: readonly number[];
  readonly series: readonly uPlot.Series[];
  readonly data: readonly (readonly (number | null)[])[];
  readonly bands?: readonly uPlot.Band[];
  readonly range: readonly [low: number, high: number];
  readonly format: (value: number) => string;
  readonly shown: () => number;
  readonly under?: (plot: uPlot) => void;
  readonly over?: (plot: uPlot) => void;
  readonly onTime: (ms: number) => void;
  readonly onCursor: (ms: number | undefined) => void;
}

export const LEFT = 38;
export const RIGHT = 20;
const SYNC = 'meteogram';

/** Instants that get a label: every 6 hours of the clock of the zone, fewer where they would touch. */
function hourSplits({ from, to, zone }: TimeChart, width: number): number[] {
  const every = [180, 360, 720, 1440].find((minutes) => ((to - from) / 60_000 / minutes) * 30 < width) ?? 1440;
  const splits: number[] = [];
  for (let time = Math.ceil(from / 900_000) * 900_000; time <= to; time += 900_000) {
    if (minuteOfDay(time, zone) % every === 0) splits.push(time / 1000);
  }
  return splits;
}

function axes(chart: TimeChart, colours: ChartLook, width: number): uPlot.Axis[] {
  const { lang, zone } = chart;
  const splits = hourSplits(chart, width);
  const grid = { stroke: colours.line, width: 1 };
  return [
    {
      show: chart.labels,
      size: 34,
      font: colours.font,
      stroke: colours.muted,
      grid: { show: false },
      ticks: { show: false },
      gap: 4,
      splits: () => splits,
      values: (_plot, found) => {
        let day = '';
        return found.map((seconds) => {
          const ms = seconds * 1000;
          const name = dayText(ms, lang, zone).replace(/\s\S+$/, '');
          const row = name === day ? '' : `\n${name}`;
          day = name;
          return `${clockText(ms, 'en', zone).slice(0, 2)}${row}`;
        });
      },
    },
    {
      size: LEFT,
      font: colours.font,
      stroke: colours.muted,
      grid,
      ticks: { show: false },
      gap: 5,
      values: (_plot, found) => found.map(chart.format),
      space: 26,
    },
  ];
}

function drawNights(plot: uPlot, chart: TimeChart, colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour;
  for (const [from, to] of chart.nights) {
    const left = Math.max(bbox.left, plot.valToPos(from / 1000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1000, 'x', true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

function drawTime(plot: uPlot, time: number, colour: string): void {
  if (Number.isNaN(time)) return;
  const { ctx, bbox } = plot;
  const x = plot.valToPos(time / 1000, 'x', true);
  ctx.save();
  ctx.strokeStyle = colour;
  // the series drawn before may have left its dashes
  ctx.setLineDash([]);
  ctx.lineWidth = 1.6 * uPlot.pxRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** Draws the plot into an element, which it empties. */
export function drawTimeChart(element: HTMLElement, chart: TimeChart): uPlot {
  const colours = look();
  const width = Math.max(150, element.clientWidth);
  const options: uPlot.Options = {
    width,
    height: chart.height,
    padding: [5, RIGHT, chart.labels ? 0 : 3, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC }, y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => [chart.from / 1000, chart.to / 1000] },
      y: { range: () => [...chart.range] },
    },
    axes: axes(chart, colours, width - LEFT - RIGHT),
    series: [{}, ...chart.series],
    bands: [...(chart.bands ?? [])],
    hooks: {
      drawClear: [
        (plot) => {
          drawNights(plot, chart, colours.night);
          chart.under?.(plot);
        },
      ],
      draw: [
        (plot) => {
          chart.over?.(plot);
          drawTime(plot, chart.shown(), colours.accent);
        },
      ],
      setCursor: [
        (plot) => {
          const { left = -1 } = plot.cursor;
          chart.onCursor(left < 0 ? undefined : plot.posToVal(left, 'x') * 1000);
        },
      ],
    },
  };
  element.replaceChildren();
  const data = [chart.xs.map((ms) => ms / 1000), ...chart.data] as uPlot.AlignedData;
  const plot = new uPlot(options, data, element);
  plot.over.addEventListener('click', () => {
    const { left = -1 } = plot.cursor;
    if (left >= 0) chart.onTime(plot.posToVal(left, 'x') * 1000);
  });
  return plot;
}
