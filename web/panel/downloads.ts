/** Downloads of what is shown, in each format that the service lists: plain links to EDR. */
import { html, type TemplateResult } from 'lit-html';
import type { Page } from '../page/page.js';
import { edrUrl, nameOf } from '../request/copy-as.js';
import { icon } from '../shell/icons.js';
import type { Feature } from '../state/state.js';
import { copyContext } from './code-block.js';

const EXTENSIONS: Readonly<Record<string, string>> = {
  CoverageJSON: 'covjson',
  GeoJSON: 'geojson',
  CSV: 'csv',
  NetCDF: 'nc',
  GeoTIFF: 'tif',
  GRIB2: 'grib2',
  Parquet: 'parquet',
  Zarr: 'zarr.zip',
};

export function downloads(page: Page, feature: Feature): TemplateResult {
  const context = copyContext(page, feature);
  const formats = page.selection?.part.formats ?? [];
  if (context === undefined || formats.length === 0) return html``;
  const file = (format: string): string => `${nameOf(context)}.${EXTENSIONS[format] ?? format.toLowerCase()}`;
  return html`<details class="menu" name="panel-menu"><summary class="ghost" aria-label=${page.t('download')} title=${page.t('download')}>${icon('download')}</summary><div class="card pop downloads">${formats.map(
    (format) => html`<a data-format=${format} href=${edrUrl(context, format)} download=${file(format)}>${format}</a>`,
  )}</div></details>`;
}
