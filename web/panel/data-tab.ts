/** The same numbers as a table: the text alternative of every plot. At most 200 rows are shown. */
import { html, type TemplateResult } from 'lit-html';
import { unitFamily } from '../model/catalogue.js';
import { isoMinute, timeText } from '../model/times.js';
import { numberText, shown, unitFor } from '../model/units.js';
import type { Page } from '../page/page.js';
import { bodyText } from '../request/request.js';
import { areaFields, fieldNear } from './area-data.js';
import { copyContext } from './code-block.js';

const MOST_ROWS = 200;

interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function pointTable(page: Page): Table | undefined {
  const { data, state, t } = page;
  if (data.met.state !== 'ready') return undefined;
  const answer = data.met.value.single?.series.length ? data.met.value.single : data.met.value.members;
  const series = answer?.series[0];
  if (answer === undefined || series === undefined) return undefined;
  const params = page.selection!.model.parts.flatMap(({ params: all }) => all);
  const names = Object.keys(series.values);
  const units = names.map((name) => {
    const param = params.find((one) => one.key === name || one.shortName === name);
    return unitFor(answer.units[name] ?? '', param && unitFamily(param), state.units);
  });
  const rows = series.times.map((time, n) => [
    timeText(time, state.lang, state.zone),
    ...names.map((name, k) =>
      numberText(shown(series.values[name]![n] ?? Number.NaN, units[k]!), units[k]!.digits, state.lang),
    ),
  ]);
  return {
    heads: [t('time'), ...names.map((name, k) => `${name}${units[k]!.text === '' ? '' : ` (${units[k]!.text})`}`)],
    rows,
  };
}

function areaTable(page: Page): Table | undefined {
  const { data, state, selection } = page;
  if (data.result.state !== 'ready' || selection === undefined) return undefined;
  const field = fieldNear(areaFields(data.result.value, selection.param), page.time);
  if (field === undefined) return undefined;
  const unit = unitFor(field.unit, unitFamily(selection.param), state.units);
  const hasLevels = field.level.some((level) => level !== 0 && !Number.isNaN(level));
  const rows = Array.from(field.values.subarray(0, MOST_ROWS), (value, n) => [
    field.lat[n]!.toFixed(4),
    field.lon[n]!.toFixed(4),
    ...(hasLevels ? [String(field.level[n])] : []),
    numberText(shown(value, unit), unit.digits, state.lang),
  ]);
  return {
    heads: ['lat', 'lon', ...(hasLevels ? [page.t('level')] : []), `${selection.param.key} (${unit.text})`],
    rows,
  };
}

export function dataTab(page: Page): TemplateResult {
  const { state, t, selection } = page;
  const { feature } = state;
  if (feature === undefined || selection === undefined) return html``;
  const table = feature.kind === 'pt' ? pointTable(page) : areaTable(page);
  const context = copyContext(page, feature);
  return html`${
    table === undefined
      ? ''
      : html`<div class="table" tabindex="0" role="region" aria-label=${t('tabData')}><table><thead><tr>${table.heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${table.rows.slice(0, MOST_ROWS).map((row) => html`<tr>${row.map((cell, n) => (n === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>`)}</tbody></table></div>`
  }
    <p class="footer">${t('run')}: ${selection.run === undefined ? '' : isoMinute(selection.run.base)}</p>
    ${context === undefined ? '' : html`<h3>${t('body')}</h3><pre class="body" tabindex="0">${bodyText(context.body)}</pre>`}`;
}
