/** Levels of a profile out of an answer, in the units that thermodynamics wants. Pure. */

import type { Level, Sounding } from '../charts/skew-t.js';
import { dewPointOfRelative, dewPointOfSpecific } from '../charts/thermo.js';
import type { Part } from '../model/catalogue.js';
import type { PointAnswer, PointSeries } from '../model/coverage.js';
import { shown, unitFor } from '../model/units.js';
import type { UnitFamily } from '../state/state.js';
import { askedName } from './point-data.js';

/** Units of thermodynamics, whatever a person reads. */
const FIXED = { temperature: 'C', wind: 'm/s', height: 'm', pressure: 'hPa' } as const;

export function soundingOf(part: Part, answer: PointAnswer, series: PointSeries, time: number): Sounding {
  const width = Math.max(1, series.levels.length);
  const read = (nomvar: string, family?: UnitFamily) => {
    const name = askedName(part, nomvar);
    const values = name === undefined ? undefined : series.values[name];
    const unit = unitFor(answer.units[name ?? ''] ?? '1', family, FIXED);
    return (level: number): number => shown(values?.[time * width + level] ?? Number.NaN, unit);
  };
  const [temperature, height] = [read('TT', 'temperature'), read('GZ', 'height')];
  const [u, v] = [read('UU', 'wind'), read('VV', 'wind')];
  const [specific, relative, dew] = [read('HU'), read('HR'), read('TD', 'temperature')];
  const levels = series.levels.map((pressure, n): Level => {
    const celsius = temperature(n);
    const share = relative(n) > 1.5 ? relative(n) / 100 : relative(n);
    const own = Number.isNaN(dew(n)) ? dewPointOfRelative(share, celsius) : dew(n);
    const dewPoint = Number.isNaN(own) ? dewPointOfSpecific(specific(n), pressure) : own;
    // air cannot be wetter than saturated on a plot of two lines
    return {
      pressure,
      temperature: celsius,
      dewPoint: Math.min(dewPoint, celsius),
      height: height(n),
      u: u(n),
      v: v(n),
    };
  });
  const known = levels.filter((level) => !Number.isNaN(level.temperature));
  return { levels: known.sort((one, other) => other.pressure - one.pressure) };
}
