/** Pictures of a field and of a series, for a file or for a terminal: colours and lines of the map renderer, no labels of places. */
import { type Canvas, colourOf, fillRect, makeCanvas } from '../../formats/render/canvas.js';
import { paintBins } from '../../formats/render/fill.js';
import { Painter } from '../../formats/render/painter.js';
import { drawText, numberText } from '../../formats/render/text.js';

interface Titled {
  readonly title: string;
  readonly unit: string;
}

/** A field on regular longitudes and latitudes, rows from north to south; NaN missing. */
export interface PlotMap extends Titled {
  readonly width: number;
  readonly height: number;
  readonly west: number;
  readonly north: number;
  readonly dx: number;
  readonly dy: number;
  readonly values: Float32Array;
}

/** Times in ms, ascending. */
export interface PlotSeries extends Titled {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** From dark blue over green to yellow; even steps of lightness, readable without colour vision. */
const SCALE = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
  '#fde725',
];
const WHITE = colourOf('#ffffff');
const INK = colourOf('#222222');
const FAINT = colourOf('#cccccc');
const LINE = colourOf('#1f5fa8');
const MARGIN = { top: 34, right: 16, bottom: 46, left: 64 };
const TEXT = 8;
const TICKS = 5;

interface Ends {
  readonly least: number;
  readonly most: number;
}

function ends(values: ArrayLike<number>): Ends {
  let [least, most] = [Infinity, -Infinity];
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most >= least)) return { least: 0, most: 1 };
  return least === most ? { least: least - 0.5, most: most + 0.5 } : { least, most };
}

const NICE = [1, 2, 2.5, 5, 10];

/** Round numbers between the ends. */
export function ticks({ least, most }: Ends, wanted: number = TICKS): number[] {
  const rough = (most - least) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * NICE.find((n) => n * power >= rough)!;
  const out: number[] = [];
  for (let k = Math.ceil(least / step - 1e-9); k * step <= most + 1e-9 * step; k++)
    out.push(Number((k * step).toPrecision(12)));
  return out;
}

function frame(canvas: Canvas, painter: Painter, { title, unit }: Titled, bottom: number): void {
  const { width } = canvas;
  drawText(painter, title, { x: MARGIN.left, y: 16 }, { size: TEXT, colour: INK });
  drawText(painter, unit, { x: width - MARGIN.right, y: 16, anchor: 'end' }, { size: TEXT, colour: INK });
  const [x0, x1, y0] = [MARGIN.left, width - MARGIN.right, MARGIN.top];
  painter.line([x0, y0, x1, y0, x1, bottom, x0, bottom, x0, y0], 1).paint(INK);
}

/** Values at the pixels of a picture of another size, the nearest of each. */
function resized(map: PlotMap, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * map.height) / height) * map.width;
    for (let x = 0; x < width; x++) out[y * width + x] = map.values[row + Math.floor(((x + 0.5) * map.width) / width)]!;
  }
  return out;
}

/** A map with its scale below. */
export function mapPicture(map: PlotMap, width: number): Canvas {
  const inner = width - MARGIN.left - MARGIN.right;
  const high = Math.max(40, Math.round((inner * map.height * map.dy) / (map.width * map.dx)));
  const canvas = makeCanvas(width, MARGIN.top + high + MARGIN.bottom + 24, WHITE);
  const range = ends(map.values);
  const breaks = Float32Array.from(
    { length: SCALE.length - 1 },
    (_, k) => range.least + ((k + 1) * (range.most - range.least)) / SCALE.length,
  );
  const field = makeCanvas(inner, high, FAINT);
  paintBins(field, resized(map, inner, high), { breaks, colours: Uint32Array.from(SCALE, (hex) => colourOf(hex)) });
  for (let y = 0; y < high; y++) {
    canvas.rgba.set(field.rgba.subarray(y * inner, (y + 1) * inner), (MARGIN.top + y) * width + MARGIN.left);
  }
  const painter = new Painter(canvas);
  const bottom = MARGIN.top + high;
  frame(canvas, painter, map, bottom);
  const south = map.north - map.height * map.dy;
  for (const lat of ticks({ least: south, most: map.north })) {
    const y = MARGIN.top + ((map.north - lat) / (map.height * map.dy)) * high;
    drawText(painter, numberText(lat), { x: MARGIN.left - 6, y, anchor: 'end' }, { size: TEXT, colour: INK });
  }
  for (const lon of ticks({ least: map.west, most: map.west + map.width * map.dx })) {
    const x = MARGIN.left + ((lon - map.west) / (map.width * map.dx)) * inner;
    drawText(painter, numberText(lon), { x, y: bottom + 12, anchor: 'middle' }, { size: TEXT, colour: INK });
  }
  scaleBar(canvas, painter, range, bottom + 26, inner);
  return canvas;
}

function scaleBar(canvas: Canvas, painter: Painter, range: Ends, y: number, inner: number): void {
  const edge = (k: number): number => MARGIN.left + Math.round((k * inner) / SCALE.length);
  for (const [k, hex] of SCALE.entries()) fillRect(canvas, edge(k), y, edge(k + 1) - edge(k), 10, colourOf(hex));
  for (const value of ticks(range)) {
    const x = MARGIN.left + ((value - range.least) / (range.most - range.least)) * inner;
    drawText(painter, numberText(value), { x, y: y + 20, anchor: 'middle' }, { size: TEXT, colour: INK });
  }
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(5, 16).replace('T', ' ');

/** A series as a line. */
export function seriesPicture(series: PlotSeries, width: number): Canvas {
  const high = Math.round(width * 0.4);
  const canvas = makeCanvas(width, MARGIN.top + high + MARGIN.bottom, WHITE);
  const painter = new Painter(canvas);
  const inner = width - MARGIN.left - MARGIN.right;
  const bottom = MARGIN.top + high;
  const [range, span] = [ends(series.values), ends(series.times)];
  const x = (time: number): number => MARGIN.left + ((time - span.least) / (span.most - span.least)) * inner;
  const y = (value: number): number => bottom - ((value - range.least) / (range.most - range.least)) * high;
  for (const value of ticks(range)) {
    painter.line([MARGIN.left, y(value), MARGIN.left + inner, y(value)], 1).paint(FAINT);
    drawText(
      painter,
      numberText(value),
      { x: MARGIN.left - 6, y: y(value), anchor: 'end' },
      { size: TEXT, colour: INK },
    );
  }
  for (let k = 0; k <= TICKS; k++) {
    const time = span.least + (k * (span.most - span.least)) / TICKS;
    const anchor = k === 0 ? 'start' : k === TICKS ? 'end' : 'middle';
    drawText(painter, clock(time), { x: x(time), y: bottom + 14, anchor }, { size: TEXT * 0.9, colour: INK });
  }
  painter.line(Array.from(series.times, (time, k) => [x(time), y(series.values[k]!)]).flat(), 2).paint(LINE);
  frame(canvas, painter, series, bottom);
  return canvas;
}

const SHADES = ' .:-=+*#%@';

/** A map in characters, dense where values are high, blank where there are none. */
export function asciiMap(map: PlotMap, columns: number): string {
  const width = Math.max(20, Math.min(columns - 1, 160));
  const height = Math.max(5, Math.round((width * map.height * map.dy) / (map.width * map.dx) / 2));
  const values = resized(map, width, height);
  const { least, most } = ends(map.values);
  const lines = [`${map.title} [${map.unit}]`];
  for (let y = 0; y < height; y++) {
    let line = '';
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x]!;
      const shade = Math.min(SHADES.length - 2, Math.floor(((value - least) / (most - least)) * (SHADES.length - 1)));
      line += Number.isNaN(value) ? ' ' : SHADES[shade + 1]!;
    }
    lines.push(line.trimEnd());
  }
  lines.push(`${SHADES[1]} ${numberText(least)}   ${SHADES.at(-1)} ${numberText(most)}`);
  return `${lines.join('\n')}\n`;
}

/** A series in characters: a line a time with a bar. */
export function asciiSeries(series: PlotSeries, columns: number): string {
  const { least, most } = ends(series.values);
  const room = Math.max(10, Math.min(columns, 120) - 32);
  const lines = [`${series.title} [${series.unit}]`];
  for (const [k, time] of series.times.entries()) {
    const value = series.values[k]!;
    const bar = '#'.repeat(1 + Math.round(((value - least) / (most - least)) * (room - 1)));
    lines.push(`${new Date(time).toISOString().slice(0, 16)}  ${numberText(value).padStart(10)}  ${bar}`);
  }
  return `${lines.join('\n')}\n`;
}
