/** Colours between colours, mixed in OKLab (B. Ottosson 2020), where equal steps look equal. */

const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c: number): number => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

type Triple = readonly [number, number, number];

function toLab(hex: string): Triple {
  const [r, g, b] = [0, 2, 4].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255)) as [
    number,
    number,
    number,
  ];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toHex([light, a, b]: Triple): string {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
    .map((c) =>
      Math.round(255 * gamma(Math.min(1, Math.max(0, c))))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('');
}

/** `count` colours along anchors (`rrggbb` separated by blanks), ends included. */
export function ramp(anchors: string, count: number): readonly string[] {
  const labs = anchors.split(' ').map(toLab);
  return Array.from({ length: count }, (_, k) => {
    const at = count === 1 ? 0 : (k / (count - 1)) * (labs.length - 1);
    const below = Math.min(Math.floor(at), labs.length - 2);
    const [one, other, share] = [labs[below]!, labs[below + 1]!, at - below];
    return toHex([0, 1, 2].map((n) => one[n]! + (other[n]! - one[n]!) * share) as unknown as Triple);
  });
}
