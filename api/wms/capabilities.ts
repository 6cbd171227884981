/** GetCapabilities in the order that the schema of 1.3.0 and the DTD of 1.1.1 want. */

import type { Response } from 'express';
import { boxOnMap, type MapBox } from '../../extraction/maps/reproject.js';
import type { Box } from '../../schemas/vocabulary.js';
import { type EdrCollection, edrCollections } from '../ogc/edr-collections.js';
import type { MapDeps } from './deps.js';
import { dimensionElements } from './dimension-elements.js';
import type { WmsVersion } from './exceptions.js';
import { INFO_FORMATS } from './info-formats.js';
import { layerName } from './layers.js';
import { legendSize } from './legend.js';
import { MOST_LAYERS } from './map-request.js';
import { CRS_NAMES, type CrsName, isLatFirst, MAX_SIDE, planeOf } from './picture.js';
import type { WmsQuery } from './query.js';
import { STYLES, type StyleName, stylesOf } from './style-names.js';
import { element, textElement } from './xml.js';

const XLINK = 'http://www.w3.org/1999/xlink';
const WORLD: Box = { south: -90, west: -180, north: 90, east: 180 };

const online = (href: string): string =>
  element('OnlineResource', { 'xmlns:xlink': XLINK, 'xlink:type': 'simple', 'xlink:href': href });

const decimal = (value: number): string => String(Number(value.toFixed(6)));

function bounds(box: MapBox, latFirst: boolean): Record<string, string> {
  const { minx, miny, maxx, maxy } = box;
  const [a, b, c, d] = latFirst ? [miny, minx, maxy, maxx] : [minx, miny, maxx, maxy];
  return { minx: decimal(a), miny: decimal(b), maxx: decimal(c), maxy: decimal(d) };
}

function boxElements(box: Box, version: WmsVersion): string {
  const crossing = box.east > 180 || box.west < -180;
  const [west, east] = crossing ? [-180, 180] : [box.west, box.east];
  const geographic =
    version === '1.3.0'
      ? element(
          'EX_GeographicBoundingBox',
          {},
          textElement('westBoundLongitude', decimal(west)),
          textElement('eastBoundLongitude', decimal(east)),
          textElement('southBoundLatitude', decimal(box.south)),
          textElement('northBoundLatitude', decimal(box.north)),
        )
      : element('LatLonBoundingBox', bounds({ minx: west, miny: box.south, maxx: east, maxy: box.north }, false));
  const one = (crs: CrsName): string => {
    const key = version === '1.3.0' ? 'CRS' : 'SRS';
    const on = boxOnMap(planeOf(crs), box);
    return element('BoundingBox', { [key]: crs, ...bounds(on, isLatFirst(crs, version)) });
  };
  return (
    geographic +
    CRS_NAMES.filter((crs) => version === '1.3.0' || crs !== 'CRS:84')
      .map(one)
      .join('')
  );
}

/** Address of the legend of a style. */
function legendUrl(base: string, layer: string, style: StyleName): string {
  const query = new URLSearchParams({
    service: 'WMS',
    version: '1.3.0',
    request: 'GetLegendGraphic',
    sld_version: '1.1.0',
    format: 'image/png',
    layer,
    style,
  });
  return `${base}${query}`;
}

function styleElement(base: string, layer: string, style: StyleName): string {
  const { width, height } = legendSize(style);
  return element(
    'Style',
    {},
    textElement('Name', style),
    textElement('Title', STYLES[style].title),
    textElement('Abstract', STYLES[style].abstract),
    element('LegendURL', { width, height }, textElement('Format', 'image/png'), online(legendUrl(base, layer, style))),
  );
}

function layerElements(collection: EdrCollection, version: WmsVersion, base: string): string {
  return collection.parameters
    .map((parameter) => {
      const name = layerName(collection, parameter);
      const layer = { name, collection, parameter };
      const { description, unit, standardName } = parameter.ref;
      const words = [parameter.key, parameter.nomvar, parameter.shortName, standardName].filter(
        (word): word is string => word !== undefined,
      );
      return element(
        'Layer',
        { queryable: 1, opaque: 0 },
        textElement('Name', name),
        textElement('Title', description),
        textElement('Abstract', `${description} (${unit}), ${collection.id}.`),
        element('KeywordList', {}, ...[...new Set(words)].map((word) => textElement('Keyword', word))),
        dimensionElements(layer, version),
        ...stylesOf(layer).map((style) => styleElement(base, name, style)),
      );
    })
    .join('');
}

function groupElement(collection: EdrCollection, version: WmsVersion, base: string): string {
  const { title, description } = collection.cube.collection;
  return element(
    'Layer',
    {},
    textElement('Title', `${title ?? collection.polytope}, ${collection.id}`),
    description === undefined ? '' : textElement('Abstract', description),
    boxElements(collection.extent.box, version),
    layerElements(collection, version, base),
  );
}

function rootLayer(collections: readonly EdrCollection[], version: WmsVersion, base: string): string {
  const key = version === '1.3.0' ? 'CRS' : 'SRS';
  const systems = CRS_NAMES.filter((crs) => version === '1.3.0' || crs !== 'CRS:84');
  return element(
    'Layer',
    {},
    textElement('Title', 'Polyfst'),
    ...systems.map((crs) => textElement(key, crs)),
    boxElements(WORLD, version),
    ...collections.map((collection) => groupElement(collection, version, base)),
  );
}

function operation(name: string, formats: readonly string[], base: string): string {
  const get = element('Get', {}, online(base));
  return element(
    name,
    {},
    ...formats.map((format) => textElement('Format', format)),
    element('DCPType', {}, element('HTTP', {}, get)),
  );
}

function serviceElement(version: WmsVersion, base: string): string {
  const limits =
    version === '1.3.0'
      ? textElement('LayerLimit', MOST_LAYERS) + textElement('MaxWidth', MAX_SIDE) + textElement('MaxHeight', MAX_SIDE)
      : '';
  return element(
    'Service',
    {},
    textElement('Name', version === '1.3.0' ? 'WMS' : 'OGC:WMS'),
    textElement('Title', 'Polyfst'),
    textElement('Abstract', 'Maps of RPN standard files.'),
    element('KeywordList', {}, textElement('Keyword', 'meteorology'), textElement('Keyword', 'FST')),
    online(base),
    textElement('Fees', 'none'),
    textElement('AccessConstraints', 'none'),
    limits,
  );
}

function capabilityElement(collections: readonly EdrCollection[], version: WmsVersion, base: string): string {
  const isNew = version === '1.3.0';
  const png = ['image/png', 'image/png; mode=8bit'];
  const requests = element(
    'Request',
    {},
    operation('GetCapabilities', [isNew ? 'text/xml' : 'application/vnd.ogc.wms_xml'], base),
    operation('GetMap', png, base),
    operation('GetFeatureInfo', INFO_FORMATS, base),
    isNew ? '' : operation('GetLegendGraphic', ['image/png'], base),
  );
  const kinds = isNew
    ? ['XML', 'INIMAGE', 'BLANK']
    : ['application/vnd.ogc.se_xml', 'application/vnd.ogc.se_inimage', 'application/vnd.ogc.se_blank'];
  const exceptions = element('Exception', {}, ...kinds.map((kind) => textElement('Format', kind)));
  return element('Capability', {}, requests, exceptions, rootLayer(collections, version, base));
}

/** The document; `base` is the address of the service and ends with `?`. */
export function capabilities(collections: readonly EdrCollection[], version: WmsVersion, base: string): string {
  const body = serviceElement(version, base) + capabilityElement(collections, version, base);
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (version === '1.3.0') {
    const root = {
      version,
      xmlns: 'http://www.opengis.net/wms',
      'xmlns:xlink': XLINK,
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'xsi:schemaLocation': 'http://www.opengis.net/wms http://schemas.opengis.net/wms/1.3.0/capabilities_1_3_0.xsd',
    };
    return `${head}${element('WMS_Capabilities', root, body)}\n`;
  }
  const doctype =
    '<!DOCTYPE WMT_MS_Capabilities SYSTEM "http://schemas.opengis.net/wms/1.1.1/WMS_MS_Capabilities.dtd">\n';
  return `${head}${doctype}${element('WMT_MS_Capabilities', { version }, body)}\n`;
}

export async function sendCapabilities(
  deps: MapDeps,
  _query: WmsQuery,
  version: WmsVersion,
  base: string,
  res: Response,
  mayUse: (name: string) => boolean,
): Promise<void> {
  const collections = await edrCollections(deps.catalogue, mayUse);
  const bytes = Buffer.from(capabilities(collections, version, base));
  const type = version === '1.3.0' ? 'text/xml' : 'application/vnd.ogc.wms_xml';
  res.setHeader('Content-Type', `${type}; charset=utf-8`);
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}
