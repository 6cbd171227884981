/** Landing page and conformance declaration of the OGC resources. */
import { type Link, MEDIA, selfLinks } from './links.js';

/** The landing page; `root` is the absolute address below which everything is. */
export function landingDocument(root: string, title: string): object {
  const links: Link[] = [
    ...selfLinks(root, title),
    { rel: 'service-desc', type: MEDIA.openapi30, href: `${root}/api`, title: 'Definition of the API, OpenAPI 3.0' },
    { rel: 'service-doc', type: MEDIA.html, href: `${root}/api?f=html`, title: 'Documentation of the API' },
    { rel: 'conformance', type: MEDIA.json, href: `${root}/conformance`, title: 'Conformance classes' },
    { rel: 'data', type: MEDIA.json, href: `${root}/collections`, title: 'Collections' },
  ];
  return {
    title,
    description:
      'Points, columns, areas, boxes and paths of model runs in RPN standard files, by OGC API - Environmental Data Retrieval and Coverages.',
    keywords: ['weather', 'forecast', 'RPN standard file', 'EDR'],
    links,
    provider: { name: 'Polyfst' },
  };
}

const EDR_11 = ['core', 'collections', 'json', 'geojson', 'edr-geojson', 'covjson', 'html', 'oas30', 'queries'];
const EDR_10 = ['core', 'collections', 'json', 'geojson', 'covjson', 'html', 'oas30'];

export const CONFORMANCE: readonly string[] = [
  'http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core',
  'http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections',
  ...EDR_11.map((name) => `http://www.opengis.net/spec/ogcapi-edr-1/1.1/conf/${name}`),
  ...EDR_10.map((name) => `http://www.opengis.net/spec/ogcapi-edr-1/1.0/conf/${name}`),
  'http://www.opengis.net/spec/ogcapi-edr-1/1.0/req/edr-geojson',
  'http://www.opengis.net/spec/ogcapi-coverages-1/0.0/conf/geodata-coverage',
  'http://www.opengis.net/spec/ogcapi-coverages-1/0.0/conf/coverage-subset',
  'http://www.opengis.net/spec/ogcapi-coverages-1/0.0/conf/coverage-rangesubset',
  'http://www.opengis.net/spec/ogcapi-coverages-1/0.0/conf/coverage-scaling',
  'http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/core',
  'http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/collection-map',
  'http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/png',
];

export function conformanceDocument(root: string): object {
  return { links: selfLinks(`${root}/conformance`, 'Conformance classes'), conformsTo: CONFORMANCE };
}
