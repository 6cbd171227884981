/** What it costs to extract a shape, and the button that does it. */
import { html, type TemplateResult } from 'lit-html';
import type { Price } from '../../client/polytope.js';
import { bytesText, plural } from '../i18n/t.js';
import { codeOf, sentenceOf } from '../model/server.js';
import { numberText } from '../model/units.js';
import type { Page } from '../page/page.js';
import { fittingStride } from '../request/fitting.js';
import { bodyOf } from '../request/request.js';
import { printLink } from '../state/link.js';
import type { Feature } from '../state/state.js';
import { jobTitle } from './jobs-drawer.js';

const SETTLE_MS = 300;
const HOUR = 3_600_000;

const timesOf = (page: Page, feature: Feature): readonly number[] =>
  feature.kind === 'track' ? page.times : page.wantedTimes;

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

/** What to do about a request that is too large: fewer steps, where that is enough. */
function fewer(page: Page, feature: Feature, sentence: string): TemplateResult {
  const { t, state, times } = page;
  const stride = fittingStride(sentence, page.wantedTimes.length, times.length);
  if (stride === undefined || stride >= times.length || feature.kind === 'track' || !page.wholeRun)
    return html`<p>${t('tooLarge')}</p>`;
  const hours = numberText((times[stride]! - times[0]!) / HOUR, undefined, state.lang);
  return html`<p>${t('fewerFit', { hours })}</p><button class="button" id="fewer" @click=${() => page.scopeTo(true, stride)}>${t('everyHours', { hours })}</button>`;
}

function button(page: Page, feature: Feature): TemplateResult {
  const { t, data, state } = page;
  const { price } = data;
  if (price.state === 'failed') {
    const remedy = codeOf(price.error) === 'too_large' ? fewer(page, feature, sentenceOf(price.error)) : '';
    return html`<div class="notice" role="alert"><p lang="en">${sentenceOf(price.error)}</p>${remedy}<code>${codeOf(price.error)}</code></div>`;
  }
  if (price.state !== 'ready') return html`<button class="button primary" disabled>${t('price')}</button>`;
  const { points, fields, bytes_estimate: bytes } = price.value;
  const number = new Intl.NumberFormat(`${state.lang}-CA`).format(points);
  const steps =
    feature.kind === 'track' ? t('fields', { n: fields }) : t('steps', { n: timesOf(page, feature).length });
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
  const choose = (whole: boolean): void => page.scopeTo(whole);
  const scope = html`<div class="toggle" role="radiogroup" aria-label=${t('time')}><button role="radio" aria-checked=${page.wholeRun} @click=${() => choose(true)}>${t('wholeRun')}</button><button role="radio" aria-checked=${!page.wholeRun} @click=${() => choose(false)}>${t('thisTime')}</button></div>`;
  return html`<div class="extract">${feature.kind === 'track' ? '' : scope}${button(page, feature)}</div>`;
}
