/** Where temperature and pressure stand on a log-pressure plot, straight or skewed, and the lines behind a skew-T. */
import { type SVGTemplateResult, svg } from 'lit-html';
import { dryAdiabat, mixingLine, saturatedAdiabat } from './thermo.js';

export interface Level {
  readonly pressure: number;
  /** degrees Celsius; NaN is missing */
  readonly temperature: number;
  readonly dewPoint: number;
  /** m */
  readonly height: number;
  /** m/s */
  readonly u: number;
  readonly v: number;
}

export interface Sounding {
  /** from the ground up */
  readonly levels: readonly Level[];
}

/** Pressure at the upper edge when no level lies higher, hPa. */
export const TOP = 100;

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** hPa at the lower and upper edge */
  readonly bottom: number;
  readonly upper: number;
  /** degrees Celsius at the left and right end of the lower edge */
  readonly cold: number;
  readonly warm: number;
  /** pixels to the right for each pixel up: 0 or 0.86 */
  readonly skew: number;
}

/** Pixels of a temperature at a pressure. */
export function place(frame: Frame, celsius: number, pressure: number): readonly [x: number, y: number] {
  const { left, top, width, height, bottom, upper, cold, warm, skew } = frame;
  const up = (Math.log(bottom / pressure) / Math.log(bottom / upper)) * height;
  return [left + ((celsius - cold) / (warm - cold)) * width + skew * up, top + height - up];
}

const PRESSURES = Array.from({ length: 96 }, (_, n) => 1050 - 10 * n);

function line(frame: Frame, className: string, of: (pressure: number) => number, least = 0): SVGTemplateResult {
  const points = PRESSURES.filter((pressure) => pressure >= Math.max(frame.upper, least) && pressure <= frame.bottom);
  const d = points.map((pressure, n) => {
    const [x, y] = place(frame, of(pressure), pressure);
    return `${n === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return svg`<path class=${className} d=${d.join('')} />`;
}

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step);

/** Bands between isotherms, shaded by turns. */
function bands(frame: Frame): SVGTemplateResult[] {
  return range(-120, 40, 10).map((celsius) => {
    const corners = [
      place(frame, celsius, frame.bottom),
      place(frame, celsius + 5, frame.bottom),
      place(frame, celsius + 5, frame.upper),
      place(frame, celsius, frame.upper),
    ];
    return svg`<polygon class="skew-band" points=${corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />`;
  });
}

/** Labels of isotherms where they leave the plot: below, or at the upper edge. */
function labels(frame: Frame): SVGTemplateResult[] {
  return range(-120, 40, 10).map((celsius) => {
    const [x, y] = place(frame, celsius, frame.bottom);
    const [xTop, yTop] = place(frame, celsius, frame.upper);
    const right = frame.left + frame.width;
    const below =
      x >= frame.left && x <= right
        ? svg`<text x=${x} y=${y + 15} text-anchor="middle">${String(celsius).replace('-', '−')}</text>`
        : svg``;
    const above =
      xTop >= frame.left && xTop <= right
        ? svg`<text x=${xTop} y=${yTop - 4} text-anchor="middle">${String(celsius).replace('-', '−')}</text>`
        : svg``;
    return svg`${below}${above}`;
  });
}

/** Isotherms every 10 degrees, dry adiabats every 20 K, saturated ones every 8 K, mixing ratios below 500 hPa. */
export function skewBackground(frame: Frame): SVGTemplateResult {
  const moist = range(-24, 40, 8).map((start) => {
    const from = PRESSURES.filter((pressure) => pressure <= 1000);
    const values = saturatedAdiabat(start, from);
    return line(frame, 'moist', (pressure) => values[from.indexOf(pressure)] ?? start, 200);
  });
  const ratios = [0.4, 1, 2, 4, 7, 12, 24];
  return svg`<g clip-path="url(#profile-clip)">
    ${bands(frame)}
    ${range(-120, 40, 10).map((celsius) => line(frame, celsius === 0 ? 'isotherm zero' : 'isotherm', () => celsius))}
    ${range(233, 473, 20).map((theta) => line(frame, 'dry', (pressure) => dryAdiabat(theta, pressure)))}
    ${moist}
    ${ratios.map((grams) => line(frame, 'mixing', (pressure) => mixingLine(grams / 1000, pressure), 500))}
    ${ratios.map((grams) => {
      const [x, y] = place(frame, mixingLine(grams / 1000, 520), 520);
      return svg`<text class="mixing-label" x=${x} y=${y} text-anchor="middle">${grams}</text>`;
    })}
  </g>${labels(frame)}`;
}
