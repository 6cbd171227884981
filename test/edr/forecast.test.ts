/** How `/v1/forecast` takes its options: units, time zones, lists as programs send them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoService } from '../demo-service.js';

const service = demoService();

interface Forecast {
  readonly timezone: string;
  readonly timezone_abbreviation: string;
  readonly utc_offset_seconds: number;
  readonly location_id?: number;
  readonly hourly_units: Readonly<Record<string, string>>;
  readonly hourly: Readonly<Record<string, readonly (number | string | null)[]>>;
}

async function forecast(query: string): Promise<Forecast> {
  const reply = await fetch(`${service.url}/v1/forecast?${query}`);
  const text = await reply.text();
  assert.equal(reply.status, 200, text);
  return JSON.parse(text) as Forecast;
}

async function reasonOf(query: string): Promise<string> {
  const reply = await fetch(`${service.url}/v1/forecast?${query}`);
  assert.equal(reply.status, 400, query);
  return ((await reply.json()) as { reason: string }).reason;
}

const PLACE = 'latitude=45.5&longitude=-73.5';

describe('/v1/forecast', () => {
  it('gives the units asked for', async () => {
    const names = 'temperature_2m,wind_speed_10m,precipitation,pressure_msl';
    const plain = await forecast(`${PLACE}&hourly=${names}`);
    for (const [key, name, unit, scale, offset, slack] of [
      ['temperature_unit=fahrenheit', 'temperature_2m', '°F', 1.8, 32, 0.15],
      ['wind_speed_unit=ms', 'wind_speed_10m', 'm/s', 1 / 3.6, 0, 0.02],
      ['wind_speed_unit=mph', 'wind_speed_10m', 'mp/h', 1 / 1.609344, 0, 0.1],
      ['windspeed_unit=kn', 'wind_speed_10m', 'kn', 1 / 1.852, 0, 0.1],
      ['precipitation_unit=inch', 'precipitation', 'inch', 1 / 25.4, 0, 0.001],
    ] as const) {
      const other = await forecast(`${PLACE}&hourly=${names}&${key}`);
      assert.deepEqual(other.hourly_units, { ...plain.hourly_units, [name]: unit }, key);
      plain.hourly[name]!.forEach((value, n) => {
        const found = other.hourly[name]![n];
        if (value === null) assert.equal(found, null);
        else assert.ok(Math.abs(Number(found) - (Number(value) * scale + offset)) <= slack, `${key} ${value} ${found}`);
      });
    }
    for (const wrong of ['temperature_unit=kelvin', 'wind_speed_unit=constructor', 'precipitation_unit=cm'])
      assert.match(await reasonOf(`${PLACE}&hourly=${names}&${wrong}`), new RegExp(`^${wrong.split('=')[0]}`));
  });

  it('gives times of a zone', async () => {
    const query = `${PLACE}&hourly=temperature_2m&timezone=America/Toronto`;
    const [gmt, local] = [await forecast(`${PLACE}&hourly=temperature_2m`), await forecast(query)];
    assert.deepEqual([gmt.timezone, gmt.utc_offset_seconds, gmt.hourly['time']![0]], ['GMT', 0, '2025-01-16T12:00']);
    assert.deepEqual(
      [local.timezone, local.timezone_abbreviation, local.utc_offset_seconds, local.hourly['time']![0]],
      ['America/Toronto', 'EST', -18_000, '2025-01-16T07:00'],
    );
    assert.deepEqual(local.hourly['temperature_2m'], gmt.hourly['temperature_2m']);
    const unix = await forecast(`${query}&timeformat=unixtime`);
    assert.equal(unix.hourly['time']![0], Date.UTC(2025, 0, 16, 12) / 1000);
    const part = await forecast(`${query}&start_hour=2025-01-16T08:00&end_hour=2025-01-16T09:00`);
    assert.deepEqual(part.hourly['time'], ['2025-01-16T08:00', '2025-01-16T09:00']);
    const half = await forecast(`${PLACE}&hourly=temperature_2m&timezone=Asia%2FKolkata`);
    assert.deepEqual([half.utc_offset_seconds, half.hourly['time']![0]], [19_800, '2025-01-16T17:30']);
    assert.match(await reasonOf(`${PLACE}&hourly=temperature_2m&timezone=Mars/Olympus`), /^timezone/);
  });

  it('takes lists as one value or as several', async () => {
    const query = 'latitude=45.5&latitude=46&longitude=-73.5&longitude=-70&hourly=temperature_2m&hourly=pressure_msl';
    const places = (await forecast(query)) as unknown as Forecast[];
    assert.deepEqual(
      places.map((one) => one.location_id),
      [undefined, 1],
    );
    for (const place of places) assert.deepEqual(Object.keys(place.hourly), ['time', 'temperature_2m', 'pressure_msl']);
    assert.match(await reasonOf(`${PLACE}&hourly=2t&timezone=GMT&timezone=UTC`), /timezone/);
  });
});
