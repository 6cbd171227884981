/** The protocol of the WMS: capabilities, dimensions, several layers, styles, legends and refusals, on the demo run. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensureDemo } from '../../cli/demo.js';
import { startTestService, type TestService } from '../service.js';
import { addressOf, exceptionOf, getInfo, getMap, type View } from './client.js';
import { readPng } from './png-reader.js';

const VIEW: View = { layer: 'demo-sfc/2t', crs: 'CRS:84', box: [-85, 35, -55, 55], width: 120, height: 80 };
const MIDDLE = [60, 40] as const;

describe('WMS on the demo run', () => {
  let folder: string;
  let service: TestService;
  const url = (): string => service.url;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-wms-'));
    await ensureDemo(folder);
    service = await startTestService([folder]);
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const text = async (query: string): Promise<string> => (await fetch(`${url()}/wms?${query}`)).text();
  const layerOf = (xml: string, name: string): string =>
    xml.split('<Layer ').find((part) => part.includes(`<Name>${name}</Name>`)) ?? '';

  it('lists layers with boxes in the axis order of the version', async () => {
    const xml = await text('SERVICE=WMS&REQUEST=GetCapabilities');
    assert.match(xml, /<WMS_Capabilities version="1.3.0" xmlns="http:\/\/www.opengis.net\/wms"/);
    assert.match(xml, /<BoundingBox CRS="CRS:84" minx="-80" miny="40" maxx="-60" maxy="50"\/>/);
    assert.match(xml, /<BoundingBox CRS="EPSG:4326" minx="40" miny="-80" maxx="50" maxy="-60"\/>/);
    for (const crs of ['CRS:84', 'EPSG:4326', 'EPSG:3857', 'EPSG:5937']) assert.ok(xml.includes(`<CRS>${crs}</CRS>`));
    const hrefs = [...xml.matchAll(/<(Get)><OnlineResource [^>]*xlink:href="([^"]*)"/g)].map((match) => match[2]!);
    assert.ok(hrefs.length >= 3 && hrefs.every((href) => href.endsWith('/wms?')), hrefs.join(' '));
    const old = await text('service=wms&request=getcapabilities&version=1.1.1');
    assert.match(old, /<WMT_MS_Capabilities version="1.1.1">/);
    assert.match(old, /<BoundingBox SRS="EPSG:4326" minx="-80" miny="40" maxx="-60" maxy="50"\/>/);
    assert.match(layerOf(old, 'demo-pl/t'), /<Extent name="elevation" default="1000"[^>]*>1000,925,850,700,500,250</);
  });

  it('answers each version asked for with the newest that is not newer', async () => {
    for (const [asked, served] of [
      ['0.0.1', '1.1.1'],
      ['1.0.0', '1.1.1'],
      ['1.1.1', '1.1.1'],
      ['1.2.0', '1.1.1'],
      ['1.3.0', '1.3.0'],
      ['100.0.0', '1.3.0'],
      ['newest', '1.3.0'],
    ] as const) {
      const xml = await text(`service=WMS&request=GetCapabilities&version=${asked}`);
      assert.match(xml, new RegExp(`<(WMS|WMT_MS)_Capabilities version="${served}"`), asked);
    }
    const options = await fetch(`${url()}/wms`, { method: 'OPTIONS' });
    assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, OPTIONS']);
  });

  it('lists dimensions with values that it accepts', async () => {
    const layer = layerOf(await text('service=WMS&request=GetCapabilities'), 'demo-pl/t');
    const dimension = (name: string): RegExpExecArray =>
      new RegExp(`<Dimension name="${name}"([^>]*)>([^<]*)<`).exec(layer) ?? assert.fail(name);
    assert.match(dimension('time')[2]!, /^2025-01-15T00:00:00Z\/2025-01-17T12:00:00Z\/PT\d+H$|Z,/);
    assert.match(dimension('elevation')[1]!, /units="hPa" unitSymbol="hPa" default="1000"/);
    assert.match(dimension('reference_time')[1]!, /default="2025-01-16T12:00:00Z"/);
    assert.equal(dimension('number')[2], '0,1,2,3,4');
    const view = { ...VIEW, layer: 'demo-pl/t' };
    for (const more of [
      { elevation: '850', dim_reference_time: '2025-01-15T12:00:00Z', time: '2025-01-15T18:00:00Z' },
      { dim_number: '3' },
      { time: 'current', dim_reference_time: 'current' },
    ]) {
      assert.ok((await getMap(url(), { ...view, more })).colours().size > 1);
    }
  });

  it('chooses the record that the dimensions name', async () => {
    const info = async (layer: string, more: Record<string, string>) =>
      getInfo(url(), { ...VIEW, layer, more }, ...MIDDLE);
    // the demo's formula at 45 N, 70 W, or the point beside it
    const at = { dim_reference_time: '2025-01-15T12:00:00Z', time: '2025-01-15T18:00:00Z' };
    const value = (lat: number, lon: number, level: number, member = 0): number =>
      10 + 0.1 * lat - 0.05 * lon + 0.25 * 6 + member - 0.01 * (1000 - level) + 2 * 0.5 + 273.15;
    const near = await info('demo-pl/t', { ...at, elevation: '850' });
    assert.ok(Math.abs(near.value! - value(near.latitude!, near.longitude!, 850)) < 0.02, JSON.stringify(near));
    assert.equal(near['elevation'], 850);
    const member = await info('demo-pl/t', { ...at, elevation: '500', dim_number: '3' });
    assert.ok(
      Math.abs(member.value! - value(member.latitude!, member.longitude!, 500, 3)) < 0.02,
      JSON.stringify(member),
    );
    const newest = await info('demo-sfc/2t', {});
    assert.equal(newest['time'], '2025-01-17T12:00:00Z');
    assert.equal(newest['reference_time'], '2025-01-16T12:00:00Z');
    // a time of two runs comes from the newer one
    const later = await info('demo-sfc/2t', { time: '2025-01-16T00:00:00Z' });
    assert.equal(later['reference_time'], '2025-01-16T00:00:00Z');
  });

  it('puts temperature edges at multiples of 5 degrees though values come in kelvin', async () => {
    const view = { ...VIEW, width: 400, height: 300 };
    const picture = await getMap(url(), view);
    const seen = new Map<string, number[]>();
    for (let n = 0; n < 150; n++) {
      const [i, j] = [(n * 37) % 400, (n * 53) % 300];
      const { value, unit } = await getInfo(url(), view, i, j);
      if (value === null) {
        assert.equal(picture.at(i, j), '#00000000');
        continue;
      }
      assert.equal(unit, 'K');
      const colour = picture.at(i, j);
      seen.set(colour, [...(seen.get(colour) ?? []), value - 273.15]);
    }
    assert.ok(seen.size >= 1);
    for (const values of seen.values()) {
      const bins = new Set(values.map((value) => Math.floor((value + 1e-4) / 5)));
      assert.equal(bins.size, 1, values.join(' '));
    }
  });

  it('draws layers in order', async () => {
    const wide: View = { ...VIEW, width: 300, height: 200 };
    const fill = await getMap(url(), wide);
    const both = await getMap(url(), {
      ...wide,
      layer: 'demo-sfc/2t,demo-sfc/msl',
      more: { styles: 'fill,contours' },
    });
    const other = await getMap(url(), {
      ...wide,
      layer: 'demo-sfc/msl,demo-sfc/2t',
      more: { styles: 'contours,fill' },
    });
    assert.deepEqual(other.colours(), fill.colours());
    assert.ok(both.colours().size > fill.colours().size);
    const opaque = await getMap(url(), { ...wide, more: { transparent: 'FALSE', bgcolor: '0x102030' } });
    assert.equal(opaque.at(0, 0), '#102030ff');
  });

  it('draws every style of a wind', async () => {
    for (const style of ['fill', 'speed', 'barbs', 'arrows']) {
      const picture = await getMap(url(), {
        ...VIEW,
        layer: 'demo-pl/u',
        width: 300,
        height: 200,
        more: { styles: style },
      });
      assert.ok(picture.colours().size > 1, style);
    }
  });

  it('shows each colour of a fill in its legend, unblended', async () => {
    for (const [layer, colours] of [
      ['demo-sfc/2t', ['#35114fff', '#fbf0c4ff', '#6e1024ff', '#d3ecf4ff']],
      ['demo-sfc/tp', ['#d5eef3ff', '#380a2cff']],
      ['demo-sfc/tcc', ['#eceff1ff', '#5d6a75ff']],
    ] as const) {
      for (const ratio of ['1', '2']) {
        const answer = await fetch(
          `${url()}/wms?service=WMS&request=GetLegendGraphic&layer=${layer}&pixelratio=${ratio}`,
        );
        const seen = readPng(new Uint8Array(await answer.arrayBuffer())).colours();
        for (const colour of colours) assert.ok(seen.has(colour), `${layer} ${colour}`);
      }
    }
    const scale = (await (
      await fetch(`${url()}/wms?request=GetLegendGraphic&layer=demo-sfc/2t&format=application/json`)
    ).json()) as { unit: string; breaks: number[]; colours: string[] };
    assert.equal(scale.unit, 'degC');
    assert.equal(scale.colours.length, scale.breaks.length + 1);
  });

  it('refuses with the codes of the standard', async () => {
    const map = (view: Partial<View>, more: Record<string, string> = {}): string =>
      addressOf(url(), { ...VIEW, ...view, more }, { request: 'GetMap' });
    const cases: readonly (readonly [address: string, code: string])[] = [
      [map({ layer: 'demo-sfc/nothing' }), 'LayerNotDefined'],
      [map({ layer: 'x' }), 'LayerNotDefined'],
      [map({}, { styles: 'rainbow' }), 'StyleNotDefined'],
      [map({}, { styles: 'fill,fill' }), 'StyleNotDefined'],
      [map({}, { crs: 'EPSG:2154' }), 'InvalidCRS'],
      [map({ version: '1.1.1' }, { srs: 'EPSG:2154' }), 'InvalidSRS'],
      [map({}, { format: 'image/tiff' }), 'InvalidFormat'],
      [map({}, { time: '2020-01-01T00:00:00Z' }), 'InvalidDimensionValue'],
      [map({}, { time: 'yesterday' }), 'InvalidDimensionValue'],
      [map({ layer: 'demo-pl/t' }, { elevation: '851' }), 'InvalidDimensionValue'],
      [map({ layer: 'demo-pl/t' }, { dim_number: '9' }), 'InvalidDimensionValue'],
      [map({}, { dim_reference_time: '2025-01-15T06:00:00Z' }), 'InvalidDimensionValue'],
      [map({}, { width: '0' }), 'InvalidParameterValue'],
      [map({}, { width: '100000' }), 'InvalidParameterValue'],
      [map({ box: [10, 10, 0, 20] }), 'InvalidParameterValue'],
      [`${url()}/wms?service=WMS&request=GetMap&layers=demo-sfc/2t`, 'MissingParameterValue'],
      [`${url()}/wms?service=WMS&request=GetNothing`, 'OperationNotSupported'],
    ];
    for (const [address, code] of cases) assert.equal(await exceptionOf(address), code, address);
    const info = (keys: Record<string, string>): string =>
      addressOf(url(), VIEW, { request: 'GetFeatureInfo', query_layers: VIEW.layer, ...keys });
    assert.equal(await exceptionOf(info({ i: '120', j: '0' })), 'InvalidPoint');
    assert.equal(await exceptionOf(info({ i: '-1', j: '0' })), 'InvalidPoint');
    assert.equal(await exceptionOf(info({ i: '1', j: '1', info_format: 'image/png' })), 'InvalidFormat');
    assert.equal(await exceptionOf(info({ i: '1', j: '1', query_layers: 'demo-sfc/msl' })), 'LayerNotDefined');
  });

  it('draws a refusal where a picture is asked for', async () => {
    const view = { ...VIEW, layer: 'nothing', width: 300, height: 60 };
    assert.deepEqual([...(await getMap(url(), { ...view, more: { exceptions: 'BLANK' } })).colours()], ['#00000000']);
    assert.ok((await getMap(url(), { ...view, more: { exceptions: 'INIMAGE' } })).colours().size > 2);
  });

  it('answers GetFeatureInfo as text and as a page', async () => {
    const keys = { request: 'GetFeatureInfo', query_layers: VIEW.layer, i: '60', j: '40' };
    const plain = await (await fetch(addressOf(url(), VIEW, { ...keys, info_format: 'text/plain' }))).text();
    assert.match(plain, /^value = [\d.]+$/m);
    assert.match(plain, /^distance_km = [\d.]+$/m);
    const wind = await getInfo(url(), { ...VIEW, layer: 'demo-pl/u', more: { styles: 'speed' } }, ...MIDDLE);
    assert.equal(wind.unit, 'm/s');
    assert.equal(wind.value, wind['wind_speed']);
    const u = await getInfo(url(), { ...VIEW, layer: 'demo-pl/u' }, ...MIDDLE);
    const v = await getInfo(url(), { ...VIEW, layer: 'demo-pl/v' }, ...MIDDLE);
    assert.ok(Math.abs(Math.hypot(u.value!, v.value!) - wind.value!) < 1e-4);
    const from = (180 + (Math.atan2(u.value!, v.value!) * 180) / Math.PI) % 360;
    assert.ok(Math.abs(Number(wind['wind_from_direction']) - from) < 0.1, `${wind['wind_from_direction']} ${from}`);
    const page = await fetch(addressOf(url(), VIEW, { ...keys, info_format: 'text/html' }));
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await page.text(), /<th scope="row">value<\/th>/);
  });

  it('answers GetFeatureInfo with the time series of the run at the click', async () => {
    for (const layer of ['demo-sfc/2t', 'demo-pl/u']) {
      const view = { ...VIEW, layer };
      const keys = { request: 'GetFeatureInfo', query_layers: layer, i: '60', j: '40' };
      const answer = await fetch(addressOf(url(), view, { ...keys, info_format: 'application/vnd.cov+json' }));
      const coverage = (await answer.json()) as {
        domain: { domainType: string; axes: { t: { values: string[] } } };
        ranges: Record<string, { values: number[] }>;
      };
      assert.equal(coverage.domain.domainType, 'PointSeries');
      const times = coverage.domain.axes.t.values;
      const { values } = coverage.ranges[layer.split('/')[1]!]!;
      assert.ok(times.length > 3 && values.length === times.length);
      const time = times[2]!;
      const info = await getInfo(url(), { ...view, more: { time, dim_reference_time: 'current' } }, ...MIDDLE);
      assert.equal(values[2], info.value);
    }
  });

  it('serves the same pictures as OGC API Maps', async () => {
    const at = `${url()}/edr/collections/demo-sfc`;
    const answer = await fetch(`${at}/styles/2t.fill/map?bbox=-85,35,-55,55&width=120&height=80&transparent=true`);
    assert.equal(answer.headers.get('content-type'), 'image/png');
    const picture = readPng(new Uint8Array(await answer.arrayBuffer()));
    const map = await getMap(url(), VIEW);
    for (let n = 0; n < 100; n++)
      assert.equal(picture.at((n * 7) % 120, (n * 3) % 80), map.at((n * 7) % 120, (n * 3) % 80));
    assert.equal((await fetch(`${at}/map?width=10`)).status, 200);
    assert.equal((await fetch(`${at}/map?bbox=1,2,3`)).status, 400);
    assert.equal((await fetch(`${at}/styles/none.fill/map`)).status, 404);
    const { styles } = (await (await fetch(`${at}/styles`)).json()) as { styles: { id: string }[] };
    assert.ok(styles.some(({ id }) => id === '2t.contours'));
  });
});
