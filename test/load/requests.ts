/** What is asked under load: small series of the demo run, each its own point, and big areas of everything in it. */
const KEYS = { class: 'rd', expver: '0001', domain: 'g', stream: 'oper', type: 'fc' };

/** One point, 25 steps. There are 4 000 different ones. */
export function small(n: number): Record<string, unknown> {
  const [lat, lon] = [40.25 + (n % 40) * 0.25, -79.75 + (Math.floor(n / 40) % 100) * 0.195];
  return {
    ...KEYS,
    ...{ date: '20250115', time: '0000', levtype: 'sfc', param: '2t', step: '0/to/24' },
    feature: { type: 'timeseries', points: [[lat, Number(lon.toFixed(3))]] },
  };
}

/** Every pressure level and step of four runs over most of the grid: more than two million values. */
export function big(n: number): Record<string, unknown> {
  const shift = (n % 50) * 0.01;
  return {
    ...KEYS,
    ...{ date: '20250115/20250116', time: '0000/1200', levtype: 'pl', param: 't/q/u/v', step: '0/to/24' },
    levelist: '1000/925/850/700/500/250',
    feature: {
      type: 'boundingbox',
      points: [
        [50 - shift, -80],
        [40, -60],
      ],
    },
  };
}
