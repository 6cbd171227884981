/** Thermodynamics of moist air for profiles; temperatures in degrees Celsius, pressures in hPa, mixing ratios in kg/kg. Pure. */

export const KAPPA = 0.2857;
const EPSILON = 0.622;
const LATENT = 2.501e6;
const RD = 287.05;
const RV = 461.5;
const CP = 1004.7;
const ZERO = 273.15;

/** Saturation vapour pressure over water, hPa; Magnus with 17.67 and 243.5 (Bolton 1980, eq. 10). */
export const saturation = (celsius: number): number => 6.112 * Math.exp((17.67 * celsius) / (celsius + 243.5));

/** Temperature at which a vapour pressure is that of saturation. */
export function dewPointOf(vapour: number): number {
  const x = Math.log(Math.max(vapour, 1e-9) / 6.112);
  return (243.5 * x) / (17.67 - x);
}

/** Dew point of a specific humidity, kg/kg. */
export const dewPointOfSpecific = (q: number, pressure: number): number =>
  dewPointOf((Math.max(q, 0) * pressure) / (EPSILON + (1 - EPSILON) * Math.max(q, 0)));

/** Dew point of a relative humidity, 0..1. */
export const dewPointOfRelative = (share: number, celsius: number): number =>
  dewPointOf(Math.max(share, 0) * saturation(celsius));

/** Temperature on a dry adiabat that has `theta` (K) at 1000 hPa. */
export const dryAdiabat = (theta: number, pressure: number): number => theta * (pressure / 1000) ** KAPPA - ZERO;

/** Mixing ratio of saturated air. */
export function mixingRatio(celsius: number, pressure: number): number {
  const e = saturation(celsius);
  return (EPSILON * e) / Math.max(pressure - e, 1e-6);
}

/** Temperature at which saturated air has a mixing ratio. */
export const mixingLine = (ratio: number, pressure: number): number =>
  dewPointOf((ratio * pressure) / (EPSILON + ratio));

/** dT/dp of saturated air that rises, K/hPa. */
function saturatedSlope(celsius: number, pressure: number): number {
  const kelvin = celsius + ZERO;
  const r = mixingRatio(celsius, pressure);
  const dry = (RD * kelvin + LATENT * r) / (CP + (LATENT * LATENT * r) / (RV * kelvin * kelvin));
  return dry / pressure;
}

/** Temperatures at descending pressures of saturated air that starts with `celsius` at the first; steps of at most 5 hPa. */
export function saturatedAdiabat(celsius: number, pressures: readonly number[]): number[] {
  let temperature = celsius;
  return pressures.map((pressure, n) => {
    if (n === 0) return temperature;
    let at = pressures[n - 1]!;
    const pieces = Math.max(1, Math.ceil(Math.abs(at - pressure) / 5));
    const step = (pressure - at) / pieces;
    for (let k = 0; k < pieces; k++) {
      const half = temperature + saturatedSlope(temperature, at) * (step / 2);
      temperature += saturatedSlope(half, at + step / 2) * step;
      at += step;
    }
    return temperature;
  });
}

/** Pressure at which air lifted dry from a level becomes saturated (Bolton 1980, eq. 15). */
export function condensationLevel(celsius: number, dewPoint: number, pressure: number): number {
  const dew = dewPoint + ZERO;
  const kelvin = celsius + ZERO;
  const lifted = 1 / (1 / (dew - 56) + Math.log(kelvin / dew) / 800) + 56;
  return pressure * (lifted / kelvin) ** (1 / KAPPA);
}
