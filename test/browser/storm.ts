/**
 * A made-up winter storm for the pictures of the gallery: an ensemble of a low that deepens on its way from the Great Lakes
 * to Labrador, on latitudes 32..74 and longitudes -125..-45. Smooth formulas, no physics: it only has to look like weather.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeIp } from '../../extraction/fst/ip.js';
import { isoToStamp } from '../../extraction/fst/time.js';
import { append, encode, type NativeField } from '../../native/index.js';

const [NI, NJ, STEP, SOUTH, WEST] = [241, 127, 1 / 3, 32, -125];
const BASE = '2025-01-16T00:00:00Z';
const HOURS = 48;
const MEMBERS = 20;
const LEVELS = [1000, 925, 850, 700, 500, 400, 300, 250, 200];
const KNOTS = 1.94384;
const RAD = Math.PI / 180;

const COLLECTION = {
  name: 'regional',
  class: 'rd',
  expver: '0001',
  domain: 'g',
  rules: [
    { etiket: 'R1STORM_N', stream: 'oper', type: 'fc' },
    { etiket: 'E1STORM_N*', stream: 'enfo', number: 'ip3' },
  ],
};

/** Weather at one place and hour. Temperatures in Celsius, pressure in hPa, winds in m/s. */
interface Air {
  readonly pressure: number;
  readonly temperature: number;
  readonly dewPoint: number;
  readonly rain: number;
  readonly cloud: number;
}

const bell = (x: number, y: number, wide: number, high = wide): number =>
  Math.exp(-(x * x) / (2 * wide * wide) - (y * y) / (2 * high * high));

/** Each member has its own storm: earlier or later, farther north or south, deeper or shallower. */
function nudgeOf(member: number): { readonly late: number; readonly north: number; readonly deep: number } {
  const wave = (k: number): number => Math.sin(member * k + k);
  return member === 0
    ? { late: 0, north: 0, deep: 1 }
    : { late: 5 * wave(2.4), north: 1.6 * wave(1.7), deep: 1 + 0.22 * wave(3.1) };
}

function airAt(lat: number, lon: number, hour: number, member: number): Air {
  const { late, north, deep } = nudgeOf(member);
  const age = hour - late;
  const [lowLat, lowLon] = [42 + 0.27 * age + north, -88 + 0.62 * age];
  const x = (lon - lowLon) * Math.cos(lat * RAD);
  const y = lat - lowLat;
  const depth = (13 + 0.62 * Math.min(40, Math.max(0, age + 6))) * deep;
  const pressure =
    1013 -
    0.12 * (lat - 45) +
    3 * Math.sin(lon / 9 + lat / 7) +
    19 * bell((lon + 104 - 0.2 * hour) * Math.cos(lat * RAD), lat - 50, 9, 8) -
    depth * bell(x, y, 6, 5) -
    9 * bell((lon + 62) * Math.cos(lat * RAD), lat - 64, 8, 6);
  // warm air ahead of the low goes north, cold air behind it south
  const turned = 11 * bell(x - 5, y + 2, 5.5, 7) - 9 * bell(x + 7, y + 3, 6, 7);
  const sun = 2.6 * Math.cos(((hour + lon / 15 - 14) / 12) * Math.PI);
  const temperature = 21 - 1.02 * (lat - turned - 30) + 2.4 * Math.sin(lon / 5.5) * Math.cos(lat / 4.5) + sun;
  const front = bell(x - 2 - 0.25 * y, y - 2, 4.5, 3) + 0.7 * bell(x - 1.5, y + 6, 1.2, 5);
  const cloud = Math.min(1, 1.5 * front + 0.9 * bell(x - 1, y, 9, 6) + 0.12 + 0.1 * Math.sin(lon / 3 + lat / 2));
  return {
    pressure,
    temperature,
    dewPoint: temperature - (0.8 + 7 * (1 - Math.min(1, 1.3 * cloud))),
    rain: 3.4 * deep * Math.max(0, front - 0.12),
    cloud: Math.max(0, cloud),
  };
}

/** Wind across the gradient of pressure, turned a little towards the low and slowed near the ground. */
function windAt(lat: number, lon: number, hour: number, member: number): readonly [u: number, v: number] {
  const d = 0.3;
  const p = (a: number, b: number): number => airAt(a, b, hour, member).pressure;
  const dy = (p(lat + d, lon) - p(lat - d, lon)) / (2 * d);
  const dx = (p(lat, lon + d) - p(lat, lon - d)) / (2 * d * Math.cos(lat * RAD));
  const k = 5.2 / (0.5 + Math.sin(lat * RAD));
  const [u, v] = [-k * dy, k * dx];
  return [0.94 * u - 0.34 * v + 1, 0.94 * v + 0.34 * u];
}

type Value = (lat: number, lon: number) => number;

function field(nomvar: string, ip1: number, hour: number, member: number, value: Value): NativeField {
  const values = new Float32Array(NI * NJ);
  for (let j = 0, k = 0; j < NJ; j++) {
    for (let i = 0; i < NI; i++, k++) values[k] = value(SOUTH + j * STEP, WEST + i * STEP);
  }
  return {
    nomvar,
    typvar: 'P',
    etiket: member === 0 ? 'R1STORM_N' : `E1STORM_N${String(member).padStart(3, '0')}`,
    grtyp: 'L',
    ip1,
    ip2: hour,
    ip3: member,
    ni: NI,
    nj: NJ,
    nk: 1,
    deet: 900,
    npas: hour * 4,
    ig1: Math.round(STEP * 100),
    ig2: Math.round(STEP * 100),
    ig3: Math.round((SOUTH + 90) * 100),
    ig4: Math.round((WEST + 360) * 100),
    dateo: isoToStamp(BASE),
    datyp: 134,
    nbits: 16,
    values,
  };
}

function surface(hour: number, fallen: Float64Array): NativeField[] {
  const member = 0;
  const [screen, mast] = [encodeIp(1.5, 4), encodeIp(10, 4)];
  const of =
    (key: keyof Air): Value =>
    (lat, lon) =>
      airAt(lat, lon, hour, member)[key];
  const wind =
    (part: 0 | 1): Value =>
    (lat, lon) =>
      windAt(lat, lon, hour, member)[part] * KNOTS;
  let n = 0;
  const rain: Value = (lat, lon) => {
    fallen[n] = fallen[n]! + (hour === 0 ? 0 : airAt(lat, lon, hour - 0.5, member).rain / 1000);
    return fallen[n++]!;
  };
  return [
    field('TT', screen, hour, member, of('temperature')),
    field('TD', screen, hour, member, of('dewPoint')),
    field('PN', 0, hour, member, of('pressure')),
    field('PR', 0, hour, member, rain),
    field('NT', 0, hour, member, of('cloud')),
    field('UU', mast, hour, member, wind(0)),
    field('VV', mast, hour, member, wind(1)),
    field('WGE', mast, hour, member, (lat, lon) => 1.6 * Math.hypot(...windAt(lat, lon, hour, member)) + 3),
  ];
}

/** Fields of a pressure level: colder with height, wind growing into a jet. */
function aloft(hour: number, level: number): NativeField[] {
  const up = Math.log(1000 / level);
  const air = (lat: number, lon: number): Air => airAt(lat, lon - 4 * up, hour, 0);
  const temperature: Value = (lat, lon) =>
    Math.max(-68 + (lat < 50 ? 0 : 6), 0.72 * air(lat, lon).temperature - 46 * up + (up < 0.15 ? 0 : 1.5));
  const wind = (part: 0 | 1): Value => {
    const jet = (lat: number): number => (part === 0 ? 34 * up * bell(lat - 47, 0, 9) : 0);
    return (lat, lon) => (windAt(lat, lon, hour, 0)[part] * (1.25 + 0.3 * up) + jet(lat)) * KNOTS;
  };
  const height: Value = (lat, lon) => {
    const { pressure, temperature: ground } = air(lat, lon);
    return 2.927 * (0.86 * ground + 262 - 13 * up) * Math.log(pressure / level);
  };
  const humidity: Value = (lat, lon) => {
    const warm = temperature(lat, lon);
    const full = (622 * 6.112 * Math.exp((17.67 * warm) / (warm + 243.5))) / level;
    return (full / 1000) * Math.min(0.98, 0.35 + 0.62 * air(lat, lon).cloud * (1 - 0.25 * up));
  };
  return [
    field('TT', level, hour, 0, temperature),
    field('GZ', level, hour, 0, height),
    field('HU', level, hour, 0, humidity),
    field('UU', level, hour, 0, wind(0)),
    field('VV', level, hour, 0, wind(1)),
  ];
}

/** Writes the storm below a folder: hourly at the surface, each 3 hours aloft, each 3 hours for 20 members. */
export async function writeStorm(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const fallen = new Float64Array(NI * NJ);
  for (let hour = 0; hour <= HOURS; hour++) {
    const fields = surface(hour, fallen);
    if (hour % 3 === 0) for (const level of LEVELS) fields.push(...aloft(hour, level));
    const name = `2025011600_${String(hour).padStart(3, '0')}`;
    await append(join(folder, name), 'xdf', await Promise.all(fields.map((one) => encode('xdf', one))));
    if (hour % 3 !== 0) continue;
    for (let member = 1; member <= MEMBERS; member++) {
      const own = [
        field('TT', encodeIp(1.5, 4), hour, member, (lat, lon) => airAt(lat, lon, hour, member).temperature),
        field('PN', 0, hour, member, (lat, lon) => airAt(lat, lon, hour, member).pressure),
      ];
      await append(join(folder, `${name}_ens`), 'xdf', await Promise.all(own.map((one) => encode('xdf', one))));
    }
  }
  await writeFile(join(folder, 'collection.json'), `${JSON.stringify(COLLECTION, null, 2)}\n`);
}
