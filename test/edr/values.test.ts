/** Values of EDR, Coverages and the forecast on the demo run: equal to its formula and to the answers of the Polytope API. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask } from '../contract/http.js';
import { demoService } from '../demo-service.js';
import { coveragesOf, demoValue, type EdrCoverage, edr, valueAt } from './client.js';

const service = demoService({ now: '2025-01-17T09:00:00Z' });

const RUN = 'instances/20250115T000000Z';
const get = async (path: string): Promise<readonly EdrCoverage[]> =>
  coveragesOf(await edr(service.url, `/collections/${path}`));
const axis = (coverage: EdrCoverage, name: string): readonly unknown[] => coverage.domain.axes[name]!.values;
/** the float32 behind a decimal of an answer */
const single = (value: number | null): number => Math.fround(value ?? Number.NaN);

describe('position', () => {
  it('is the nearest grid point with its own coordinates, all steps', async () => {
    const [coverage, ...more] = await get(`demo-sfc/${RUN}/position?coords=POINT(-73.6 45.4)&parameter-name=TT`);
    assert.equal(more.length, 0);
    assert.deepEqual(
      [coverage!.domain.domainType, axis(coverage!, 'x'), axis(coverage!, 'y')],
      ['PointSeries', [-73.5], [45.5]],
    );
    assert.equal(axis(coverage!, 't').length, 25);
    assert.equal(coverage!.domain.axes['z'], undefined);
    const expected = Array.from({ length: 25 }, (_, hour) => demoValue(10, { lat: 45.5, lon: -73.5, hour }));
    assert.deepEqual(coverage!.ranges['TT']!.values.map(single), expected);
  });

  it('equals the answer of the Polytope API under both names', async () => {
    for (const [name, levtype] of [
      ['2t', 'sfc'],
      ['TT', 'sfc'],
      ['10u', 'sfc'],
      ['gh', 'pl'],
      ['GZ', 'pl'],
    ] as const) {
      const level = levtype === 'pl' ? { levelist: '500' } : {};
      const request = {
        class: 'rd',
        stream: 'oper',
        type: 'fc',
        expver: '0001',
        domain: 'g',
        date: '20250115',
        time: '0000',
        levtype,
        ...level,
        param: name,
        step: '0/to/24/by/3',
        format: 'covjson-ogc',
        feature: { type: 'timeseries', points: [[45.4, -73.6]] },
      };
      const { body } = await service.ask('demo', request);
      const expected = (body as { coverages: EdrCoverage[] }).coverages[0]!;
      const z = levtype === 'pl' ? '&z=500' : '';
      const times = axis(expected, 't').join(',');
      const [coverage] = await get(
        `demo-${levtype}/${RUN}/position?coords=POINT(-73.6 45.4)&parameter-name=${name}${z}&datetime=${times}`,
      );
      assert.deepEqual(coverage!.ranges[name]!.values, expected.ranges[name]!.values, name);
      assert.deepEqual(axis(coverage!, 't'), axis(expected, 't'));
    }
  });

  it('has the shape of what varies', async () => {
    const at = `demo-pl/${RUN}/position?coords=POINT(-73.5 45.5)&parameter-name=TT`;
    const [profile] = await get(`${at}&datetime=2025-01-15T06:00:00Z`);
    assert.deepEqual(
      [profile!.domain.domainType, axis(profile!, 'z')],
      ['VerticalProfile', [1000, 925, 850, 700, 500, 250]],
    );
    const [grid] = await get(`${at}&z=100/700&datetime=2025-01-15T06:00:00Z/2025-01-15T08:00:00Z`);
    assert.deepEqual(
      [grid!.domain.domainType, grid!.ranges['TT']!.axisNames, grid!.ranges['TT']!.shape],
      ['Grid', ['t', 'z', 'y', 'x'], [3, 3, 1, 1]],
    );
    const value = valueAt(grid!, 'TT', { t: '2025-01-15T07:00:00Z', z: 500, y: 45.5, x: -73.5 });
    assert.equal(single(value), demoValue(10, { lat: 45.5, lon: -73.5, hour: 7, level: 500 }));
    const [model] = await get(
      `demo-ml/${RUN}/position?coords=POINT(-73.5 45.5)&parameter-name=TT&z=0.85&datetime=2025-01-15T06:00:00Z`,
    );
    assert.equal(
      single(model!.ranges['TT']!.values[0]!),
      demoValue(10, { lat: 45.5, lon: -73.5, hour: 6, level: 850 }),
    );
  });

  it('members are coverages of their own, by number', async () => {
    const found = await get(
      `demo-sfc/${RUN}/position?coords=POINT(-73.5 45.5)&parameter-name=TT&number=1/3&datetime=2025-01-15T06:00:00Z`,
    );
    assert.deepEqual(
      found.map((one) => one['mars:metadata']['number']),
      [1, 2, 3],
    );
    const expected = [1, 2, 3].map((number) => demoValue(10, { lat: 45.5, lon: -73.5, hour: 6, number }));
    assert.deepEqual(
      found.map((one) => single(one.ranges['TT']!.values[0]!)),
      expected,
    );
  });

  it('without an instance the newest complete run gives each valid time', async () => {
    const [coverage] = await get('demo-sfc/position?coords=POINT(-73.5 45.5)&parameter-name=TT');
    const times = axis(coverage!, 't') as string[];
    assert.deepEqual([times[0], times.at(-1), times.length], ['2025-01-15T00:00:00Z', '2025-01-17T12:00:00Z', 61]);
    // the run of 12 UTC on the 15th gives its first hours, that of the 16th 00 UTC what follows
    for (const [time, hour, day] of [
      ['2025-01-15T11:00:00Z', 11, 0],
      ['2025-01-15T12:00:00Z', 0, 0.5],
      ['2025-01-16T00:00:00Z', 0, 1],
      ['2025-01-17T12:00:00Z', 24, 1.5],
    ] as const) {
      assert.equal(
        single(valueAt(coverage!, 'TT', { t: time })),
        demoValue(10, { lat: 45.5, lon: -73.5, hour, day }),
        time,
      );
    }
  });

  it('times are closed at both ends; parameters with other times leave gaps, not coverages', async () => {
    const [coverage] = await get(
      `demo-sfc/${RUN}/position?coords=POINT(-73.5 45.5)&parameter-name=TT,PR&datetime=2025-01-15T02:00:00Z/2025-01-15T04:00:00Z`,
    );
    assert.equal(axis(coverage!, 't').length, 6);
    assert.equal(valueAt(coverage!, 'TT', { t: '2025-01-15T02:15:00Z' }), null);
    assert.equal(
      single(valueAt(coverage!, 'PR', { t: '2025-01-15T02:15:00Z' })),
      demoValue(0, { lat: 45.5, lon: -73.5, hour: 2.25 }),
    );
  });
});

describe('areas and paths', () => {
  const TIME = 'datetime=2025-01-15T06:00:00Z';

  it('an area has the points inside and on the edge, not those in its holes', async () => {
    const ring = '(-75 45,-73 45,-73 47,-75 47,-75 45)';
    const hole = '(-74.6 45.4,-73.4 45.4,-73.4 46.6,-74.6 46.6,-74.6 45.4)';
    const [coverage] = await get(`demo-sfc/${RUN}/area?coords=POLYGON(${ring},${hole})&parameter-name=TT&${TIME}`);
    const tuples = coverage!.domain.axes['composite']!.values as [number, number][];
    assert.equal(tuples.length, 25 - 9);
    for (const [n, [lon, lat]] of tuples.entries()) {
      assert.equal(single(coverage!.ranges['TT']!.values[n]!), demoValue(10, { lat, lon, hour: 6 }));
    }
  });

  it('a radius is in kilometres', async () => {
    const [coverage] = await get(
      `demo-sfc/${RUN}/radius?coords=POINT(-75 45)&within=56&within-units=km&parameter-name=TT&${TIME}`,
    );
    const near = coverage!.domain.axes['composite']!.values;
    assert.deepEqual(near, [
      [-75, 44.5],
      [-75.5, 45],
      [-75, 45],
      [-74.5, 45],
      [-75, 45.5],
    ]);
  });

  it('a cube is a grid of rows and columns, of levels and times', async () => {
    const [coverage] = await get(
      `demo-pl/${RUN}/cube?bbox=-75,45,-74,45.5&z=500,850&parameter-name=TT&datetime=2025-01-15T06:00:00Z/2025-01-15T07:00:00Z`,
    );
    assert.deepEqual(coverage!.ranges['TT']!.shape, [2, 2, 2, 3]);
    assert.equal(
      single(valueAt(coverage!, 'TT', { t: '2025-01-15T07:00:00Z', z: 850, y: 45.5, x: -74 })),
      demoValue(10, { lat: 45.5, lon: -74, hour: 7, level: 850 }),
    );
    const six = await get(`demo-pl/${RUN}/cube?bbox=-75,45,500,-74,45.5,850&parameter-name=TT&${TIME}`);
    assert.deepEqual(axis(six[0]!, 'z'), [850, 700, 500]);
    const [coarse] = await get(
      `demo-pl/${RUN}/cube?bbox=-75,45,-73,46&z=500&parameter-name=TT&${TIME}&resolution-x=2&resolution-y=3`,
    );
    assert.deepEqual(
      [axis(coarse!, 'x'), axis(coarse!, 'y')],
      [
        [-75, -73],
        [45, 45.5, 46],
      ],
    );
  });

  it('a trajectory takes level and time from its vertices, over runs', async () => {
    const [early, late] = [Date.UTC(2025, 0, 15, 6) / 1000, Date.UTC(2025, 0, 15, 23) / 1000];
    const [coverage, ...more] = await get(
      `demo-pl/trajectory?coords=LINESTRINGZM(-75 45 500 ${early},-74 46 850 ${late})&parameter-name=TT`,
    );
    assert.equal(more.length, 0);
    assert.deepEqual(coverage!.domain.axes['composite']!.values, [
      ['2025-01-15T06:00:00Z', -75, 45, 500],
      ['2025-01-15T23:00:00Z', -74, 46, 850],
    ]);
    const expected = [
      demoValue(10, { lat: 45, lon: -75, hour: 6, level: 500 }),
      demoValue(10, { lat: 46, lon: -74, hour: 11, level: 850, day: 0.5 }),
    ];
    assert.deepEqual(coverage!.ranges['TT']!.values.map(single), expected);
  });

  it('a corridor keeps its width and the order along it', async () => {
    const [coverage] = await get(
      `demo-sfc/${RUN}/corridor?coords=LINESTRING(-76 45,-74 45)&corridor-width=112&width-units=km&parameter-name=TT&${TIME}`,
    );
    const tuples = coverage!.domain.axes['composite']!.values as [string, number, number][];
    // three rows of five, and the points 39 km before and behind the ends
    assert.equal(tuples.length, 5 * 3 + 2);
    const along = tuples.map(([, lon]) => Math.max(-76, Math.min(-74, lon)));
    assert.deepEqual(
      along,
      [...along].sort((one, other) => one - other),
    );
    assert.ok(tuples.every(([, , lat]) => Math.abs(lat - 45) <= 0.5));
  });
});

describe('coverages', () => {
  it('subset chooses parts of axes', async () => {
    const subset = 'Lat(45:45.5),Lon(-75:-74),pressure(500),time("2025-01-15T06:00:00Z")';
    const [coverage] = await get(`demo-pl/${RUN}/coverage?properties=TT&subset=${subset}`);
    assert.deepEqual([coverage!.domain.domainType, coverage!.ranges['TT']!.shape], ['Grid', [1, 1, 2, 3]]);
    assert.equal(single(coverage!.ranges['TT']!.values[0]!), demoValue(10, { lat: 45, lon: -75, hour: 6, level: 500 }));
    const same = await get(
      `demo-pl/${RUN}/coverage?properties=TT&bbox=-75,45,-74,45.5&datetime=2025-01-15T06:00:00Z&subset=pressure(500)`,
    );
    assert.deepEqual(same[0]!.ranges, coverage!.ranges);
  });

  it('scales to the numbers asked for', async () => {
    const at = `demo-pl/${RUN}/coverage?properties=TT&subset=pressure(500),time("2025-01-15T06:00:00Z")`;
    const [sized] = await get(`${at}&scale-size=Lon(11),Lat(6)`);
    assert.deepEqual(sized!.ranges['TT']!.shape, [1, 1, 6, 11]);
    assert.equal(
      single(valueAt(sized!, 'TT', { t: '2025-01-15T06:00:00Z', z: 500, y: 42, x: -78 })),
      demoValue(10, { lat: 42, lon: -78, hour: 6, level: 500 }),
    );
    const [halved] = await get(`${at}&scale-factor=2`);
    assert.deepEqual(halved!.ranges['TT']!.shape, [1, 1, 11, 21]);
  });

  it('describes its fields and refuses axes that it has not', async () => {
    const schema = await edr(service.url, '/collections/demo-pl/schema');
    assert.equal(schema.headers['content-type'], 'application/schema+json');
    const { properties } = schema.json as { properties: Record<string, Record<string, unknown>> };
    assert.deepEqual([properties['t']!['x-ogc-unit'], properties['t']!['type']], ['K', 'number']);
    for (const wrong of [
      'subset=Depth(1',
      'subset=Frog(1)',
      'scale-size=Lon(0)',
      'scale-factor=-1',
      'scale-factor=2&scale-size=Lon(2)',
      'bbox=-75,45,-74,46&subset=Lat(45)',
    ]) {
      const reply = await edr(service.url, `/collections/demo-pl/coverage?${wrong}`);
      assert.deepEqual([reply.status, typeof reply.json['code']], [400, 'string'], wrong);
    }
  });
});

describe('/v1/forecast', () => {
  interface Forecast {
    readonly latitude: number;
    readonly longitude: number;
    readonly hourly_units: Readonly<Record<string, string>>;
    readonly hourly: { readonly time: readonly (string | number)[] } & Readonly<
      Record<string, readonly (number | string | null)[]>
    >;
  }
  const forecast = async (query: string): Promise<Forecast | Forecast[]> => {
    const reply = await ask(service.url, `/v1/forecast?${query}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.json as unknown as Forecast | Forecast[];
  };
  const one = async (query: string): Promise<Forecast> =>
    (await forecast(`latitude=45.5&longitude=-73.5&${query}`)) as Forecast;
  const place = { lat: 45.5, lon: -73.5, day: 1.5 };

  it('answers the newest run in the units of that API', async () => {
    const { hourly, hourly_units, latitude, longitude } = await one(
      'hourly=temperature_2m,pressure_msl,geopotential_height_500hPa,cloud_cover',
    );
    assert.deepEqual([latitude, longitude], [45.5, -73.5]);
    assert.deepEqual([hourly.time.length, hourly.time[0]], [25, '2025-01-16T12:00']);
    assert.deepEqual(hourly_units, {
      time: 'iso8601',
      temperature_2m: '°C',
      pressure_msl: 'hPa',
      geopotential_height_500hPa: 'm',
      cloud_cover: '%',
    });
    for (const [name, base, scale, level] of [
      ['temperature_2m', 10, 1, 1000],
      ['pressure_msl', 1010, 1, 1000],
      ['geopotential_height_500hPa', 100, 10, 500],
      ['cloud_cover', 0, 100, 1000],
    ] as const) {
      hourly[name]!.forEach((value, hour) => {
        const expected = scale * demoValue(base, { ...place, hour, level });
        assert.ok(Math.abs(Number(value) - expected) <= 0.0501, `${name} ${hour}: ${value} ${expected}`);
      });
    }
  });

  it('wind has speed in km/h and the direction that it comes from', async () => {
    const { hourly } = await one('hourly=wind_speed_10m,wind_direction_10m');
    const [u, v] = [demoValue(20, { ...place, hour: 3 }), demoValue(-15, { ...place, hour: 3 })];
    assert.ok(Math.abs(Number(hourly['wind_speed_10m']![3]) - Math.hypot(u, v) * 1.852) < 0.06);
    const from = (Math.atan2(-u, -v) * 180) / Math.PI;
    assert.ok(Math.abs(Number(hourly['wind_direction_10m']![3]) - ((from + 360) % 360)) <= 0.51);
  });

  it('precipitation is the amount since the step before', async () => {
    const alone = await one('hourly=precipitation');
    assert.equal(alone.hourly.time.length, 34);
    assert.deepEqual(alone.hourly['precipitation']!.slice(0, 3), [null, 62.5, 62.5]);
    const both = await one('hourly=precipitation,temperature_2m');
    assert.equal(both.hourly.time.length, 25);
    assert.deepEqual(both.hourly['precipitation']!.slice(0, 3), [null, 250, 250]);
    const later = await one('hourly=precipitation&start_hour=2025-01-17T00:00&end_hour=2025-01-17T02:00');
    assert.deepEqual(later.hourly['precipitation'], [250, 250, 250]);
  });

  it('several places are a list; hours count from now', async () => {
    const places = (await forecast(
      'latitude=45.5,46&longitude=-73.5,-70.1&hourly=2t&forecast_hours=2&past_hours=1&timeformat=unixtime',
    )) as Forecast[];
    assert.deepEqual(
      places.map(({ latitude, longitude }) => [latitude, longitude]),
      [
        [45.5, -73.5],
        [46, -70],
      ],
    );
    const nine = Date.UTC(2025, 0, 17, 9) / 1000;
    assert.deepEqual(places[0]!.hourly.time, [nine - 3600, nine, nine + 3600]);
  });

  it('refuses in its own words', async () => {
    const wrong = [
      '',
      'latitude=45.5',
      'latitude=45.5,46&longitude=-73',
      'latitude=91&longitude=0',
      'latitude=0&longitude=0&hourly=2t',
      'latitude=45.5&longitude=-73&hourly=frogs',
      'latitude=45.5&longitude=-73&hourly=temperature_333hPa',
      'latitude=45.5&longitude=-73&models=nothing',
      'latitude=45.5&longitude=-73&hourly=2t&timeformat=x',
      'latitude=45.5&longitude=-73&hourly=2t&start_hour=x',
    ];
    for (const query of wrong) {
      const reply = await ask(service.url, `/v1/forecast?${query}`);
      assert.equal(reply.status, 400, query);
      assert.deepEqual(Object.keys(reply.json), ['error', 'reason'], query);
      assert.equal(reply.json['error'], true);
    }
    const other = await ask(service.url, '/v1/forecast', { method: 'POST' });
    assert.deepEqual([other.status, other.json['error']], [405, true]);
  });
});
