/** A WMS client for tests: version 1.3.0 with its axis order, or 1.1.1. */
import assert from 'node:assert/strict';
import { type ReadPicture, readPng } from './png-reader.js';

export type TestCrs = 'CRS:84' | 'EPSG:4326' | 'EPSG:3857' | 'EPSG:5937';

export interface View {
  readonly layer: string;
  readonly crs: TestCrs;
  /** x first: west, south, east, north, or metres */
  readonly box: readonly [number, number, number, number];
  readonly width: number;
  readonly height: number;
  readonly version?: '1.3.0' | '1.1.1';
  readonly more?: Readonly<Record<string, string>>;
}

export interface FoundValue {
  readonly value: number | null;
  readonly unit: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly distance_km: number | null;
  readonly [key: string]: unknown;
}

export function addressOf(url: string, view: View, keys: Readonly<Record<string, string>>): string {
  const { version = '1.3.0', crs, box, width, height, layer, more } = view;
  const [a, b, c, d] = box;
  const latFirst = version === '1.3.0' && crs === 'EPSG:4326';
  const query = new URLSearchParams({
    service: 'WMS',
    version,
    layers: layer,
    styles: '',
    [version === '1.3.0' ? 'crs' : 'srs']: crs,
    bbox: (latFirst ? [b, a, d, c] : [a, b, c, d]).join(','),
    width: String(width),
    height: String(height),
    format: 'image/png',
    transparent: 'TRUE',
    ...keys,
    ...more,
  });
  return `${url}/wms?${query}`;
}

export async function getMap(url: string, view: View): Promise<ReadPicture> {
  const answer = await fetch(addressOf(url, view, { request: 'GetMap' }));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assert.equal(answer.headers.get('content-type'), 'image/png', new TextDecoder().decode(bytes.subarray(0, 600)));
  const picture = readPng(bytes);
  assert.deepEqual([picture.width, picture.height], [view.width, view.height]);
  return picture;
}

export async function getInfo(url: string, view: View, i: number, j: number): Promise<FoundValue> {
  const place = view.version === '1.1.1' ? { x: String(i), y: String(j) } : { i: String(i), j: String(j) };
  const keys = { request: 'GetFeatureInfo', query_layers: view.layer, info_format: 'application/json', ...place };
  const answer = await fetch(addressOf(url, view, keys));
  const text = await answer.text();
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, text);
  const { features } = JSON.parse(text) as { features: { properties: FoundValue }[] };
  assert.equal(features.length, 1);
  return features[0]!.properties;
}

/** Code of the service exception that a request is answered with. */
export async function exceptionOf(address: string): Promise<string> {
  const answer = await fetch(address);
  const text = await answer.text();
  assert.equal(answer.status, 200);
  const isOld = address.includes('version=1.1.1');
  assert.match(answer.headers.get('content-type') ?? '', isOld ? /^application\/vnd\.ogc\.se_xml/ : /^text\/xml/);
  const root = isOld
    ? '<ServiceExceptionReport version="1.1.1">'
    : '<ServiceExceptionReport version="1.3.0" xmlns="http://www.opengis.net/ogc">';
  assert.ok(text.includes(root), text);
  return /<ServiceException code="(\w+)">[^<]+</.exec(text)?.[1] ?? `no code: ${text}`;
}
