/** Links and media types of the OGC resources. */
export interface Link {
  readonly rel: string;
  readonly type: string;
  readonly href: string;
  readonly title?: string;
}

export const MEDIA = {
  json: 'application/json',
  html: 'text/html',
  geojson: 'application/geo+json',
  covjson: 'application/vnd.cov+json',
  openapi30: 'application/vnd.oai.openapi+json;version=3.0',
  schema: 'application/schema+json',
} as const;

/** The document itself, and its page. */
export function selfLinks(href: string, title: string, type: string = MEDIA.json): Link[] {
  return [
    { rel: 'self', type, href, title },
    { rel: 'alternate', type: MEDIA.html, href: `${href}?f=html`, title: `${title} as a page` },
  ];
}

/** Value of a `Link` header. */
export function linkHeader(links: readonly Link[]): string {
  return links.map(({ href, rel, type }) => `<${href}>; rel="${rel}"; type="${type}"`).join(', ');
}
