/** Documents as pages: readable without scripts, every link of the document a link of the page. */

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --line: #c9d2d8; --soft: #5b6b75; --link: #0b6285; }
@media (prefers-color-scheme: dark) { :root { --line: #3a464e; --soft: #a3b2bc; --link: #5cc4e4; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; margin: 0.5rem 0; } h2 { font-size: 1.15rem; margin: 1.6rem 0 0.4rem; }
a { color: var(--link); } nav, .soft { color: var(--soft); font-size: 0.9rem; }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: 0.35rem 0.75rem 0.35rem 0; text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 550; overflow-wrap: break-word; } td { overflow-wrap: anywhere; } td > table tr:last-child > * { border: 0; } code { font: 0.85rem ui-monospace, monospace; overflow-wrap: anywhere; }
`;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isUrl = (text: string): boolean => /^https?:\/\/[^\s"<>]+$/.test(text);

export function link(href: string, text: string): string {
  return `<a href="${escaped(href)}">${escaped(text)}</a>`;
}

function valueHtml(value: unknown): string {
  if (value === null || value === undefined) return '<span class="soft">none</span>';
  if (typeof value === 'string') return isUrl(value) ? link(value, value) : escaped(value);
  if (Array.isArray(value) && !value.some(isObject)) {
    const shown = value.slice(0, 12).map((item) => escaped(Array.isArray(item) ? item.join(', ') : String(item)));
    return `${shown.join(' · ')}${value.length > 12 ? ` … (${value.length})` : ''}`;
  }
  if (Array.isArray(value)) return value.map((item) => valueHtml(item)).join('');
  if (isObject(value) && 'value' in value) return escaped(String(value['value']));
  if (isObject(value)) return tableOf(Object.entries(value));
  return escaped(String(value));
}

function tableOf(rows: readonly (readonly [string, unknown])[]): string {
  const body = rows.map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${valueHtml(value)}</td></tr>`,
  );
  return `<table>${body.join('')}</table>`;
}

/** Members shown as tables of their own, with the columns that matter. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  collections: ['id', 'title', 'description'],
  instances: ['id', 'title'],
  features: ['id', 'label'],
  styles: ['id', 'title'],
};

function listHtml(name: string, items: readonly unknown[]): string {
  const columns = LISTS[name] ?? [];
  const head = columns.map((column) => `<th scope="col">${column}</th>`).join('');
  const rows = items.filter(isObject).map((item) => {
    const own: Json = { ...(isObject(item['properties']) ? item['properties'] : {}), ...item };
    const links = Array.isArray(own['links']) ? (own['links'] as unknown[]).filter(isObject) : [];
    const self = links.find((one) => one['rel'] === 'self')?.['href'] ?? own['href'];
    const others = links.filter((one) => one['rel'] !== 'self' && one['type'] === 'image/png');
    const cells = columns.map((column, n) => {
      const text = String(own[column] ?? '');
      return `<td>${n === 0 && typeof self === 'string' ? link(`${self}?f=html`, text) : escaped(text)}</td>`;
    });
    const pictures = others.map((one) => link(String(one['href']), String(one['title'])));
    return `<tr>${cells.join('')}${pictures.length === 0 ? '' : `<td>${pictures.join(' · ')}</td>`}</tr>`;
  });
  return `<div class="wide"><table><tr>${head}</tr>${rows.join('')}</table></div>`;
}

function parametersHtml(parameters: Json): string {
  const rows = Object.entries(parameters).map(([key, value]) => {
    const own = isObject(value) ? value : {};
    const unit = isObject(own['unit']) ? own['unit'] : {};
    const symbol = isObject(unit['symbol']) ? unit['symbol']['value'] : unit['symbol'];
    return `<tr><td><code>${escaped(key)}</code></td><td>${escaped(String(own['description'] ?? ''))}</td><td>${escaped(String(symbol ?? ''))}</td></tr>`;
  });
  const head = '<tr><th scope="col">name</th><th scope="col">meaning</th><th scope="col">unit</th></tr>';
  return `<div class="wide"><table>${head}${rows.join('')}</table></div>`;
}

function queriesHtml(queries: Json): string {
  const rows = Object.entries(queries).map(([name, query]) => {
    const target = isObject(query) && isObject(query['link']) ? query['link'] : {};
    const href = String(target['href'] ?? '');
    return `<tr><td>${escaped(name)}</td><td>${escaped(String(target['title'] ?? ''))}</td><td><code>${escaped(href)}</code></td></tr>`;
  });
  return `<div class="wide"><table>${rows.join('')}</table></div>`;
}

function memberHtml(name: string, value: unknown): string {
  if (name === 'parameter_names' && isObject(value)) return parametersHtml(value);
  if (name === 'data_queries' && isObject(value)) return queriesHtml(value);
  if (Array.isArray(value) && LISTS[name] !== undefined) return listHtml(name, value);
  if (name === 'paths' && isObject(value))
    return `<div class="wide">${tableOf(Object.keys(value).map((path) => [path, methodsOf(value[path])]))}</div>`;
  return valueHtml(value);
}

function methodsOf(path: unknown): string {
  const get = isObject(path) && isObject(path['get']) ? path['get'] : {};
  const parameters = Array.isArray(get['parameters']) ? get['parameters'].filter(isObject) : [];
  const names = parameters.map((one) => String(one['name'] ?? one['$ref'] ?? '').replace(/^.*\//, ''));
  return `${String(get['summary'] ?? '')}${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
}

const HEADINGS: Readonly<Record<string, string>> = {
  id: 'Name',
  keywords: 'Keywords',
  data_queries: 'Queries',
  parameter_names: 'Parameters',
  output_formats: 'Formats',
  crs: 'Coordinate systems',
  within_units: 'Units of distances',
  height_units: 'Units of levels',
  conformsTo: 'Conformance classes',
  collections: 'Collections',
  instances: 'Runs',
  features: 'Places',
  numberMatched: 'How many there are',
  numberReturned: 'How many are shown',
  properties: 'Fields',
  default: 'Style without a name',
  styles: 'Styles',
  provider: 'Provider',
  extent: 'Extent',
  paths: 'Addresses',
  polyfst: 'On the other surfaces',
};

const HIDDEN = new Set(
  'title description links type openapi info servers components tags distanceunits $schema $id'.split(' '),
);

function linksHtml(links: unknown): string {
  if (!Array.isArray(links)) return '';
  const items = links.filter(isObject).map((one) => {
    const href = String(one['href']);
    const page = one['type'] === 'application/json' && !href.includes('?') ? `${href}?f=html` : href;
    return `<li>${link(page, String(one['title'] ?? one['rel']))} <span class="soft">${escaped(String(one['type']))}</span></li>`;
  });
  return `<h2>Links</h2><ul>${items.join('')}</ul>`;
}

export type Crumbs = readonly (readonly [title: string, href: string])[];

/** A page around a body. */
export function htmlPage(title: string, crumbs: Crumbs, body: string): string {
  const path = crumbs.map(([name, href]) => link(href, name)).join(' / ');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}${title === 'Polyfst' ? '' : ' - Polyfst'}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><nav aria-label="Path">${path}</nav><main><h1>${escaped(title)}</h1>${body}</main></body></html>
`;
}

/** A document as a page; `crumbs` lead up to it. */
export function pageOf(document: object, crumbs: Crumbs): string {
  const json = document as Json;
  const info = isObject(json['info']) ? json['info'] : json;
  const title = String(info['title'] ?? crumbs.at(-1)?.[0] ?? 'Polyfst');
  const sections = Object.entries(json)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => `<h2>${escaped(HEADINGS[name] ?? name)}</h2>${memberHtml(name, value)}`);
  const description = info['description'] === undefined ? '' : `<p>${escaped(String(info['description']))}</p>`;
  return htmlPage(title, crumbs, `${description}\n${sections.join('\n')}\n${linksHtml(json['links'])}`);
}
