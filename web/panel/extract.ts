/** What it costs to extract a shape, and the button that does it. */
import { html, type TemplateResult } from 'lit-html';
import type { Price } from '../../client/polytope.js';
import { bytesText, plural } from '../i18n/t.js';
import { codeOf, sentenceOf } from '../model/server.js';
import type { Page } from '../page/page.js';
import { bodyOf } from '../request/request.js';
import { printLink } from '../state/link.js';
import type { Feature } from '../state/state.js';
import { jobTitle } from './jobs-drawer.js';

const SETTLE_MS = 300;

const timesOf = (page: Page, feature: Feature): readonly number[] =>
  feature.kind === 'track' || page.wholeRun ? page.times : [page.time];

/** Asks for the price when the shape has settled. */
export function syncPrice(page: Page, feature: Feature): void {
  const { selection, effects } = page;
  if (selection?.run === undefined || page.times.length === 0) return;
  const body = bodyOf(selection, feature, { times: timesOf(page, feature) });
  const text = JSON.stringify(body);
  effects.run('price', text, (signal) => {
    page.change({ price: { state: 'loading' } });
    setTimeout(async () => {
      if (signal.aborted) return;
      const path = `/api/v2/${encodeURIComponent(selection.part.polytope)}/requests?dry-run=1`;
      try {
        const answer = await page.server.call(
          path,
          { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: text },
          signal,
        );
        const value = (await answer.json()) as Price;
        if (!signal.aborted) page.change({ price: { state: 'ready', value } });
      } catch (error) {
        if (!signal.aborted) page.change({ price: { state: 'failed', error } });
      }
    }, SETTLE_MS);
  });
}

/** Sends the request of the shape off. */
export function extract(page: Page, feature: Feature): void {
  const { selection, state } = page;
  if (selection?.run === undefined) return;
  const body = bodyOf(selection, feature, { times: timesOf(page, feature) });
  const title = `${jobTitle(page, feature)}, ${selection.param.key}`;
  const shared = {
    ...state,
    run: selection.run.id,
    collection: selection.part.id,
    param: selection.param.key,
    job: undefined,
  };
  const key = page.jobs.start({
    collection: selection.part.polytope,
    body,
    link: printLink(shared),
    title,
    format: 'covjson',
  });
  page.store.dispatch({ type: 'set', part: { job: key } });
}

function button(page: Page, feature: Feature): TemplateResult {
  const { t, data, state } = page;
  const { price } = data;
  if (price.state === 'failed') {
    return html`<div class="notice" role="alert"><p lang="en">${sentenceOf(price.error)}</p>${codeOf(price.error) === 'too_large' ? html`<p>${t('tooLarge')}</p>` : ''}<code>${codeOf(price.error)}</code></div>`;
  }
  if (price.state !== 'ready') return html`<button class="button primary" disabled>${t('price')}</button>`;
  const { points, fields, bytes_estimate: bytes } = price.value;
  const number = new Intl.NumberFormat(`${state.lang}-CA`).format(points);
  const steps = t('steps', { n: feature.kind === 'track' ? fields : timesOf(page, feature).length });
  const text = t(`extract.${plural(state.lang, points)}`, {
    points: number,
    steps,
    size: bytesText(bytes, state.lang),
  });
  return html`<button class="button primary" id="extract" @click=${() => extract(page, feature)}>${text}</button>`;
}

export function extractBox(page: Page, feature: Feature): TemplateResult {
  syncPrice(page, feature);
  const { t } = page;
  const choose = (whole: boolean): void => {
    page.wholeRun = whole;
    page.store.touch();
  };
  const scope = html`<div class="toggle" role="radiogroup" aria-label=${t('time')}><button role="radio" aria-checked=${page.wholeRun} @click=${() => choose(true)}>${t('wholeRun')}</button><button role="radio" aria-checked=${!page.wholeRun} @click=${() => choose(false)}>${t('thisTime')}</button></div>`;
  return html`<div class="extract">${feature.kind === 'track' ? '' : scope}${button(page, feature)}</div>`;
}
